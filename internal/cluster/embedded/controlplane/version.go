package controlplane

import (
	"fmt"
	_ "unsafe" // for go:linkname

	"k8s.io/component-base/version"
)

// Version is the version of the Kubernetes modules that are linked into the
// program. A test compares it with go.mod.
const Version = "v1.37.2"

// Its parts, which the API server reports too.
const (
	major = "1"
	minor = "37"
)

// Kubernetes is told its own version by the linker flags of its release build.
// Here it is told when it starts, which also works with go run and go install.
//
//go:linkname gitVersion k8s.io/component-base/version.gitVersion
var gitVersion string

//go:linkname gitMajor k8s.io/component-base/version.gitMajor
var gitMajor string

//go:linkname gitMinor k8s.io/component-base/version.gitMinor
var gitMinor string

// SetVersion makes every component of this process report Version. It must be
// called before any of them is started.
func SetVersion() error {
	gitVersion = Version
	gitMajor, gitMinor = major, minor
	if err := version.SetDynamicVersion(Version); err != nil {
		return fmt.Errorf("set the version of Kubernetes: %w", err)
	}
	return nil
}
