package residency

import (
	"fmt"
	"os"
	"strings"
	"testing"
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
