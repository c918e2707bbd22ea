package sandbox

import (
	"runtime"
	"testing"
)

// TestLimits checks that a container cannot take all memory or disk space of
// the host.
func TestLimits(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the limits are Linux's")
	}
	r := newRunner(t)
	for name, script := range map[string]string{
		"memory": `x=$(cat /dev/zero); echo survived`,
		"file":   `for i in 1 2; do cat /dev/zero; done > /tmp/big && echo survived`,
	} {
		t.Run(name, func(t *testing.T) {
			stdout, _, code := run(t, r, spec(t, "centos:7", "bash", "-c", script))
			if code == 0 || stdout != "" {
				t.Errorf("printed %q and exited with %d", stdout, code)
			}
		})
	}
}
