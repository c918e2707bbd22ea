package sandbox

import (
	"maps"
	"slices"

	"github.com/joblab/joblab/internal/sandbox/commands"
	"github.com/joblab/joblab/internal/sandbox/container"
)

// kind is the file tree that images of one distribution have in common.
type kind struct {
	name     string
	bare     bool                // has no directories but those of its files
	dirs     []string            // besides the usual ones
	links    map[string]string   // symbolic links and where they lead
	binaries map[string][]string // directory → built-in commands in it
	applets  bool                // the binaries are one program that goes by the name it is called
	files    map[string]string   // contents; scripts (#!) are executable
}

// usual are the directories that every distribution has.
var usual = []string{
	"/bin", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/run/lock", "/sbin", "/sys", "/tmp",
	"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/share", "/var/cache", "/var/lib", "/var/log", "/var/tmp",
}

// describe is what an image's digest is made of.
func (k *kind) describe() any {
	return []any{k.name, k.bare, k.dirs, k.links, k.binaries, k.applets, k.files}
}

// gnu lists the commands of a distribution with the GNU utilities, and its
// shells.
func gnu(shells ...string) []string {
	names := slices.DeleteFunc(commands.Names(), func(s string) bool { return special[s] || busyboxOnly[s] })
	names = slices.Concat(names, container.Tests, shells)
	slices.Sort(names)
	return names
}

// applets lists the commands of busybox.
func applets() []string {
	names := slices.DeleteFunc(commands.Names(), func(s string) bool { return special[s] })
	names = append(slices.Concat(names, container.Tests), "ash", "sh")
	slices.Sort(names)
	return names
}

// special are commands that belong to single images.
var special = set("agnhost", "agnhost-2", "curl", "pause")

// busyboxOnly are commands that the images of other distributions lack until
// somebody installs them.
var busyboxOnly = set("httpd", "nc", "nslookup", "ping", "wget")

func set(names ...string) map[string]bool {
	s := make(map[string]bool, len(names))
	for _, n := range names {
		s[n] = true
	}
	return maps.Clone(s)
}
