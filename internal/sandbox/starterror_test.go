package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

const recorded = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: " +
	"unable to start container process: error during container init: "

// TestStartError compares with what runc and containerd say; the first case is
// as recorded on a kind cluster.
func TestStartError(t *testing.T) {
	r := newRunner(t)
	for _, tt := range []struct {
		name, image, command, want string
	}{
		{"not found", "centos:7", "bashmuzzibabo", recorded + `exec: "bashmuzzibabo": executable file not found in $PATH`},
		{"a blank in the command", "centos:7", "bash -c", recorded + `exec: "bash -c": executable file not found in $PATH`},
		{"busybox has no bash", "busybox", "bash", recorded + `exec: "bash": executable file not found in $PATH`},
		{"alpine has no bash", "alpine", "bash", recorded + `exec: "bash": executable file not found in $PATH`},
		{"centos has no perl", "centos:7", "perl", recorded + `exec: "perl": executable file not found in $PATH`},
		{"absolute path", "centos:7", "/x", recorded + `exec: "/x": stat /x: no such file or directory`},
		{"relative path", "centos:7", "./x", recorded + `exec: "./x": stat ./x: no such file or directory`},
		{"through a file", "centos:7", "/etc/passwd/x", recorded + `exec: "/etc/passwd/x": stat /etc/passwd/x: not a directory`},
		{"directory", "centos:7", "/etc", recorded + `exec: "/etc": is a directory`},
		{"not executable", "centos:7", "/etc/passwd", recorded + `exec: "/etc/passwd": permission denied`},
		{"empty", "centos:7", "", recorded + `exec: "": executable file not found in $PATH`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := start(t, r, spec(t, tt.image, tt.command))
			var se *StartError
			if !errors.As(err, &se) {
				t.Fatalf("got %v, want a StartError", err)
			}
			if se.Message != tt.want {
				t.Errorf("got  %s\nwant %s", se.Message, tt.want)
			}
			if se.Code != 128 {
				t.Errorf("got code %d, want 128", se.Code)
			}
		})
	}
}

func TestStartErrorOfExec(t *testing.T) {
	r := newRunner(t)
	s := spec(t, "centos:7", "sleep", "1000")
	if _, err := start(t, r, s); err != nil {
		t.Fatal(err)
	}
	for command, code := range map[string]int{"nosuch": 127, "/etc/passwd": 126} {
		_, err := start(t, r, sibling(s, command))
		var se *StartError
		if !errors.As(err, &se) || se.Code != code {
			t.Errorf("%s: got %v, want code %d", command, err, code)
		}
	}
	_, err := start(t, r, sibling(s, "nosuch"))
	want := `OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestHostFault checks that what is wrong on the host is not blamed on the
// command.
func TestHostFault(t *testing.T) {
	r := newRunner(t)
	s := spec(t, "centos:7", "true")
	if err := r.Prepare(&s); err != nil {
		t.Fatal(err)
	}
	s.Mounts = []Mount{{Source: filepath.Join(t.TempDir(), "gone"), Target: "/mnt"}}
	_, err := r.Start(s)
	var se *StartError
	if err == nil || errors.As(err, &se) {
		t.Errorf("missing mount: got %v", err)
	}
	s.Mounts = nil
	if err := os.RemoveAll(s.Root); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Start(s); err == nil || errors.As(err, &se) {
		t.Errorf("missing root: got %v", err)
	}
}
