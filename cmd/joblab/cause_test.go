package main

import (
	"fmt"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/timeline"
)

// unexplained says what of a run nobody can explain: a change of a pod, a Job or a
// CronJob, a note, or a check that diverged.
func unexplained(a *attempt) []string {
	manifest, err := a.variation.Apply(a.lab.Manifest)
	if err != nil {
		return []string{err.Error()}
	}
	story := explain.New(applied(manifest, a.lab), string(a.lab.Manifest))
	for i := range a.records {
		story.Add(&a.records[i].Entry)
	}
	var problems []string
	for _, r := range a.records {
		for _, lang := range explain.Languages {
			list, _ := story.Entry(r.Entry.Seq, lang)
			for _, x := range list {
				if !x.Known && r.Entry.Event == nil {
					problems = append(problems, fmt.Sprintf("entry %d is not explained: %s %q", r.Entry.Seq, x.Title, x.Facts))
				}
			}
		}
	}
	for _, c := range a.verdict.Checks {
		if list, _ := story.Check(c.ID, "en"); c.State == timeline.Diverged && len(list) == 0 {
			problems = append(problems, fmt.Sprintf("that %s diverged is not explained", c.ID))
		}
	}
	return problems
}
