package sandbox

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

const topSecret = "TOP-SECRET"

// vault makes a directory of the host with a secret in a file, an environment
// variable of this process, and an inheritable descriptor.
func vault(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte(topSecret), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SERVER_TOKEN", topSecret)
	f, err := os.Open(secret)
	if err != nil {
		t.Fatal(err)
	}
	leak, err := syscall.Dup(int(f.Fd())) // not close-on-exec
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	t.Cleanup(func() { syscall.Close(leak) })
	return dir
}

// untouched checks that the vault is as it was made.
func untouched(t *testing.T, dir string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "secret"))
	if err != nil || string(data) != topSecret {
		t.Errorf("the secret is %q, %v", data, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the directory has %v, %v", entries, err)
	}
}

// TestNoEscapeByScript tries to leave the container with what a script can
// say. Each script is given the vault in $D and must neither print the secret
// nor exit with 0.
func TestNoEscapeByScript(t *testing.T) {
	dir := vault(t)
	r := newRunner(t)
	for name, script := range map[string]string{
		"path":                    `cat $D/secret`,
		"dotdot":                  `cat ../../../../../../../../..$D/secret`,
		"cd dotdot":               `cd ..; cd ../../..; cat .$D/secret`,
		"absolute link":           `ln -s $D/secret l; cat l`,
		"relative link":           `ln -s ../../../../../../../../../..$D/secret l; cat l`,
		"link to a directory":     `ln -s $D d; cat d/secret`,
		"link to the root":        `ln -s / r; cat r$D/secret || cat r/..$D/secret`,
		"cd through a link":       `ln -s $D d; cd d && cat secret`,
		"pwd through a link":      `ln -s ../../../.. d; cd -P d && cat .$D/secret`,
		"hard link":               `ln $D/secret h; cat h`,
		"glob":                    `set -- $D/*; cat "$1"`,
		"glob of everything":      `grep -r "TOP.SECRE[T]" /*`,
		"find":                    `find / -name secret | grep secret`,
		"redirection in":          `read x < $D/secret; echo $x; [ "$x" ]`,
		"redirection out":         `echo x > $D/secret`,
		"append":                  `echo x >> $D/new`,
		"here string file":        `x=$(<$D/secret); echo $x; [ "$x" ]`,
		"source":                  `. $D/secret`,
		"source by PATH":          `PATH=$D; . secret`,
		"script":                  `sh $D/secret`,
		"program":                 `$D/secret`,
		"test":                    `[ -e $D/secret ] || [ -r $D ] || [[ -d $D ]]`,
		"newer":                   `[ $D/secret -nt /etc/passwd ]`,
		"owner":                   `[ -O $D/secret ] || [[ -O $D/secret ]]`,
		"completion of command":   `command -v $D/secret || type $D/secret`,
		"copy in":                 `cp $D/secret x; cat x`,
		"copy out":                `cp /etc/passwd $D/new`,
		"move":                    `mv $D/secret x`,
		"remove":                  `rm $D/secret`,
		"mkdir":                   `mkdir $D/made`,
		"touch":                   `touch $D/secret`,
		"chmod":                   `chmod 777 $D/secret`,
		"tee":                     `echo x | tee $D/secret`,
		"mktemp":                  `mktemp -p $D`,
		"fifo name, TMPDIR":       `export TMPDIR=$D; echo x > $D/sh-interp-1`,
		"fifo name":               `ln -s $D/secret /tmp/sh-interp-1; cat < /tmp/sh-interp-1`,
		"process substitution":    `cat <(cat $D/secret) | grep .`,
		"environment":             `env | grep SECRET || echo "$SERVER_TOKEN" | grep SECRET`,
		"environ of itself":       `grep -a SECRET /proc/self/environ`,
		"environ of PID 1":        `grep -a SECRET /proc/1/environ`,
		"environ of the server":   `cat /proc/$SERVER/environ`,
		"descriptor of a process": `cat /proc/self/fd/[3-9]* /dev/fd/[3-9]*`,
		"descriptor by number":    `for i in 3 4 5 6 7 8 9 10 11 12 13 14 15; do cat /dev/fd/$i && exit 0; done; exit 1`,
		"root of a process":       `cat /proc/1/root$D/secret || cat /proc/self/root$D/secret`,
		"cwd of a process":        `cat /proc/self/cwd/../../../../../..$D/secret`,
		"process list":            `[ -e /proc/$SERVER ]`,
		"sys":                     `cat /sys/kernel/* || ls /sys | grep .`,
		"host's program":          `/usr/bin/perl -e 1 || /sbin/losetup`,
		"host's shell":            `/bin/dash -c true`,
		"own executable":          `/proc/self/exe`,
		"socket of bash":          `echo x > /dev/tcp/127.0.0.1/$PORT || exec 3<>/dev/tcp/127.0.0.1/80`,
		"kill the server":         `kill -0 $SERVER`,
		"device":                  `cat /dev/kmsg || cat /dev/mem || ls /dev | grep -v -E '^(fd|full|null|random|shm|stderr|stdin|stdout|urandom|zero|termination-log)$'`,
		"user database":           `grep -c . /etc/shadow || id www-data`,
		"time zone":               `TZ=Asia/Seoul date +%Z | grep KST`,
	} {
		t.Run(name, func(t *testing.T) {
			s := spec(t, "centos:7", "bash", "-c", script)
			s.Dir = "/tmp"
			s.Env = []string{"D=" + dir, "SERVER=" + strconv.Itoa(os.Getpid()), "PORT=80"}
			s.TerminationMessagePath = "/dev/termination-log"
			stdout, stderr, code := run(t, r, s)
			if code == 0 {
				t.Errorf("exit code 0; printed %q", stdout)
			}
			if strings.Contains(stdout+stderr, topSecret) {
				t.Errorf("printed %q, %q", stdout, stderr)
			}
		})
	}
	untouched(t, dir)
}

// TestNoEscapeByMount tries to leave through mounts, as the kubelet makes them.
func TestNoEscapeByMount(t *testing.T) {
	dir := vault(t)
	r := newRunner(t)
	volume := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(filepath.Join(volume, "..2026"), 0o755))
	must(os.WriteFile(filepath.Join(volume, "..2026", "key"), []byte("value\n"), 0o644))
	must(os.Symlink("..2026", filepath.Join(volume, "..data")))
	must(os.Symlink("..data/key", filepath.Join(volume, "key")))
	must(os.Symlink(filepath.Join(dir, "secret"), filepath.Join(volume, "bad")))
	file := filepath.Join(t.TempDir(), "message")
	must(os.WriteFile(file, nil, 0o644))
	must(os.WriteFile(filepath.Join(filepath.Dir(file), "neighbour"), []byte(topSecret), 0o644))

	s := spec(t, "centos:7", "bash", "-c", `
cat /config/key && ls /config
echo x > /config/new; rm /config/key; mv /config /config2; rm -rf /config
cat /config/bad
cat /config/../$D/secret /var/run/secrets/../../../..$D/secret
cat /dev/neighbour /dev/termination-log/../neighbour
echo message > /dev/termination-log
mv /dev/termination-log /tmp/x; rm /dev/termination-log
ln /config/..2026/key /tmp/h
cat /var/run/secrets/key
exit 0`)
	s.Env = []string{"D=" + dir}
	s.Mounts = []Mount{
		{Source: volume, Target: "/config", ReadOnly: true},
		{Source: volume, Target: "/var/run/secrets", ReadOnly: true},
		{Source: file, Target: "/dev/termination-log"},
	}
	stdout, stderr, _ := run(t, r, s)
	if want := "value\nkey\nvalue\n"; strings.ReplaceAll(stdout, "bad\n", "") != want {
		t.Errorf("printed %q, want %q; errors:\n%s", stdout, want, stderr)
	}
	if strings.Contains(stdout+stderr, topSecret) {
		t.Errorf("printed the secret: %q, %q", stdout, stderr)
	}
	if n := strings.Count(stderr, "Read-only file system"); n < 2 {
		t.Errorf("%d writes were refused as read-only:\n%s", n, stderr)
	}
	if data, err := os.ReadFile(file); string(data) != "message\n" {
		t.Errorf("the mounted file has %q, %v", data, err)
	}
	if data, err := os.ReadFile(filepath.Join(volume, "key")); string(data) != "value\n" {
		t.Errorf("the volume has %q, %v", data, err)
	}
	untouched(t, dir)
}

// TestMountOfALinkIsRefused has another container put a link where the kubelet
// found a directory of their volume.
func TestMountOfALinkIsRefused(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("sources are resolved there")
	}
	dir := vault(t)
	r := newRunner(t)
	volume := t.TempDir()
	if err := os.Symlink(dir, filepath.Join(volume, "sub")); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{"sub", "sub/secret"} {
		s := spec(t, "centos:7", "cat", "/mnt", "/mnt/secret")
		if err := r.Prepare(&s); err != nil {
			t.Fatal(err)
		}
		s.Mounts = []Mount{{Source: filepath.Join(volume, source), Target: "/mnt"}}
		if err := r.Prepare(&s); err == nil || !strings.Contains(err.Error(), "symbolic link") {
			t.Errorf("prepare with %s: got %v, want that it is a link", source, err)
		}
		s.Stdout, s.Stderr = os.Stdout, os.Stderr
		if p, err := r.Start(s); err == nil || !strings.Contains(err.Error(), "symbolic link") {
			t.Errorf("start with %s: got %v, want that it is a link", source, err)
			if err == nil {
				p.Kill()
				<-p.Done()
			}
		}
	}
	untouched(t, dir)
}
