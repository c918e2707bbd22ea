package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Image is an entry of the catalogue: an image whose contents the sandbox
// knows how to imitate.
type Image struct {
	Ref        string   // normalised, with registry and tag: "docker.io/library/centos:7"
	ID         string   // "sha256:…", a digest of the content description; stable between runs
	Size       uint64   // bytes, about the real image's compressed size
	Entrypoint []string // as in the real image's configuration
	Cmd        []string
	Env        []string // KEY=value
	WorkingDir string

	kind *kind
}

// Lookup finds the image that ref names. ref may lack registry, repository
// prefix and tag: "centos:7", "busybox", "docker.io/library/centos:7". Any tag
// of an image that is in the catalogue is taken for the image itself; a digest
// is not, since it names contents that the sandbox does not have.
func Lookup(ref string) (Image, bool) {
	repo, tag := split(ref)
	if strings.Contains(ref, "@") {
		for _, img := range Images() {
			if r, _ := split(img.Ref); r == repo && strings.HasSuffix(ref, "@"+img.ID) {
				return img, true
			}
		}
		return Image{}, false
	}
	for _, e := range catalogue {
		if e.repo == repo && (e.anyTag() || slices.Contains(e.tags, tag)) {
			return e.image(tag), true
		}
	}
	return Image{}, false
}

// Images returns the catalogue, each image with the tag that is most likely
// asked for, ordered by Ref.
func Images() []Image {
	var images []Image
	for _, e := range catalogue {
		images = append(images, e.image(e.tags[0]))
	}
	slices.SortFunc(images, func(a, b Image) int { return strings.Compare(a.Ref, b.Ref) })
	return images
}

// split normalises a reference as container runtimes do.
func split(ref string) (repo, tag string) {
	repo, _, _ = strings.Cut(ref, "@")
	tag = "latest"
	if i := strings.LastIndexByte(repo, ':'); i > strings.LastIndexByte(repo, '/') {
		repo, tag = repo[:i], repo[i+1:]
	}
	first, _, more := strings.Cut(repo, "/")
	switch {
	case !more:
		repo = "docker.io/library/" + repo
	case first == "index.docker.io":
		repo = "docker.io" + strings.TrimPrefix(repo, first)
	case !strings.ContainsAny(first, ".:") && first != "localhost":
		repo = "docker.io/" + repo
	}
	if rest, ok := strings.CutPrefix(repo, "docker.io/"); ok && !strings.Contains(rest, "/") {
		repo = "docker.io/library/" + rest
	}
	return repo, tag
}

// entry is an image of the catalogue with the tags that are known of it.
type entry struct {
	repo       string
	tags       []string // the first is the usual one; "*" at the end allows any
	size       uint64
	entrypoint []string
	cmd        []string
	env        []string
	kind       *kind
}

func (e *entry) anyTag() bool { return e.tags[len(e.tags)-1] == "*" }

func (e *entry) image(tag string) Image {
	img := Image{
		Ref: e.repo + ":" + tag, Size: e.size,
		Entrypoint: slices.Clone(e.entrypoint), Cmd: slices.Clone(e.cmd), Env: slices.Clone(e.env),
		kind: e.kind,
	}
	description, err := json.Marshal([]any{img, e.kind.describe()})
	if err != nil {
		panic(err) // strings only
	}
	sum := sha256.Sum256(description)
	img.ID = "sha256:" + hex.EncodeToString(sum[:])
	return img
}
