package parity

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Reviewed is a difference that people have looked at, with why it may be. It may
// also be one in which the embedded cluster is as recorded, to say why.
type Reviewed struct {
	Scenario string `yaml:"scenario"`
	Aspect   Aspect `yaml:"aspect"`
	Object   string `yaml:"object"`
	Reason   string `yaml:"reason"`
	// Occasional says that the difference need not occur in every comparison.
	Occasional bool `yaml:"occasional"`
}

// ParseReviewed reads a reviewed list, which may be empty. All problems are
// told at once.
func ParseReviewed(data []byte) ([]Reviewed, error) {
	var list []Reviewed
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	aspects := []Aspect{Count, Order, Ends, Conditions, Events, Time, Backoff}
	var problems []error
	for i, r := range list {
		if r.Scenario == "" || r.Object == "" || r.Reason == "" || !slices.Contains(aspects, r.Aspect) {
			problems = append(problems, fmt.Errorf("entry %d: want scenario, object, reason, and an aspect of %v", i+1, aspects))
		}
	}
	return list, errors.Join(problems...)
}

func (r Reviewed) covers(d Difference) bool {
	return r.Scenario == d.Scenario && r.Aspect == d.Aspect && r.Object == d.Object
}

// Review returns what must not be: differences that are not in the list, and
// entries of the list, but for occasional ones, that did not occur in a scenario
// that was run. If all scenarios were run, an entry for another is one too many.
func Review(results []*Result, list []Reviewed, all bool) []string {
	var problems []string
	for _, r := range results {
		for _, d := range r.Differences {
			if _, ok := find(list, d); !ok {
				problems = append(problems, d.String())
			}
		}
	}
	for _, entry := range list {
		i := slices.IndexFunc(results, func(r *Result) bool { return r.Name == entry.Scenario })
		switch {
		case i < 0 && all:
			problems = append(problems, fmt.Sprintf("the reviewed list has %s, which is no scenario", entry.Scenario))
		case i >= 0 && !entry.Occasional && !slices.ContainsFunc(slices.Concat(results[i].Differences, results[i].Varied), entry.covers):
			problems = append(problems, fmt.Sprintf("the reviewed list has %s, %s of %s, which no longer occurs: remove it", entry.Scenario, entry.Aspect, entry.Object))
		}
	}
	return problems
}

// Unexplained returns in what the embedded cluster differs from kind today and
// the list does not say why, whether or not it is as recorded.
func (r *Result) Unexplained(list []Reviewed) []Difference {
	return slices.DeleteFunc(slices.Concat(r.Differences, r.Varied), func(d Difference) bool {
		_, ok := find(list, d)
		return ok
	})
}

// find returns the entry that covers a difference.
func find(list []Reviewed, d Difference) (Reviewed, bool) {
	i := slices.IndexFunc(list, func(entry Reviewed) bool { return entry.covers(d) })
	if i < 0 {
		return Reviewed{}, false
	}
	return list[i], true
}
