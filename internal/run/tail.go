package run

import (
	"bytes"
	"context"
	"io"
	"sync"
)

// maxLog is how many bytes of the end of a container's log are kept.
const maxLog = 256 << 10

// slack is how much more a tail may hold, so that not every write moves it.
const slack = 64 << 10

// tail is the end of a log that grows. One goroutine writes, any number read,
// each at its own pace.
type tail struct {
	mu    sync.Mutex
	buf   []byte
	start int64 // of buf in the whole log
	ended bool
	// changed is closed and cleared by the next write or end; nil while nobody
	// waits.
	changed chan struct{}
}

// Write adds to the log. It never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - maxLog; over > slack {
		t.start += int64(over)
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	t.wakeLocked()
	return len(p), nil
}

// end says that nothing more will be written.
func (t *tail) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	if over := len(t.buf) - maxLog; over > 0 {
		t.start += int64(over)
		t.buf = t.buf[over:]
	}
	t.buf = bytes.Clone(t.buf)
	t.wakeLocked()
}

// drop forgets what is kept and returns how much it was.
func (t *tail) drop() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(t.buf)
	t.start += int64(n)
	t.buf = nil
	return n
}

// size is how many bytes were written, and kept how many are still there.
func (t *tail) size() (written int64, kept int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.start + int64(len(t.buf)), len(t.buf)
}

func (t *tail) wakeLocked() {
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// read copies what follows an offset, from the next whole line if some of the
// log in between is gone. At the end of what there is now it returns a channel
// that is closed when there is more, or io.EOF if there will be none.
func (t *tail) read(p []byte, offset int64) (n int, next int64, more <-chan struct{}, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if offset < t.start {
		offset = t.start
		if i := bytes.IndexByte(t.buf, '\n'); i >= 0 {
			offset += int64(i) + 1
		}
	}
	if n = copy(p, t.buf[offset-t.start:]); n > 0 || len(p) == 0 {
		return n, offset + int64(n), nil, nil
	}
	if t.ended {
		return 0, offset, nil, io.EOF
	}
	return 0, offset, t.changedLocked(), nil
}

func (t *tail) changedLocked() <-chan struct{} {
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	return t.changed
}

// more returns a channel that is closed when there is more, or nil if there will
// be none.
func (t *tail) more() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return nil
	}
	return t.changedLocked()
}

// reader reads a tail from its beginning: to its end if it waits for that,
// otherwise to the end of what is there.
type reader struct {
	ctx    context.Context // of the request that it serves
	cancel context.CancelFunc
	tail   *tail
	waits  bool
	whole  bool // waits before it begins
	offset int64
}

// finished reads what is kept of a log once it has ended, and not what goes by
// until then.
func (t *tail) finished(ctx context.Context) *reader {
	r := t.reader(ctx, true)
	r.whole = true
	return r
}

func (t *tail) reader(ctx context.Context, waits bool) *reader {
	ctx, cancel := context.WithCancel(ctx)
	return &reader{ctx: ctx, cancel: cancel, tail: t, waits: waits}
}

// Read implements [io.Reader]. It returns the context's error when that ends or
// the reader is closed while it waits.
func (r *reader) Read(p []byte) (int, error) {
	for r.whole {
		more := r.tail.more()
		if more == nil {
			r.whole = false
			break
		}
		select {
		case <-more:
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
	for {
		n, next, more, err := r.tail.read(p, r.offset)
		r.offset = next
		if n > 0 || more == nil {
			return n, err
		}
		if !r.waits {
			return 0, io.EOF
		}
		select {
		case <-more:
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
}

// Close ends a Read that waits.
func (r *reader) Close() error {
	r.cancel()
	return nil
}
