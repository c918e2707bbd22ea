package sandbox

import (
	"os"
	"testing"

	"github.com/joblab/joblab/internal/sandbox/commands"
	"github.com/joblab/joblab/internal/sandbox/container"
)

// TestMain lets the test binary be a container, as any program with a Runner,
// with a command more.
func TestMain(m *testing.M) {
	if IsChild() {
		container.Main(map[string]commands.Func{"attack": attack})
	}
	os.Exit(m.Run())
}
