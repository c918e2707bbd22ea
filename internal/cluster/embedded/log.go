package embedded

import (
	"bytes"
	"sync"

	"gopkg.in/natefinch/lumberjack.v2"
)

// How much of children's logs is kept: files of up to logSize, the current one
// and logBackups older ones, and tailSize in memory for the reason of a crash.
const (
	logSize    = 8 // MiB
	logBackups = 2
	tailSize   = 16 << 10 // bytes
)

// childLog is the log file of all generations, and the end of the last one's.
type childLog struct {
	file *lumberjack.Logger

	mu  sync.Mutex
	end []byte
}

func newChildLog(path string) *childLog {
	return &childLog{file: &lumberjack.Logger{Filename: path, MaxSize: logSize, MaxBackups: logBackups}}
}

// begin forgets the end of an earlier generation's log.
func (l *childLog) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = nil
}

// Write never fails: a full disk must not stop the cluster.
func (l *childLog) Write(p []byte) (int, error) {
	_, _ = l.file.Write(p)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = append(l.end, p...)
	if excess := len(l.end) - tailSize; excess > 0 {
		l.end = append(l.end[:0], l.end[excess:]...)
	}
	return len(p), nil
}

// tail returns the last whole lines.
func (l *childLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.end) < tailSize {
		return string(l.end)
	}
	_, whole, _ := bytes.Cut(l.end, []byte{'\n'})
	return string(whole)
}

// Close closes the file.
func (l *childLog) Close() error { return l.file.Close() }
