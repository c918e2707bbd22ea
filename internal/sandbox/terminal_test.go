package sandbox

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// screen is a terminal with a container at its other end.
type screen struct {
	t      *testing.T
	master *os.File
	seen   string
	box    *Process
}

func newScreen(t *testing.T, image string, argv ...string) *screen {
	t.Helper()
	r := newRunner(t)
	sp := spec(t, image, argv...)
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	if err := pty.Setsize(master, &pty.Winsize{Rows: 33, Cols: 99}); err != nil {
		t.Fatal(err)
	}
	sp.Stdin, sp.Stdout, sp.Stderr, sp.TTY = slave, slave, slave, true
	b, err := start(t, r, sp)
	slave.Close()
	if err != nil {
		t.Fatal(err)
	}
	return &screen{t: t, master: master, box: b.Process}
}

// until reads until text has appeared since the last call.
func (s *screen) until(text string) {
	s.t.Helper()
	buf := make([]byte, 1024)
	for !strings.Contains(s.seen, text) {
		n, err := s.master.Read(buf)
		s.seen += string(buf[:n])
		if err != nil {
			s.t.Fatalf("%v; wanted %q, saw %q", err, text, s.seen)
		}
	}
	_, s.seen, _ = strings.Cut(s.seen, text)
}

func (s *screen) typed(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.master, text); err != nil {
		s.t.Fatal(err)
	}
}

func (s *screen) exits(code int) {
	s.t.Helper()
	go io.Copy(io.Discard, s.master)
	<-s.box.Done()
	if got := s.box.Exit().Code; got != code {
		s.t.Errorf("exit code %d, want %d", got, code)
	}
}

func TestInteractiveShell(t *testing.T) {
	t.Run("bash", func(t *testing.T) {
		s := newScreen(t, "centos:7", "bash")
		s.until("[root@box /]# ")
		s.typed("echo $((6*7)); tty\n")
		s.until("42\r\n/dev/pts/0\r\n[root@box /]# ")
		s.typed("cd /tmp; stty size\n")
		s.until("33 99\r\n[root@box tmp]# ")
		s.typed("for i in 1 2\ndo echo line $i; done\n")
		s.until("> ")
		s.until("line 1\r\nline 2\r\n[root@box tmp]# ")
		s.typed("exit 3\n")
		s.until("exit\r\n")
		s.exits(3)
	})
	t.Run("busybox, ended by ^D", func(t *testing.T) {
		s := newScreen(t, "busybox", "sh")
		s.until("/ # ")
		s.typed("cat\n")
		s.typed("typed\n")
		s.until("typed\r\ntyped\r\n")
		s.typed("\x04")
		s.until("/ # ")
		s.typed("false\n")
		s.until("/ # ")
		s.typed("\x04")
		s.exits(1)
	})
	t.Run("^C ends the command, not the shell", func(t *testing.T) {
		s := newScreen(t, "centos:7", "bash")
		s.until("# ")
		for _, command := range []string{"sleep 1000", "while :; do sleep 1000; done", "cat", "bash -c 'sleep 1000'", "cat | sort"} {
			s.typed("echo ready; " + command + "\n")
			s.until("\r\nready\r\n")
			s.typed("\x03")
			s.until("^C")
			s.until("# ")
			s.typed("echo code $?\n")
			s.until("\r\ncode 130\r\n")
			s.until("# ")
		}
		s.typed("half a line\x03")
		s.until("^C\r\n[root@box /]# ")
		s.typed("sleep 1000 & exit\n")
		s.exits(0)
	})
	t.Run("^C reaches the shell in front only", func(t *testing.T) {
		s := newScreen(t, "debian", "bash")
		s.until("root@box:/# ")
		s.typed("PS1='in''ner> ' sh\n")
		s.until("inner> ")
		s.typed("echo ready; sleep 1000\n")
		s.until("\r\nready\r\n")
		s.typed("\x03")
		s.until("inner> ")
		s.typed("exit\n")
		s.until("root@box:/# ")
		s.typed("exit\n")
		s.exits(130)
	})
}
