package labs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/labs"
)

// headings are what a guide is made of, in this order.
var headings = map[string][]string{
	"en": {"The idea", "Predict", "Run it", "What happened, and why", "Change it and try again"},
	"ko": {"핵심", "예상해 보기", "실행하기", "무슨 일이 일어났고, 왜 그럴까요", "바꿔서 다시 해 보기"},
}

// words bounds the length of a guide. A Korean word carries its particles, so
// that the same text has about three words for four English ones.
var words = map[string]struct{ min, max int }{
	"en": {250, 600},
	"ko": {190, 450},
}

func load(t *testing.T) []*lab.Lab {
	t.Helper()
	loaded, err := lab.Load(labs.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded) == 0 {
		t.Fatal("there are no labs")
	}
	return loaded
}

// each runs a test for each lab.
func each(t *testing.T, test func(t *testing.T, l *lab.Lab)) {
	for _, l := range load(t) {
		t.Run(l.Slug, func(t *testing.T) { test(t, l) })
	}
}

func TestGuidesAreWhole(t *testing.T) {
	each(t, func(t *testing.T, l *lab.Lab) {
		for lang, want := range headings {
			guide := string(l.Guides[lang])
			if diff := cmp.Diff(want, submatches(`(?m)^#+ (.*)$`, guide)); diff != "" {
				t.Errorf("headings of the guide in %s (-want +got):\n%s", lang, diff)
			}
			if n, bounds := len(strings.Fields(guide)), words[lang]; n < bounds.min || n > bounds.max {
				t.Errorf("the guide in %s has %d words, want %d to %d", lang, n, bounds.min, bounds.max)
			}
		}
	})
}

// TestGuidesSayTheSame compares what the two languages must have in common:
// code, which is not translated, and the number of items.
func TestGuidesSayTheSame(t *testing.T) {
	each(t, func(t *testing.T, l *lab.Lab) {
		blocks := regexp.MustCompile("(?ms)^```.*?^```$") // which the loader compares
		en, ko := blocks.ReplaceAllString(string(l.Guides["en"]), ""), blocks.ReplaceAllString(string(l.Guides["ko"]), "")
		if diff := cmp.Diff(sortedSet(submatches("`([^`]+)`", en)), sortedSet(submatches("`([^`]+)`", ko))); diff != "" {
			t.Errorf("code in the guides (-en +ko):\n%s", diff)
		}
		const item = `(?m)^(\d+\.|-|\|) `
		if en, ko := len(submatches(item, en)), len(submatches(item, ko)); en != ko {
			t.Errorf("the guides have %d items in English, %d in Korean", en, ko)
		}
	})
}

// TestMarkdownIsRead finds asterisks that stayed in the text: between a quotation
// mark or code and a Korean particle, ** is no emphasis.
func TestMarkdownIsRead(t *testing.T) {
	code := regexp.MustCompile(`(?s)<code>.*?</code>`)
	each(t, func(t *testing.T, l *lab.Lab) {
		for lang, guide := range l.Guides {
			var page bytes.Buffer
			if err := goldmark.Convert(guide, &page); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(code.ReplaceAllString(page.String(), "")) {
				if strings.Contains(line, "*") {
					t.Errorf("guide in %s: %s", lang, line)
				}
			}
		}
	})
}

func TestVariations(t *testing.T) {
	each(t, func(t *testing.T, l *lab.Lab) {
		outcomes := map[timeline.State]int{}
		var manifests [][]byte
		for _, v := range l.Variations {
			if v.Refused != "" {
				outcomes[timeline.Diverged]++ // before it could run
			} else {
				outcomes[v.Outcome]++
			}
			for lang := range headings {
				if v.Say[lang] == "" {
					t.Errorf("variation %s is not said in %s", v.ID, lang)
				}
			}
			manifest, err := v.Apply(l.Manifest)
			if err != nil {
				t.Errorf("variation %s: %v", v.ID, err)
				continue
			}
			if slices.ContainsFunc(append(manifests, l.Manifest), func(m []byte) bool { return bytes.Equal(m, manifest) }) {
				t.Errorf("variation %s gives a manifest that is there already", v.ID)
			}
			manifests = append(manifests, manifest)
		}
		if outcomes[timeline.Diverged] < 2 || outcomes[timeline.Met] < 1 {
			t.Errorf("%d variations diverge and %d are met, want at least 2 and 1", outcomes[timeline.Diverged], outcomes[timeline.Met])
		}
	})
}

// TestRecordings judges the run recorded on kind by the lab's own contract, which
// it must meet, and by those of the other labs, of which it may meet few: a
// contract that many runs meet says little.
func TestRecordings(t *testing.T) {
	all := load(t)
	each(t, func(t *testing.T, l *lab.Lab) {
		if l.Contract.Refuses() {
			if len(l.Trace) > 0 {
				t.Error("has a recording of a run, though the API refuses the manifest")
			}
			return
		}
		var recorded timeline.View
		if err := json.Unmarshal(l.Trace, &recorded); err != nil {
			t.Fatalf("trace.json: %v", err)
		}
		var met []string
		for _, other := range all {
			got := judged(recorded.Entries, other.Contract.Judge())
			switch {
			case other.Slug == l.Slug && got.Outcome != timeline.Met:
				t.Errorf("judged %s by its own contract: %+v", got.Outcome, got.Checks)
			case other.Slug != l.Slug && got.Outcome == timeline.Met:
				met = append(met, other.Slug)
			}
		}
		if len(met) > 3 {
			t.Errorf("meets the contracts of %d other labs: %s", len(met), strings.Join(met, ", "))
		}
	})
}

// judged is the outcome of a run with these entries, which ended with the last
// of them or when the judge had seen enough.
func judged(entries []timeline.Entry, judge timeline.Judge) timeline.Verdict {
	for i := range entries {
		e := &entries[i]
		if e.Kind == timeline.KindVerdict {
			continue
		}
		if at, ok := judge.Deadline(); ok && at <= e.T {
			judge.Tick(e.T)
		}
		judge.Observe(e)
		if judge.Done() {
			break
		}
	}
	return judge.Settle(true)
}

// TestDocumentedLabLoads loads the lab that doc/labs.md shows, and that lab with each
// of the other parts that it shows in place of its own.
func TestDocumentedLabLoads(t *testing.T) {
	doc, err := os.ReadFile("../doc/labs.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string][]string{}
	for _, section := range strings.Split(string(doc), "\n## ")[1:] {
		title, rest, _ := strings.Cut(section, "\n")
		shown[title] = submatches("(?ms)^```yaml\n(.*?)^```$", rest)
	}
	if len(shown["tracks.yaml"]) != 1 || len(shown["lab.yaml"]) < 6 {
		t.Fatalf("the document shows %d tracks.yaml and %d parts of lab.yaml", len(shown["tracks.yaml"]), len(shown["lab.yaml"]))
	}
	schema, _ := compileSchema(t)
	for i, part := range shown["lab.yaml"] {
		var whole map[string]any
		for _, text := range []string{shown["lab.yaml"][0], part} {
			if err := yaml.Unmarshal([]byte(text), &whole); err != nil {
				t.Fatal(err)
			}
		}
		if i > 0 && !strings.Contains(part, "variations:") {
			delete(whole, "variations") // of the checks that the first part has
		}
		text, err := yaml.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		const manifest = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: my-job\nspec:\n  backoffLimit: 1\n"
		c, err := lab.Read(fstest.MapFS{
			"tracks.yaml":           {Data: []byte(shown["tracks.yaml"][0])},
			"51-my-lab/lab.yaml":    {Data: text},
			"51-my-lab/job.yaml":    {Data: []byte(manifest)},
			"51-my-lab/guide.en.md": {Data: []byte("## One\n")},
			"51-my-lab/guide.ko.md": {Data: []byte("## 하나\n")},
		})
		if err = errors.Join(err, c.Err(), refusedBy(t, schema, text)); err != nil {
			t.Errorf("part %d: %v\n%s", i, err, part)
		}
	}
}

// submatches returns the first group of each match.
func submatches(pattern, text string) []string {
	var found []string
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		found = append(found, m[1])
	}
	return found
}

func sortedSet(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

// TestLabsToCompareNameEachOther looks at the pairs of labs that are worth comparing:
// each names the other, and both have a recorded run to compare.
func TestLabsToCompareNameEachOther(t *testing.T) {
	all := load(t)
	pairs := 0
	for _, l := range all {
		for _, slug := range l.Compare {
			pairs++
			other, ok := lab.Find(all, slug)
			switch {
			case !ok:
				t.Errorf("%s names %s, which is broken", l.Slug, slug)
			case !slices.Contains(other.Compare, l.Slug):
				t.Errorf("%s names %s, which does not name it", l.Slug, slug)
			case l.Trace == nil || other.Trace == nil:
				t.Errorf("%s and %s: one has no recorded run", l.Slug, slug)
			}
		}
	}
	if pairs == 0 {
		t.Error("no lab names another")
	}
}
