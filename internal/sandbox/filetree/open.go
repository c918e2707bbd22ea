package filetree

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// openNode opens a synthetic file.
func (v View) openNode(n *node, flag int) (File, error) {
	mode := flag & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)
	switch {
	case flag&os.O_EXCL != 0:
		return nil, syscall.EEXIST
	case n.IsDir():
		if mode != os.O_RDONLY {
			return nil, syscall.EISDIR
		}
		return &memory{node: n, reader: bytes.NewReader(nil)}, nil
	case n.read != nil:
		if mode != os.O_RDONLY {
			return nil, syscall.EACCES
		}
		return &memory{node: n, reader: bytes.NewReader(n.read())}, nil
	case n.pipe != nil:
		return n.pipe.open(mode != os.O_RDONLY)
	case n.device != nil:
		return duplicate(n.device)
	}
	var stream any
	switch n.stream {
	case 1:
		stream = v.Stdin
	case 2:
		stream = v.Stdout
	case 3:
		stream = v.Stderr
	}
	switch s := stream.(type) {
	case counted:
		f, err := duplicate(s.File)
		if err != nil {
			return nil, err
		}
		return counted{f.(*os.File), v.Tree}, nil
	case *os.File:
		if s == nil {
			return nil, syscall.ENOENT
		}
		return duplicate(s)
	case interface{ Unwrap() *os.File }:
		return duplicate(s.Unwrap())
	case nil:
		return nil, syscall.ENOENT
	}
	r, _ := stream.(io.Reader)
	w, _ := stream.(io.Writer)
	return &memory{node: n, reader: r, writer: w}, nil
}

// duplicate returns another descriptor of an open file, so that closing it
// leaves the original open.
func duplicate(f *os.File) (File, error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	var fd int
	var dupErr error
	if err := conn.Control(func(old uintptr) {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		if fd, dupErr = syscall.Dup(int(old)); dupErr == nil {
			syscall.CloseOnExec(fd)
		}
	}); err != nil {
		return nil, err
	}
	if dupErr != nil {
		return nil, dupErr
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// memory is an open synthetic file that is no descriptor.
type memory struct {
	node   *node
	reader io.Reader
	writer io.Writer
}

func (m *memory) Stat() (fs.FileInfo, error) { return m.node, nil }
func (m *memory) Close() error               { return nil }

func (m *memory) Read(p []byte) (int, error) {
	if m.node.IsDir() {
		return 0, syscall.EISDIR
	}
	if m.reader == nil {
		return 0, syscall.EBADF
	}
	return m.reader.Read(p)
}

func (m *memory) Write(p []byte) (int, error) {
	if m.writer == nil {
		return 0, syscall.EBADF
	}
	return m.writer.Write(p)
}
