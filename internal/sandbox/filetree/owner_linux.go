package filetree

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownerAttribute holds "UID:GID".
const ownerAttribute = "user.joblab.owner"

func readOwner(f *os.File) (o Owner, ok bool) {
	var buf [32]byte
	n, err := unix.Fgetxattr(int(f.Fd()), ownerAttribute, buf[:])
	if err != nil {
		return o, false
	}
	_, err = fmt.Sscanf(string(buf[:n]), "%d:%d", &o.UID, &o.GID)
	return o, err == nil
}

func writeOwner(f *os.File, o Owner) error {
	return unix.Fsetxattr(int(f.Fd()), ownerAttribute, fmt.Appendf(nil, "%d:%d", o.UID, o.GID), 0)
}

// ownerOnHost is the owner of a file that nothing was written down for: root,
// where that is the user whom this process runs as on the host. The kubelet
// gives volumes to a group if it may.
func ownerOnHost(info fs.FileInfo) Owner {
	var o Owner
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		if int(st.Uid) != os.Geteuid() {
			o.UID = st.Uid
		}
		if int(st.Gid) != os.Getegid() {
			o.GID = st.Gid
		}
	}
	return o
}
