package cri

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// maxLine is the longest text of one log entry in bytes; a longer line becomes
// several entries. It is containerd's default.
const maxLine = 16 << 10

// logTime is RFC3339Nano with all nine digits, so that entries sort as text.
const logTime = "2006-01-02T15:04:05.000000000Z07:00"

// A container that floods its log waits for the kubelet, which looks every ten
// seconds whether a log has more than 10 MiB and moves it away then: from
// maxUnrotated bytes on, what it writes is taken at no more than floodRate bytes
// a second. On a node the disk would take it all.
const (
	maxUnrotated = 20 << 20
	floodRate    = 1 << 20
)

// logFile is a container's log in the format that the kubelet reads: one entry
// a line, "TIME stdout|stderr F|P TEXT". P marks a text that goes on in the
// stream's next entry, or that the stream ended without a newline.
type logFile struct {
	path string
	free chan struct{} // closed when the container has ended and need not wait any more

	mu     sync.Mutex
	file   *os.File // nil before the first reopen
	size   int64    // of what was written to file
	closed bool
	err    error // the first write that failed
}

// openLog opens the log at path for appending and makes it if need be.
func openLog(path string) (*logFile, error) {
	l := &logFile{path: path, free: make(chan struct{})}
	if err := l.reopen(); err != nil {
		return nil, err
	}
	return l, nil
}

// reopen closes the file and opens what is at path now. If that fails the old
// file stays in use.
func (l *logFile) reopen() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return os.ErrClosed
	}
	file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return err
	}
	if l.file != nil {
		l.file.Close()
	}
	l.file, l.size = file, 0
	return nil
}

// release lets what is left of the output be written at once.
func (l *logFile) release() { close(l.free) }

// close closes the file and returns the first error of any write. It cannot be
// reopened afterwards.
func (l *logFile) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	return errors.Join(l.err, l.file.Close())
}

func (l *logFile) writeLocked(entries []byte) {
	l.size += int64(len(entries))
	if _, err := l.file.Write(entries); err != nil && l.err == nil {
		l.err = fmt.Errorf("write the log: %w", err)
	}
}

// stream returns a writer of one of the container's streams, "stdout" or
// "stderr". Each stream has one goroutine that writes to it.
func (l *logFile) stream(name string) *logStream {
	return &logStream{log: l, name: name}
}

// logStream cuts a stream into log entries. Write never fails, so that a
// container whose log cannot be written runs on; logFile.close tells of the
// error. It waits for nothing but the file and, in a flood, its rotation.
type logStream struct {
	log     *logFile
	name    string
	pending []byte // a line's beginning, shorter than maxLine
	entries []byte // of one Write, reused
}

// Write appends an entry for each line that p completes, in one write to the
// file. The time is taken when it is this stream's turn, so that the times of a
// log do not go back.
func (s *logStream) Write(p []byte) (int, error) {
	if delay := time.Duration(s.write(p)) * time.Second / floodRate; delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-s.log.free:
		}
	}
	return len(p), nil
}

// write returns how many bytes it added to the log beyond maxUnrotated.
func (s *logStream) write(p []byte) int64 {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	now := time.Now().UTC()
	before := s.log.size
	for len(p) > 0 {
		line, rest, complete := bytes.Cut(p, []byte{'\n'})
		if room := maxLine - len(s.pending); len(line) > room {
			s.pending = append(s.pending, line[:room]...)
			s.add(now, 'P')
			p = p[room:]
			continue
		}
		s.pending = append(s.pending, line...)
		if complete {
			s.add(now, 'F')
		}
		p = rest
	}
	s.flushLocked()
	return s.log.size - max(before, maxUnrotated)
}

// Close writes what is left of a last line that has no newline.
func (s *logStream) Close() error {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	if len(s.pending) > 0 {
		s.add(time.Now().UTC(), 'P')
		s.flushLocked()
	}
	return nil
}

// add turns the pending text into an entry.
func (s *logStream) add(at time.Time, tag byte) {
	s.entries = at.AppendFormat(s.entries, logTime)
	s.entries = append(s.entries, ' ')
	s.entries = append(s.entries, s.name...)
	s.entries = append(s.entries, ' ', tag, ' ')
	s.entries = append(s.entries, s.pending...)
	s.entries = append(s.entries, '\n')
	s.pending = s.pending[:0]
}

func (s *logStream) flushLocked() {
	if len(s.entries) > 0 {
		s.log.writeLocked(s.entries)
		s.entries = s.entries[:0]
	}
}

// ReopenContainerLog lets a running container go on in a new log file, after
// the kubelet has moved the old one away.
func (r *Runtime) ReopenContainerLog(_ context.Context, id string) error {
	c, err := r.container(id)
	if err != nil {
		return err
	}
	c.mu.Lock()
	log := c.log
	c.mu.Unlock()
	if log == nil {
		return status.Errorf(codes.FailedPrecondition, "container %q is not running", id)
	}
	return log.reopen()
}
