package sandbox

import (
	"context"
	"errors"
	"os"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// link is a process's way to the network: the socket that it inherits, and
// what answers at the other end. A nil link has neither.
type link struct {
	inherited *os.File // until the process has it
	cancel    context.CancelFunc
	done      chan struct{} // closed when nothing answers any more
}

// newLink makes a link that answers until it is closed. It is nil without a
// network, and where the system cannot make one.
func newLink(n network.Network) (*link, error) {
	if n == nil {
		return nil, nil
	}
	own, inherited, err := network.Pair()
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	l := &link{inherited: inherited, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		network.Serve(ctx, own, n)
	}()
	return l, nil
}

// files are files with the descriptor that the process finds after them.
func (l *link) files(files ...*os.File) []*os.File {
	if l == nil {
		return files
	}
	return append(files, l.inherited)
}

// started gives the inherited end up: the process has it.
func (l *link) started() {
	if l != nil {
		l.inherited.Close()
	}
}

// close makes the link's end and waits for it. It may be called twice.
func (l *link) close() {
	if l == nil {
		return
	}
	l.inherited.Close()
	l.cancel()
	<-l.done
}
