package cri

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// drainTime bounds how long the output of a process that has ended is read.
// Reading ends with the end of the stream, at once; only a descendant that got
// away with the write end could keep the stream open.
const drainTime = 2 * time.Second

// output copies what a process writes to where it belongs. That of a terminal
// has no stderr.
type output struct {
	stdout, stderr pipe
	copying        sync.WaitGroup
}

type pipe struct{ r, w *os.File }

// newOutput makes the pipes of one process and starts to copy from them. Each
// destination is closed after its last byte. The caller hands stdout.w and
// stderr.w to the process, then calls started, and wait once the process has ended.
func newOutput(stdout, stderr io.WriteCloser) (*output, error) {
	o := &output{}
	var err error
	if o.stdout.r, o.stdout.w, err = os.Pipe(); err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	if o.stderr.r, o.stderr.w, err = os.Pipe(); err != nil {
		o.stdout.r.Close()
		o.stdout.w.Close()
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	o.copy(stdout, o.stdout.r)
	o.copy(stderr, o.stderr.r)
	return o, nil
}

func (o *output) copy(dst io.WriteCloser, src *os.File) {
	o.copying.Go(func() {
		defer dst.Close()
		defer src.Close()
		// Small, because there are two for each container for as long as it runs.
		buf := make([]byte, 4<<10)
		for {
			n, err := src.Read(buf)
			if n > 0 {
				// A destination that takes no more must not block the process.
				dst.Write(buf[:n])
			}
			if err != nil {
				return
			}
		}
	})
}

// started closes our copies of the write ends: from now on the process alone keeps them open.
func (o *output) started() {
	o.stdout.w.Close()
	if o.stderr.w != nil {
		o.stderr.w.Close()
	}
}

// wait returns once all output was copied, at the latest after drainTime.
func (o *output) wait() {
	deadline := time.Now().Add(drainTime)
	o.stdout.r.SetReadDeadline(deadline)
	if o.stderr.r != nil {
		o.stderr.r.SetReadDeadline(deadline)
	}
	o.copying.Wait()
}
