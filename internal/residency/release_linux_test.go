package residency

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestRelease(t *testing.T) {
	before := fileKB(t)
	if err := Release(); err != nil {
		t.Fatal(err)
	}
	if after := fileKB(t); after >= before {
		t.Errorf("%d KiB of files are resident after Release, %d KiB before it", after, before)
	}
}

// TestReleaseKeepsWhatWasWritten does to a page of the program what the dynamic linker
// does: it writes to it and protects it.
func TestReleaseKeepsWhatWasWritten(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	page, err := unix.Mmap(int(exe.Fd()), 0, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(page)
	page[0] ^= 0xff
	want := page[0]
	if err := unix.Mprotect(page, unix.PROT_READ); err != nil {
		t.Fatal(err)
	}
	if err := Release(); err != nil {
		t.Fatal(err)
	}
	if page[0] != want {
		t.Errorf("the page holds %#x again, %#x was written", page[0], want)
	}
}

// fileKB is how much of its files this process has in memory, in KiB.
func fileKB(t *testing.T) (kb int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		fmt.Sscanf(line, "RssFile: %d kB", &kb)
	}
	if kb == 0 {
		t.Fatalf("no RssFile in\n%s", status)
	}
	return kb
}
