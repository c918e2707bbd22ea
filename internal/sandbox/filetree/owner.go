package filetree

import (
	"io/fs"
	"os"
	"path"
	"syscall"
)

// User is whom the programs of a container run as.
type User struct {
	UID, GID uint32
	Groups   []uint32 // besides GID
}

// Owner is the user and group of a file.
type Owner struct{ UID, GID uint32 }

// SetUser says whom files that are made from now on belong to. It must be
// called before the tree is used.
//
// All files of a tree are the host's user's; who owns them in the container is
// written down beside them, in an extended attribute, and has no effect on who
// may read and write them. Where the file system has no such attributes every
// file is root's.
func (t *Tree) SetUser(u User) { t.user = u }

// User is what SetUser was told; root at first.
func (t *Tree) User() User { return t.user }

// Owner is whom a file belongs to in the container. A link at the end of name
// is followed.
func (v View) Owner(name string) Owner {
	p, err := v.resolve("stat", name, true)
	if err != nil {
		return Owner{}
	}
	return p.owner()
}

// Chown changes whom a file belongs to in the container.
func (v View) Chown(name string, owner Owner) error {
	p, err := v.attribute("chown", name)
	if err != nil {
		return err
	}
	if v.user.UID != 0 {
		return pathError("chown", name, syscall.EPERM)
	}
	return pathError("chown", name, p.setOwner(owner))
}

func (p place) owner() Owner {
	if p.node != nil {
		return Owner{}
	}
	info, err := p.root.Stat(p.rel)
	if err != nil {
		return Owner{}
	}
	owner := ownerOnHost(info)
	p.open(func(f *os.File) error {
		if o, ok := readOwner(f); ok {
			owner = o
		}
		return nil
	})
	return owner
}

func (p place) setOwner(owner Owner) error {
	return p.open(func(f *os.File) error { return writeOwner(f, owner) })
}

// open opens the file, whatever it is, without waiting for a writer.
func (p place) open(do func(*os.File) error) error {
	f, err := p.root.OpenFile(p.rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return do(f)
}

// made notes the owner of a file that was just made: the user, and the group of
// the directory if that has its setgid bit.
func (p place) made() {
	owner := Owner{p.tree.user.UID, p.tree.user.GID}
	dir := p.tree.at(path.Dir(p.name))
	if info, err := dir.lstat(); err == nil && info.Mode()&fs.ModeSetgid != 0 {
		owner.GID = dir.owner().GID
	}
	if owner != (Owner{}) {
		p.setOwner(owner) // bookkeeping: the file is there all the same
	}
}
