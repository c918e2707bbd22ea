// Package lab reads labs, which are data: a directory for each, with what it
// teaches, the manifest that it runs, and what it expects of the run.
//
//	tracks.yaml                 the tracks, in their order: [{id, title, summary}]
//	NN-slug/lab.yaml            order NN, slug, words in English and Korean, expectations
//	NN-slug/job.yaml            the manifest, exactly as it is shown and applied
//	NN-slug/guide.{en,ko}.md    the guide, with the same headings in each language
//	NN-slug/trace.json          a recorded run, as GET /api/runs/{id}/timeline gives it; optional
//
// Guarantees:
//   - Reading is strict: what is unknown, missing, contradictory or cannot work
//     is a problem with its file and line, and all are reported at once.
//   - A lab that is returned is complete; it is immutable and may be shared.
//
// Labs are read from any [fs.FS], so that built-in and other labs are alike.
package lab

import (
	"time"

	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/timeline"
)

// Languages are the languages that each lab is written in. The first is what is
// shown where a text is missing in another.
var Languages = []string{"en", "ko"}

// LongRun is how long a run may take that its reader waits for.
const LongRun = 3 * time.Minute

// Text is a text by language.
type Text map[string]string

// In returns the text in a language, or in English if it has none in that.
func (t Text) In(lang string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	return t[Languages[0]]
}

// Lab is one lab.
type Lab struct {
	// Slug names the lab in URLs; Number is its place in the catalogue.
	Slug                 string
	Number               int
	Track                Track
	Title, Summary, Goal Text
	// Minutes is about how long the lab takes.
	Minutes int
	// Long says that a run takes minutes: it is marked so, or the recorded run
	// took more than [LongRun].
	Long bool
	// Kubernetes is the version that the lab needs, such as ">=1.31".
	Kubernetes string
	// Gates are the feature gates that the lab needs, each with the version from
	// which it is on by default, "1.36".
	Gates map[string]string
	// Backends are the clusters that can run the lab: "embedded", "kind",
	// "kubeconfig". A lab that was not loaded may have none: any can.
	Backends []string
	Sources  []Source
	// Compare are the slugs of labs whose runs are worth comparing with this one's.
	Compare []string
	Run     Run
	// File is the name of the manifest, Manifest what it holds.
	File     string
	Manifest []byte
	// Guides holds the guide as Markdown, by language.
	Guides map[string][]byte
	// Trace is a recorded run as JSON, a [timeline.View]; nil if there is none.
	// Recorded is how long that run took.
	Trace      []byte
	Recorded   time.Duration
	Contract   *expect.Contract
	Predict    []Question
	Steps      []Step
	Variations []Variation
}

// Track is a group of labs; Order counts from 0. It may have no Summary.
type Track struct {
	ID             string
	Title, Summary Text
	Order          int
}

// Source is where a claim of a lab comes from.
type Source struct{ Title, URL string }

// Run says how a run of the lab ends if it does not settle.
type Run struct {
	Limit time.Duration
	// Until is the condition that ends it, in CEL; empty if there is none. The
	// contract judges it.
	Until string
}

// Variation is a changed manifest, and what the lab's contract says to its run.
type Variation struct {
	ID    string
	Edits []Edit
	// Say is what changes, in words; nil if it is not said.
	Say Text
	// Long says that its run takes minutes.
	Long bool
	// Outcome is Met or Diverged. If it is Diverged, Check is the check that
	// diverges, and Pod and Got are part of what its verdict names; empty if any.
	Outcome         timeline.State
	Check, Pod, Got string
	// Refused is part of what the API says if it refuses the manifest; then there
	// is no Outcome.
	Refused string
}

// Find returns the lab of a slug.
func Find(labs []*Lab, slug string) (*Lab, bool) {
	for _, l := range labs {
		if l.Slug == slug {
			return l, true
		}
	}
	return nil, false
}
