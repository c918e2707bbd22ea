package lab

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/expect/strictyaml"
)

// manifestFile is the name of the manifest of each lab.
const manifestFile = "job.yaml"

var dirPattern = regexp.MustCompile(`^([0-9]{2})-([a-z0-9]+(?:-[a-z0-9]+)*)$`)

// Load reads all labs, sorted by number. The error joins all problems of all
// labs, each an *[expect.Problem] whose File is a path of fsys; the labs without
// problems are returned all the same.
func Load(fsys fs.FS) ([]*Lab, error) {
	c, err := Read(fsys)
	if err != nil {
		return nil, err
	}
	return c.Labs, c.Err()
}

// Collection is a directory of labs as it is, good or bad.
type Collection struct {
	// Labs are the labs without problems, sorted by number.
	Labs []*Lab
	// Broken are the directories with problems, sorted by name.
	Broken []Broken
	// Problems are those that no lab has: of tracks.yaml, or that there is no lab.
	Problems []*expect.Problem
}

// Broken is a directory that holds no lab, because of its problems.
type Broken struct {
	// Dir is its name, "08-never-with-limit". Number and Slug are those in it, 0
	// and Dir if it has none.
	Dir    string
	Number int
	Slug   string
	// Title is as far as it could be read; it may be nil.
	Title    Text
	Problems []*expect.Problem
}

// Err joins the problems; nil without any.
func (b Broken) Err() error { return joined(b.Problems) }

// Err joins all problems, in the order of files and lines; nil without any.
func (c Collection) Err() error {
	all := slices.Clone(c.Problems)
	for _, b := range c.Broken {
		all = append(all, b.Problems...)
	}
	sortProblems(all)
	return joined(all)
}

func joined(problems []*expect.Problem) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

func sortProblems(problems []*expect.Problem) {
	slices.SortStableFunc(problems, func(a, b *expect.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// Read reads a directory of labs. The error is about the directory itself; what is
// wrong in it is in the collection.
func Read(fsys fs.FS) (Collection, error) {
	l := &loader{fsys: fsys, tracks: map[string]Track{}, slugs: map[string]bool{}}
	l.readTracks()
	c := Collection{Problems: l.take()}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return c, fmt.Errorf("read labs: %w", err)
	}
	for _, e := range entries {
		if name := dirPattern.FindStringSubmatch(e.Name()); name != nil && e.IsDir() {
			l.slugs[name[2]] = true
		}
	}
	taken := map[string]string{}
	for _, e := range entries {
		dir := e.Name()
		if !e.IsDir() || strings.HasPrefix(dir, ".") {
			continue
		}
		lab := l.read(dir)
		broken := Broken{Dir: dir, Slug: dir, Title: lab.Title}
		if name := dirPattern.FindStringSubmatch(dir); name != nil {
			for _, what := range []string{"number " + name[1], "slug " + name[2]} {
				if other, twice := taken[what]; twice {
					l.add(&expect.Problem{File: dir, Message: fmt.Sprintf("%s is that of %s, too", what, other)})
				}
				taken[what] = dir
			}
			broken.Slug = name[2]
			broken.Number, _ = strconv.Atoi(name[1])
		}
		if broken.Problems = l.take(); len(broken.Problems) > 0 {
			c.Broken = append(c.Broken, broken)
		} else {
			c.Labs = append(c.Labs, lab)
		}
	}
	if len(c.Labs) == 0 && len(c.Broken) == 0 && len(c.Problems) == 0 {
		c.Problems = []*expect.Problem{{File: ".", Message: "there are no labs: want directories NN-slug"}}
	}
	slices.SortFunc(c.Labs, func(a, b *Lab) int { return cmp.Compare(a.Number, b.Number) })
	return c, nil
}

// loader collects the problems of the files that it reads.
type loader struct {
	fsys     fs.FS
	tracks   map[string]Track
	problems []*expect.Problem
	// slugs are those of all directories, broken ones included.
	slugs map[string]bool
	// noTracks: tracks.yaml could not be read, so that no track is known.
	noTracks bool
}

// take returns the problems since it was called last.
func (l *loader) take() []*expect.Problem {
	taken := l.problems
	l.problems = nil
	sortProblems(taken)
	return taken
}

// add adds a problem once.
func (l *loader) add(p *expect.Problem) {
	same := func(other *expect.Problem) bool { return *other == *p }
	if !slices.ContainsFunc(l.problems, same) {
		l.problems = append(l.problems, p)
	}
}

// addAll adds what an error joins.
func (l *loader) addAll(file string, err error) {
	var joined interface{ Unwrap() []error }
	var p *expect.Problem
	switch {
	case err == nil:
	case errors.As(err, &joined):
		for _, e := range joined.Unwrap() {
			l.addAll(file, e)
		}
	case errors.As(err, &p):
		l.add(p)
	default:
		l.add(&expect.Problem{File: file, Message: err.Error()})
	}
}

// file reads a file; one that is missing is a problem.
func (l *loader) file(name string) (data []byte, ok bool) {
	data, err := fs.ReadFile(l.fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.add(&expect.Problem{File: name, Message: "is missing"})
	case err != nil:
		l.add(&expect.Problem{File: name, Message: err.Error()})
	}
	return data, err == nil
}

// readTracks reads tracks.yaml.
func (l *loader) readTracks() {
	const name = "tracks.yaml"
	data, ok := l.file(name)
	l.noTracks = !ok
	if !ok {
		return
	}
	r := strictyaml.NewReader(name)
	if root := r.Parse(data); root.Present() {
		for i, value := range root.List() {
			m := value.Mapping("id", "title", "summary")
			if !value.IsMapping() {
				continue
			}
			t := Track{ID: m.Get("id").Text(), Title: parseText(m.Get("title")), Order: i}
			if v := m.Get("summary"); v.Present() {
				t.Summary = parseText(v)
			}
			if _, twice := l.tracks[t.ID]; twice {
				m.Get("id").Problemf("%q is the id of another track", t.ID)
			}
			l.tracks[t.ID] = t
		}
	}
	l.noTracks = len(l.tracks) == 0
	l.addAll(name, r.Err())
}

// read reads the lab of a directory.
func (l *loader) read(dir string) *Lab {
	lab := &Lab{File: manifestFile, Guides: map[string][]byte{}}
	name := dirPattern.FindStringSubmatch(dir)
	if name == nil {
		l.add(&expect.Problem{File: dir, Message: "want a directory named NN-slug"})
		return lab
	}
	recorded := l.readTrace(lab, dir)
	if manifest, ok := l.file(path.Join(dir, manifestFile)); ok {
		lab.Manifest = manifest
		if p := checkManifest(path.Join(dir, manifestFile), manifest); p != nil {
			l.add(p)
			manifest = nil
		}
		l.readDefinition(lab, dir, name, manifest, recorded)
	} else {
		l.readDefinition(lab, dir, name, nil, recorded)
	}
	l.readGuides(lab, dir, name[2])
	l.reviewTrace(lab, dir, recorded)
	return lab
}

func (l *loader) readGuides(lab *Lab, dir, slug string) {
	var first *guide
	for _, lang := range Languages {
		name := path.Join(dir, "guide."+lang+".md")
		source, ok := l.file(name)
		if !ok {
			continue
		}
		if len(bytes.TrimSpace(source)) == 0 {
			l.add(&expect.Problem{File: name, Line: 1, Message: "is empty"})
		}
		lab.Guides[lang] = source
		g := parseGuide(name, source)
		for _, link := range g.links {
			if wrong := l.checkLink(g, slug, link.is); wrong != "" {
				l.add(g.problemf(link, "link: %s", wrong))
			}
		}
		for _, f := range g.foreign {
			l.add(g.problemf(f, "%s", f.is))
		}
		if first == nil {
			first = g
			continue
		}
		for _, p := range g.compare(first) {
			l.add(p)
		}
	}
}
