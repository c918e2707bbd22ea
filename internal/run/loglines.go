package run

import (
	"bytes"
	"io"
	"time"
)

// mark is how much of a log was read, in terms that hold for another stream of
// the same log, which may begin elsewhere: the kubelet rotates logs, and gives them
// from a time on, in whole seconds. Its zero value stands before the first line.
type mark struct {
	at    time.Time // of the newest line that was begun
	lines int       // lines of that time that were read whole
	part  int       // bytes that were read of the one after those
	spoke bool      // there was a line without a time before any other
}

// maxStamp is how long a time before a line can be.
const maxStamp = len(time.RFC3339Nano)

// lineWriter takes the stream of a log with a time before each line, passes on
// what lies beyond a mark, without the times, and moves the mark.
type lineWriter struct {
	to   io.Writer
	read *mark

	from mark // where the stream's first new byte is
	same int  // lines of the time from.at that were seen in this stream

	stamp  []byte // of the line at hand, as far as it has come
	inText bool   // the line's time is complete
	skip   int    // bytes to leave out of the line at hand; -1 for all
	counts bool   // the line has the time read.at
}

// resume returns a lineWriter for a new stream of a log.
func resume(read *mark, to io.Writer) *lineWriter {
	return &lineWriter{to: to, read: read, from: *read}
}

// Write implements [io.Writer].
func (w *lineWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if !w.inText {
			p = w.takeStamp(p)
			continue
		}
		text := p
		end := bytes.IndexByte(p, '\n')
		if end >= 0 {
			text = p[:end+1]
		}
		p = p[len(text):]
		if err := w.pass(text); err != nil {
			return 0, err
		}
		if end >= 0 {
			w.endLine()
		}
	}
	return n, nil
}

// takeStamp takes what p has of the time before a line, and returns the rest.
func (w *lineWriter) takeStamp(p []byte) []byte {
	i := bytes.IndexAny(p, " \n")
	switch {
	case i >= 0 && p[i] == ' ' && len(w.stamp)+i <= maxStamp:
		if at, err := time.Parse(time.RFC3339Nano, string(w.stamp)+string(p[:i])); err == nil {
			w.stamp = w.stamp[:0]
			w.begin(at)
			return p[i+1:]
		}
	case i < 0 && len(w.stamp)+len(p) <= maxStamp:
		w.stamp = append(w.stamp, p...)
		return nil
	}
	// There is no time: the kubelet says why it has no log. That is worth a line
	// only in the place of one.
	text := append(bytes.Clone(w.stamp), p...)
	w.stamp = w.stamp[:0]
	w.inText, w.skip, w.counts = true, 0, false
	if w.from != (mark{}) {
		w.skip = -1
	}
	w.read.spoke = true
	return text
}

// begin begins the text of a line of that time.
func (w *lineWriter) begin(at time.Time) {
	w.inText, w.skip = true, 0
	switch at.Compare(w.from.at) {
	case -1:
		w.skip = -1
	case 0:
		w.same++
		switch {
		case w.same <= w.from.lines:
			w.skip = -1
		case w.same == w.from.lines+1:
			w.skip = w.from.part
		}
	}
	if at.After(w.read.at) {
		*w.read = mark{at: at}
	}
	w.counts = w.skip >= 0 && at.Equal(w.read.at)
}

// pass passes on the new part of a piece of a line.
func (w *lineWriter) pass(text []byte) error {
	if w.skip < 0 {
		return nil
	}
	old := min(w.skip, len(text))
	w.skip -= old
	text = text[old:]
	if w.counts {
		w.read.part += len(text)
	}
	_, err := w.to.Write(text)
	return err
}

func (w *lineWriter) endLine() {
	w.inText = false
	if w.counts {
		w.read.lines++
		w.read.part = 0
	}
}
