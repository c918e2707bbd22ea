package explain

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/timeline"
)

// allRules are the rules of all tables, each once.
func allRules() []*rule {
	var all []*rule
	for _, t := range []table{statusRules, birthRules, goneRules, jobRules, cronJobRules, eventRules, noteRules, divergenceRules} {
		for _, rules := range t {
			for _, r := range rules {
				if !slices.Contains(all, r) {
					all = append(all, r)
				}
			}
		}
	}
	return all
}

var holes = regexp.MustCompile(`\{\w+\}`)

func TestRulesAreWhole(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range allRules() {
		if r.id == "" || r.actor == "" || ids[r.id] {
			t.Errorf("rule %q, actor %q: want a name of its own and an actor", r.id, r.actor)
		}
		ids[r.id] = true
		if len(r.sources) == 0 {
			t.Errorf("%s has no source", r.id)
		}
		if r.title.en == "" || r.text.en == "" {
			t.Errorf("%s has no title or no text", r.id)
		}
		for _, f := range r.field {
			if base, rest, _ := strings.Cut(f, "."); rest == "" || !slices.Contains([]string{"pod", "job", "cron", "container"}, base) {
				t.Errorf("%s names the field %q", r.id, f)
			}
		}
	}
}

func TestWordsAreTheSameInEachLanguage(t *testing.T) {
	for _, r := range allRules() {
		for _, w := range []words{r.title, r.text, r.value} {
			en, ko := holes.FindAllString(w.en, -1), holes.FindAllString(w.ko, -1)
			slices.Sort(en)
			slices.Sort(ko)
			if !slices.Equal(slices.Compact(en), slices.Compact(ko)) || (w.en == "") != (w.ko == "") {
				t.Errorf("%s: English has %v, Korean %v", r.id, en, ko)
			}
			for _, hole := range en {
				if name := strings.Trim(hole, "{}"); values[name] == nil && name != "then" {
					t.Errorf("%s names {%s}, which is no value", r.id, name)
				}
			}
		}
		for _, text := range []string{r.title.ko, r.text.ko, r.value.ko} {
			for _, plain := range []string{"습니다", "하십시오", "한다.", "이다."} {
				if strings.Contains(text, plain) {
					t.Errorf("%s leaves the 해요 style: %s", r.id, text)
				}
			}
		}
	}
}

func TestEveryValueIsNamed(t *testing.T) {
	var all strings.Builder
	for _, r := range allRules() {
		all.WriteString(r.title.en + r.text.en + r.value.en)
	}
	for _, m := range []*moment{
		{entry: &timeline.Entry{Pod: &timeline.Pod{}}}, {entry: &timeline.Entry{Pod: &timeline.Pod{Phase: "Failed", Owner: "Job/pi"}}},
	} {
		all.WriteString(m.consequence().en)
	}
	all.WriteString(initNote.en)
	for name := range values {
		if !strings.Contains(all.String(), "{"+name+"}") {
			t.Errorf("no words name {%s}", name)
		}
	}
}

func TestSourcesAreAddresses(t *testing.T) {
	for _, r := range allRules() {
		for _, s := range r.sources {
			u, err := url.Parse(s.URL)
			if err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(s.URL, " {}") || s.Title == "" {
				t.Errorf("%s: source %q at %q", r.id, s.Title, s.URL)
			}
		}
	}
}

// TestSourcesAreInKubernetes looks the code up that the rules name, in the module
// that the program embeds.
func TestSourcesAreInKubernetes(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", "k8s.io/kubernetes").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if dir == "" {
		t.Skip("the source of Kubernetes is not downloaded")
	}
	if !strings.Contains(repository, "/blob/"+version+"/") {
		t.Errorf("sources are at %s, but the program embeds %s", repository, version)
	}
	files := map[string]string{}
	for _, r := range allRules() {
		for _, s := range r.sources {
			file, ok := strings.CutPrefix(s.URL, repository)
			if !ok {
				continue
			}
			if files[file] == "" {
				body, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil {
					t.Errorf("%s: %v", r.id, err)
				}
				files[file] = string(body)
			}
			names := strings.Split(strings.TrimPrefix(s.Title, "Code: "), ", ")
			for _, name := range names[:len(names)-1] {
				if !regexp.MustCompile(`\b` + name + `\b`).MatchString(files[file]) {
					t.Errorf("%s: %s has no %s", r.id, file, name)
				}
			}
		}
	}
}
