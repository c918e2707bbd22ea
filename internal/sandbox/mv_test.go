package sandbox

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMoveBetweenMounts moves where a rename does not reach: what is in the way
// is replaced, not written through.
func TestMoveBetweenMounts(t *testing.T) {
	r := newRunner(t)
	volume := t.TempDir()
	s := spec(t, "centos:7", "bash", "-c", `
mkdir -p d/sub; echo 1 > d/f; ln -s f d/l; chmod 640 d/f; touch -d @1000 d/f
mv d /vol; echo $? $(find d /vol | sort) $(readlink /vol/d/l) $(stat -c '%a %Y' /vol/d/f)
echo victim > /vol/victim; ln -s victim /vol/link; echo 2 > g
mv g /vol/link; echo $? $(cat /vol/link /vol/victim); [ -L /vol/link ]; echo $?
mkdir d; echo 3 > d/new; mv d /vol; echo $? $(ls d /vol/d)
mkdir e /vol/e; echo 4 > e/f; mv e /vol; echo $? $(ls /vol/e)
ln -s nowhere dangling; mv dangling /vol; echo $? $(readlink /vol/dangling)
mv /vol /x; echo $?; mv /vol/d /vol/d/sub; echo $?
echo 5 > h; mv -n h /vol/victim; cat /vol/victim h`)
	s.Dir = "/work"
	s.Mounts = []Mount{{Source: volume, Target: "/vol"}}
	stdout, stderr, _ := run(t, r, s)
	want := `0 /vol /vol/d /vol/d/f /vol/d/l /vol/d/sub f 640 1000
0 2 victim
1
1 /vol/d: f l sub d: new
0 f
0 nowhere
1
1
victim
5
`
	if stdout != want {
		t.Errorf("printed\n%swant\n%serrors:\n%s", stdout, want, stderr)
	}
	if data, err := os.ReadFile(filepath.Join(volume, "e", "f")); string(data) != "4\n" {
		t.Errorf("the volume has %q, %v", data, err)
	}
}
