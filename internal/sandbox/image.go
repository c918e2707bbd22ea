package sandbox

// Image is an entry of the catalogue: an image whose contents the sandbox
// knows how to imitate.
type Image struct {
	Ref        string   // normalised, with registry and tag: "docker.io/library/centos:7"
	ID         string   // "sha256:…", a digest of the content description; stable between runs
	Size       uint64   // bytes, as the real image's compressed size is about
	Entrypoint []string // as in the real image's configuration
	Cmd        []string
	Env        []string // KEY=value
	WorkingDir string

	kind *kind
}

// kind is what images of one distribution have in common.
type kind struct{}

// Lookup finds the image that ref names. ref may lack registry, repository
// prefix and tag: "centos:7", "busybox", "docker.io/library/centos:7".
func Lookup(ref string) (Image, bool) { return Image{}, false }

// Images returns the catalogue, ordered by Ref.
func Images() []Image { return nil }
