package run

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestTailKeepsTheEnd(t *testing.T) {
	var l tail
	line := strings.Repeat("x", 99) + "\n"
	const lines = 10_000
	slow := l.reader(t.Context(), true)
	first := make([]byte, 10)
	l.Write([]byte(line))
	if _, err := io.ReadFull(slow, first); err != nil {
		t.Fatal(err)
	}
	for range lines - 1 {
		l.Write([]byte(line))
		if _, kept := l.size(); kept > maxLog+slack {
			t.Fatalf("%d bytes are kept", kept)
		}
	}
	l.end()
	got, err := io.ReadAll(l.reader(t.Context(), false))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got); n > maxLog || n < maxLog-len(line) || n%len(line) != 0 {
		t.Errorf("got %d bytes, want whole lines of %d in the last %d", n, len(line), maxLog)
	}
	if rest, err := io.ReadAll(slow); err != nil || !bytes.Equal(rest, got) {
		t.Errorf("a reader that fell behind got %d bytes and error %v, want to go on with a whole line", len(rest), err)
	}
	if written, _ := l.size(); written != lines*int64(len(line)) {
		t.Errorf("got %d bytes written", written)
	}
}

// TestEndedLogIsBounded reads the log of an instance that has ended while a
// flood of it is still being read.
func TestEndedLogIsBounded(t *testing.T) {
	var l tail
	line := []byte(strings.Repeat("x", 99) + "\n")
	l.Write(line)
	read := make(chan int)
	go func() {
		data, err := io.ReadAll(l.finished(t.Context()))
		if err != nil {
			t.Error(err)
		}
		read <- len(data)
	}()
	for range 100_000 {
		l.Write(line)
	}
	l.end()
	if n := <-read; n > maxLog || n < maxLog-len(line) {
		t.Errorf("got %d bytes, want the last %d", n, maxLog)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	var endless tail
	if _, err := endless.finished(stopped).Read(line); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v from a log that does not end, want the context's", err)
	}
}
