package node

import (
	"os"
	_ "unsafe" // for go:linkname

	_ "github.com/moby/sys/userns" // has the variable
)

//go:linkname inUserNS github.com/moby/sys/userns.inUserNS
var inUserNS func() bool

// pretendUserNamespace lets an ordinary user run the kubelet. It starts a
// watcher of the kernel log for out-of-memory kills, which only root may read,
// and goes on without one only if it believes to be in a user namespace; a real
// one is forbidden on some systems. The node's status then says
// runningInUserNamespace. A machine without cgroups is treated alike: looking
// for them panics unless in a user namespace.
func pretendUserNamespace() {
	_, err := os.Stat("/sys/fs/cgroup")
	if os.Getuid() != 0 || err != nil {
		inUserNS = func() bool { return true }
	}
}
