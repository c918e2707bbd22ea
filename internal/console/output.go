package console

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
)

// output is where a command prints. Whole lines go on at once, and all that is
// left at the end. Beyond its bound the command is ended.
type output struct {
	out, err *stream
	cancel   context.CancelCauseFunc

	mu   sync.Mutex
	left int
}

// stream is one of an output's two.
type stream struct {
	output *output
	to     io.Writer
	buf    []byte // the line that has not ended
	failed error
}

var errTooLong = fmt.Errorf("the output was cut after %d KiB", MaxOutput>>10)

func newOutput(out, errOut io.Writer, cancel context.CancelCauseFunc) *output {
	o := &output{cancel: cancel, left: MaxOutput}
	o.out = &stream{output: o, to: out}
	o.err = &stream{output: o, to: errOut}
	return o
}

// Write implements [io.Writer].
func (s *stream) Write(p []byte) (int, error) {
	o := s.output
	o.mu.Lock()
	defer o.mu.Unlock()
	if s.failed != nil {
		return 0, s.failed
	}
	if o.left < len(p) && s != o.err { // what went wrong is always told
		p = p[:max(o.left, 0)]
		s.failed = errTooLong
		o.cancel(errTooLong)
	}
	o.left -= len(p)
	s.buf = append(s.buf, p...)
	if i := bytes.LastIndexByte(s.buf, '\n'); i >= 0 {
		s.sendLocked(i + 1)
	}
	return len(p), s.failed
}

func (s *stream) sendLocked(n int) {
	if n == 0 {
		return
	}
	if _, err := s.to.Write(s.buf[:n]); err != nil {
		s.failed = err
		s.output.cancel(err)
	}
	s.buf = append(s.buf[:0], s.buf[n:]...)
}

// close sends what is left.
func (o *output) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.out.sendLocked(len(o.out.buf))
	o.err.sendLocked(len(o.err.buf))
}
