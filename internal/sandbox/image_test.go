package sandbox

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLookup(t *testing.T) {
	for ref, want := range map[string]string{
		"centos:7":                         "docker.io/library/centos:7",
		"docker.io/library/centos:7":       "docker.io/library/centos:7",
		"docker.io/centos:7":               "docker.io/library/centos:7",
		"index.docker.io/library/centos:8": "docker.io/library/centos:8",
		"library/busybox":                  "docker.io/library/busybox:latest",
		"busybox":                          "docker.io/library/busybox:latest",
		"busybox:1.28":                     "docker.io/library/busybox:1.28",
		"alpine:3":                         "docker.io/library/alpine:3",
		"bash:5":                           "docker.io/library/bash:5",
		"debian:stable-slim":               "docker.io/library/debian:stable-slim",
		"ubuntu":                           "docker.io/library/ubuntu:latest",
		"registry.k8s.io/pause:3.10":       "registry.k8s.io/pause:3.10",
		"registry.k8s.io/e2e-test-images/busybox:1.37.0-1": "registry.k8s.io/e2e-test-images/busybox:1.37.0-1",
		"registry.k8s.io/e2e-test-images/agnhost:2.63.0":   "registry.k8s.io/e2e-test-images/agnhost:2.63.0",
	} {
		if img, ok := Lookup(ref); !ok || img.Ref != want {
			t.Errorf("%s: got %q, %v; want %q", ref, img.Ref, ok, want)
		}
	}
	for _, ref := range []string{"perl", "perl:5.34.0", "nginx", "example.com/busybox", "localhost/busybox", "someone/busybox",
		"localhost:5000/busybox", "busybox@sha256:0000", "", ":", "/"} {
		if img, ok := Lookup(ref); ok {
			t.Errorf("%q: got %s", ref, img.Ref)
		}
	}
}

func TestImageIDs(t *testing.T) {
	seen := make(map[string]string)
	for _, img := range Images() {
		if !strings.HasPrefix(img.ID, "sha256:") || len(img.ID) != 7+64 || img.Size == 0 {
			t.Errorf("%s: ID %q, size %d", img.Ref, img.ID, img.Size)
		}
		if other := seen[img.ID]; other != "" {
			t.Errorf("%s and %s have the same ID", img.Ref, other)
		}
		seen[img.ID] = img.Ref
		again, ok := Lookup(img.Ref)
		if !ok || again.ID != img.ID {
			t.Errorf("%s: ID %s, then %s", img.Ref, img.ID, again.ID)
		}
		byID, ok := Lookup(strings.TrimSuffix(img.Ref, ":latest") + "@" + img.ID)
		if !ok || byID.Ref != img.Ref {
			t.Errorf("%s by its ID: %v, %v", img.Ref, byID.Ref, ok)
		}
	}
}

// TestImagesRun runs each image as it is, and looks at what is in it.
func TestImagesRun(t *testing.T) {
	r := newRunner(t)
	for _, tt := range []struct {
		image  string
		script string
		want   string
	}{
		{"centos:7", "bash", "CentOS Linux 7 (Core)|bash|/usr/bin/bash|/usr/bin/ls|"},
		{"debian", "bash", "Debian GNU/Linux 12 (bookworm)|dash|/usr/bin/bash|/usr/bin/ls|"},
		{"ubuntu", "bash", "Ubuntu 24.04 LTS|dash|/usr/bin/bash|/usr/bin/ls|"},
		{"alpine", "sh", "Alpine Linux v3.22|/bin/busybox||/bin/ls|"},
		{"busybox", "sh", "||" + "|/bin/ls|"},
		{"bash", "bash", "Alpine Linux v3.22|/bin/busybox|/usr/local/bin/bash|/bin/ls|"},
	} {
		t.Run(tt.image, func(t *testing.T) {
			t.Parallel()
			s := spec(t, tt.image, tt.script, "-c", `
				[ -f /etc/os-release ] && . /etc/os-release
				printf '%s|%s|%s|%s|' "$PRETTY_NAME" "$(readlink $(command -v sh))" "$(command -v bash)" "$(which ls)"
				echo; ls -d /tmp /root /etc /dev/null /proc/self > /dev/null; whoami; hostname; pwd`)
			stdout, stderr, code := run(t, r, s)
			if diff := cmp.Diff(stdout, tt.want+"\nroot\nbox\n/\n"); diff != "" || code != 0 {
				t.Errorf("exit code %d, %s\n-got +want:\n%s", code, stderr, diff)
			}
		})
	}
}

// TestEntrypoint runs images without a command of one's own, and through an
// entrypoint.
func TestEntrypoint(t *testing.T) {
	r := newRunner(t)
	for _, image := range []string{"centos:7", "debian", "ubuntu", "alpine", "busybox", "bash"} {
		s := spec(t, image)
		s.Stdin = strings.NewReader("echo from stdin\nexit 4\n")
		if stdout, stderr, code := run(t, r, s); stdout != "from stdin\n" || code != 4 {
			t.Errorf("%s: printed %q, %q and exited with %d", image, stdout, stderr, code)
		}
	}
	s := spec(t, "bash", "docker-entrypoint.sh", "-c", "echo $0; exit 5")
	if stdout, stderr, code := run(t, r, s); stdout != "bash\n" || code != 5 {
		t.Errorf("entrypoint: printed %q, %q and exited with %d", stdout, stderr, code)
	}
}
