package lab

import (
	"path"
	"regexp"
	"slices"
	"strconv"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/expect/strictyaml"
	"github.com/joblab/joblab/internal/timeline"
)

var (
	backends          = []string{"embedded", "kind", "kubeconfig"}
	kubernetesPattern = regexp.MustCompile(`^>=1\.[0-9]+$`)
	gatePattern       = regexp.MustCompile(`^[A-Z][A-Za-z0-9]+$`)
	versionPattern    = regexp.MustCompile(`^1\.[0-9]+$`)
)

// readDefinition reads lab.yaml. The name is the directory's, with its number and
// slug; the manifest is nil if it could not be read, recorded if there is no recorded run.
func (l *loader) readDefinition(lab *Lab, dir string, name []string, manifest []byte, recorded []timeline.Entry) {
	file := path.Join(dir, "lab.yaml")
	data, ok := l.file(file)
	if !ok {
		return
	}
	r := strictyaml.NewReader(file)
	root := r.Parse(data)
	if !root.Present() {
		l.addAll(file, r.Err())
		return
	}
	m := root.Mapping("slug", "track", "order", "minutes", "long", "title", "summary", "goal", "kubernetes", "gates", "backends", "run", "steps", "predict", "expect", "variations", "compare", "sources")
	lab.Slug = m.Get("slug").Text()
	if lab.Slug != "" && lab.Slug != name[2] {
		m.Get("slug").Problemf("%q does not agree with the directory %s", lab.Slug, dir)
	}
	number, ok := m.Get("order").Int(1)
	lab.Number = number
	if want, _ := strconv.Atoi(name[1]); ok && number != want {
		m.Get("order").Problemf("%d does not agree with the directory %s", number, dir)
	}
	l.parseTrack(lab, m.Get("track"))
	lab.Minutes, _ = m.Get("minutes").Int(1)
	lab.Long = parseLong(m.Get("long"))
	lab.Title, lab.Summary, lab.Goal = parseText(m.Get("title")), parseText(m.Get("summary")), parseText(m.Get("goal"))
	lab.Kubernetes = m.Get("kubernetes").Text()
	if lab.Kubernetes != "" && !kubernetesPattern.MatchString(lab.Kubernetes) {
		m.Get("kubernetes").Problemf("want a version such as >=1.31, not %q", lab.Kubernetes)
	}
	lab.Gates = parseGates(m.Get("gates"))
	lab.Backends = parseBackends(m.Get("backends"))
	lab.Run = parseRun(m.Get("run"))
	lab.Sources = parseSources(m.Get("sources"))
	lab.Compare = parseCompare(m.Get("compare"), name[2])
	lab.Predict = parsePredict(m.Get("predict"), recorded)
	contract, err := expect.Parse(file, m.Get("expect").Node(), m.Get("run").Node())
	l.addAll(file, err)
	parseSays(m.Get("expect"))
	lab.Steps = parseSteps(m.Get("steps"))
	checkSteps(m.Get("expect"), lab.Steps)
	lab.Contract = contract
	var checks []expect.Check
	if contract != nil {
		checks = contract.Checks()
	} else {
		checks = ids(m.Get("expect"))
	}
	lab.Variations = parseVariations(m.Get("variations"), manifest, checks)
	l.checkAgainstAPI(path.Join(dir, manifestFile), manifest, m, lab)
	l.addAll(file, r.Err())
}

// ids are the ids of the checks of a contract that has problems.
func ids(v strictyaml.Value) []expect.Check {
	if v.Node() == nil {
		return nil
	}
	var checks []expect.Check
	for _, check := range v.Node().Content {
		for i := 0; i+1 < len(check.Content); i += 2 {
			if check.Content[i].Value == "id" {
				checks = append(checks, expect.Check{ID: check.Content[i+1].Value})
			}
		}
	}
	return checks
}

func (l *loader) parseTrack(lab *Lab, v strictyaml.Value) {
	id := v.Text()
	track, known := l.tracks[id]
	if id != "" && !known && !l.noTracks {
		v.Problemf("no track has the id %q", id)
	}
	lab.Track = track
}

// parseLong parses the mark of what takes minutes, which may be missing.
func parseLong(v strictyaml.Value) bool { return v.Present() && v.Bool() }

// parseText parses a text that each language must have.
func parseText(v strictyaml.Value) Text {
	m := v.Mapping(Languages...)
	if !v.IsMapping() {
		return nil
	}
	t := Text{}
	for _, lang := range Languages {
		t[lang] = m.Get(lang).Text()
	}
	return t
}

// parseSays checks that each check of a contract says itself in each language;
// the contract has been parsed by its own package.
func parseSays(v strictyaml.Value) {
	if !v.IsList() {
		return
	}
	for _, check := range v.List() {
		if check.IsMapping() {
			parseText(check.Mapping().Get("say"))
		}
	}
}

// parseGates parses feature gates with the version from which each is on by
// default; a lab need not have any.
func parseGates(v strictyaml.Value) map[string]string {
	if !v.Present() {
		return nil
	}
	m := v.Mapping()
	if v.IsMapping() && len(m.Keys()) == 0 {
		v.Problemf("is empty")
	}
	gates := map[string]string{}
	for _, name := range m.Keys() {
		since := m.Get(name).Text()
		switch {
		case !gatePattern.MatchString(name):
			m.Get(name).Problemf("%q is not the name of a feature gate, such as JobManagedBy", name)
		case since != "" && !versionPattern.MatchString(since):
			m.Get(name).Problemf("want the version from which it is on by default, such as \"1.36\", not %q", since)
		}
		gates[name] = since
	}
	return gates
}

func parseBackends(v strictyaml.Value) []string {
	var some []string
	for _, value := range v.List() {
		b := value.OneOf(backends...)
		if b != "" && slices.Contains(some, b) {
			value.Problemf("%s is given twice", b)
		}
		some = append(some, b)
	}
	if v.IsList() && len(some) == 0 {
		v.Problemf("is empty: no cluster can run the lab")
	}
	return some
}

// parseRun parses how a run ends; the contract's package parses until.
func parseRun(v strictyaml.Value) Run {
	m := v.Mapping("limit", "until")
	if !v.IsMapping() {
		return Run{}
	}
	r := Run{Limit: m.Get("limit").Duration()}
	if until := m.Get("until"); until.Present() {
		r.Until = until.Text()
	}
	return r
}

// parseCompare parses the labs whose runs are worth comparing with this one's; a lab
// need not name any. One that is not there is no problem: a lab may be copied without
// the others.
func parseCompare(v strictyaml.Value, slug string) []string {
	if !v.Present() {
		return nil
	}
	var others []string
	for _, value := range v.List() {
		other := value.Text()
		switch {
		case other == "":
			continue
		case other == slug:
			value.Problemf("%q is this lab itself", other)
		case slices.Contains(others, other):
			value.Problemf("%q is given twice", other)
		}
		others = append(others, other)
	}
	if v.IsList() && len(others) == 0 {
		v.Problemf("is empty: leave it out")
	}
	return others
}

func parseSources(v strictyaml.Value) []Source {
	var sources []Source
	for _, value := range v.List() {
		m := value.Mapping("title", "url")
		if !value.IsMapping() {
			continue
		}
		s := Source{Title: m.Get("title").Text(), URL: m.Get("url").Text()}
		if wrong := checkAddress(s.URL); s.URL != "" && wrong != "" {
			m.Get("url").Problemf("%s", wrong)
		}
		sources = append(sources, s)
	}
	if v.IsList() && len(sources) == 0 {
		v.Problemf("is empty: want at least one source")
	}
	return sources
}
