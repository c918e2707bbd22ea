package node

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// The kubelet removes a volume's directory and does not unmount it.
func TestMounterForgetsVolumes(t *testing.T) {
	t.Parallel()
	m, dir := newMounter(), t.TempDir()
	mountAt := func(name string) string {
		t.Helper()
		target := filepath.Join(dir, name)
		if err := os.Mkdir(target, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := m.Mount("tmpfs", target, "tmpfs", nil); err != nil {
			t.Fatal(err)
		}
		return target
	}
	kept := mountAt("kept")
	for i := range 10 * leastSweep {
		if err := os.Remove(mountAt(strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(m.tmpfs.set); n > leastSweep+1 {
		t.Errorf("remembers %d volumes of which one is there", n)
	}
	if !m.inMemory(filepath.Join(kept, "file")) || m.inMemory(filepath.Join(dir, "other")) {
		t.Error("does not tell a volume from what is none")
	}
}
