package network

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

const (
	// connectionBuffer bounds the bytes that are on the way in each direction
	// of a connection, as the kernel counts them: twice as many with overhead.
	connectionBuffer = 64 << 10
	// backlogBuffer bounds the connections that wait to be accepted, in the
	// same way: about forty of them.
	backlogBuffer = 16 << 10
)

// Pair makes the socket of a container's process: own is the end for [Serve],
// other is inherited by the process.
func Pair() (own, other *os.File, err error) { return pair(unix.SOCK_SEQPACKET, 0) }

// pair makes two connected sockets. Reading and writing wait without a thread.
func pair(kind, buffer int) (a, b *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	for _, fd := range fds {
		if buffer == 0 {
			break
		}
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, buffer); err != nil {
			unix.Close(fds[0])
			unix.Close(fds[1])
			return nil, nil, os.NewSyscallError("setsockopt", err)
		}
	}
	return os.NewFile(uintptr(fds[0]), "socket"), os.NewFile(uintptr(fds[1]), "socket"), nil
}

// connection makes the two ends of a connection.
func connection() (a, b *os.File, err error) { return pair(unix.SOCK_STREAM, connectionBuffer) }

// backlog makes the two ends of a listener.
func backlog() (a, b *os.File, err error) { return pair(unix.SOCK_SEQPACKET, backlogBuffer) }

// send sends a packet, and a file with it unless it is nil. With wait unset it
// fails with EAGAIN rather than wait for the other side to read.
func send(to *os.File, packet []byte, file *os.File, wait bool) error {
	raw, err := to.SyscallConn()
	if err != nil {
		return err
	}
	var rights []byte
	if file != nil {
		// Fd would make the file blocking, for both sides.
		with, err := file.SyscallConn()
		if err != nil {
			return err
		}
		var sent error
		err = with.Control(func(fd uintptr) {
			rights = unix.UnixRights(int(fd))
			sent = sendRaw(raw, packet, rights, wait)
		})
		return errors.Join(err, sent)
	}
	return sendRaw(raw, packet, rights, wait)
}

func sendRaw(raw interface {
	Write(func(uintptr) bool) error
}, packet, rights []byte, wait bool) error {
	var sent error
	err := raw.Write(func(fd uintptr) bool {
		sent = unix.Sendmsg(int(fd), packet, rights, nil, unix.MSG_NOSIGNAL)
		return !wait || sent != unix.EAGAIN
	})
	return errors.Join(err, sent)
}

// receive reads a packet into buffer, and the file that came with it, nil if
// none did. A packet that does not fit is an error.
func receive(from *os.File, buffer []byte) (packet []byte, file *os.File, err error) {
	raw, err := from.SyscallConn()
	if err != nil {
		return nil, nil, err
	}
	var oob [64]byte // room for one descriptor; the kernel closes what is over
	var n, oobn, flags int
	var received error
	err = raw.Read(func(fd uintptr) bool {
		n, oobn, flags, _, received = unix.Recvmsg(int(fd), buffer, oob[:], unix.MSG_CMSG_CLOEXEC)
		return received != unix.EAGAIN
	})
	if err = errors.Join(err, received); err != nil {
		return nil, nil, err
	}
	if file, err = only(oob[:oobn]); err != nil {
		return nil, nil, err
	}
	switch {
	case n == 0:
		err = io.EOF
	case flags&unix.MSG_TRUNC != 0:
		err = unix.EMSGSIZE
	}
	if err != nil && file != nil {
		file.Close()
		file = nil
	}
	return buffer[:n], file, err
}

// only is the one descriptor in a control message, nil if it has none.
func only(oob []byte) (*os.File, error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) == 0 {
		return nil, err
	}
	for _, fd := range fds[1:] {
		unix.Close(fd)
	}
	return os.NewFile(uintptr(fds[0]), "socket"), nil
}

// hungUp reports whether the other end of a listener is closed.
func hungUp(f *os.File) bool {
	raw, err := f.SyscallConn()
	if err != nil {
		return true
	}
	closed := true
	raw.Control(func(fd uintptr) {
		var b [1]byte
		_, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		closed = err != unix.EAGAIN
	})
	return closed
}

// closeWrite says that no more bytes follow.
func closeWrite(f *os.File) error { return shutdown(f, unix.SHUT_WR) }

// hangUp ends both directions, whoever else has the socket open still.
func hangUp(f *os.File) error { return shutdown(f, unix.SHUT_RDWR) }

func shutdown(f *os.File, how int) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var shut error
	err = raw.Control(func(fd uintptr) { shut = unix.Shutdown(int(fd), how) })
	return errors.Join(err, shut)
}
