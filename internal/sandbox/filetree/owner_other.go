//go:build !linux

package filetree

import (
	"io/fs"
	"os"
	"syscall"
)

func readOwner(*os.File) (Owner, bool) { return Owner{}, false }

func writeOwner(*os.File, Owner) error { return syscall.ENOTSUP }

func ownerOnHost(fs.FileInfo) Owner { return Owner{} }
