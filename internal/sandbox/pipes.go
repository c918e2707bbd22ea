package sandbox

import (
	"io"
	"os"
	"slices"
)

// pipes are descriptors to close when a start is over.
type pipes struct{ files []*os.File }

func (ps *pipes) open() (r, w *os.File, err error) {
	if r, w, err = os.Pipe(); err == nil {
		ps.files = append(ps.files, r, w)
	}
	return r, w, err
}

// keep takes a file out of those that close closes.
func (ps *pipes) keep(f *os.File) *os.File {
	ps.files = slices.DeleteFunc(ps.files, func(g *os.File) bool { return f == g })
	return f
}

func (ps *pipes) close() {
	for _, f := range ps.files {
		f.Close()
	}
	ps.files = nil
}

// stdin is the standard input of a process: r itself if it is a file, the null
// device if it is nil, else a pipe that feed copies r into.
func (ps *pipes) stdin(r io.Reader) (in *os.File, feed func(), err error) {
	switch r := r.(type) {
	case nil:
		if in, err = os.OpenFile(os.DevNull, os.O_RDWR, 0); err == nil {
			ps.files = append(ps.files, in)
		}
		return in, nil, err
	case *os.File:
		return r, nil, nil
	}
	in, w, err := ps.open()
	if err != nil {
		return nil, nil, err
	}
	ps.keep(w)
	return in, func() {
		io.Copy(w, r)
		w.Close()
	}, nil
}

// orNull is f, or null if there is none.
func orNull(f, null *os.File) *os.File {
	if f == nil {
		return null
	}
	return f
}
