package sandbox

import (
	"os"
	"testing"
)

// TestMain lets the test binary be a container, as any program with a Runner.
func TestMain(m *testing.M) {
	if IsChild() {
		Main()
	}
	os.Exit(m.Run())
}
