package sandbox

import (
	"os"

	"github.com/joblab/joblab/internal/sandbox/container"
)

// childMarker is the environment variable that tells a re-executed program
// that it is to be a container.
const childMarker = "JOBLAB_SANDBOX_CHILD"

// IsChild reports whether this process was started by a [Runner] to be a
// container. A program that uses a Runner asks first thing in main, and calls
// [Main] if so.
func IsChild() bool { return os.Getenv(childMarker) != "" }

// Main runs the container that this process is. It does not return.
func Main() {
	container.Main(nil)
	panic("unreachable")
}
