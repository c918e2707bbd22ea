package sandbox

import (
	"bytes"
	"io"
	"os"
	"sync"
	"testing"
)

// box is a container in a test.
type box struct {
	*Process
	stdout, stderr bytes.Buffer
	copies         sync.WaitGroup
}

// result waits for the end and returns output, error output and exit code.
func (b *box) result() (stdout, stderr string, code int) {
	<-b.Done()
	b.copies.Wait()
	return b.stdout.String(), b.stderr.String(), b.Exit().Code
}

// spec is a container of an image with a fresh tree.
func spec(t testing.TB, image string, argv ...string) Spec {
	t.Helper()
	img, ok := Lookup(image)
	if !ok {
		t.Fatalf("no image %s", image)
	}
	return Spec{Image: img, Root: t.TempDir(), Argv: argv, Hostname: "box"}
}

// newRunner returns a Runner for a test.
func newRunner(t testing.TB) *Runner {
	t.Helper()
	r, err := NewRunner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// start prepares and starts a container; it is killed when the test ends.
func start(t testing.TB, r *Runner, s Spec) (*box, error) {
	t.Helper()
	if err := r.Prepare(&s); err != nil {
		t.Fatal(err)
	}
	b := &box{}
	var err error
	var ends []*os.File
	pipe := func(buf *bytes.Buffer) *os.File {
		pr, pw, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, pw)
		b.copies.Go(func() {
			io.Copy(buf, pr)
			pr.Close()
		})
		return pw
	}
	if s.Stdout == nil {
		s.Stdout = pipe(&b.stdout)
	}
	if s.Stderr == nil {
		s.Stderr = pipe(&b.stderr)
	}
	b.Process, err = r.Start(s)
	for _, f := range ends {
		f.Close()
	}
	if err != nil {
		b.copies.Wait()
		return nil, err
	}
	t.Cleanup(func() {
		b.Kill()
		<-b.Done()
	})
	return b, nil
}

// run runs a container to its end.
func run(t testing.TB, r *Runner, s Spec) (stdout, stderr string, code int) {
	t.Helper()
	b, err := start(t, r, s)
	if err != nil {
		t.Fatal(err)
	}
	return b.result()
}
