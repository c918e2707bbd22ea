package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/parity"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/recording"
)

// scenario is a manifest that is run on both clusters.
type scenario struct {
	parity.Scenario
	lab *lab.Lab
	// notMet says on which clusters the run did not meet the lab's contract.
	notMet []string
}

// limit bounds the run of a manifest that is no lab's: a node that asks in vain
// for a registry may take a minute for each pull.
const limit = 6 * time.Minute

// testpod is what kubectl run testpod --image centos:7 --command -- sleep 5
// creates; the recording has no manifest.
const testpod = `apiVersion: v1
kind: Pod
metadata:
  labels: {run: testpod}
  name: testpod
spec:
  containers:
  - name: testpod
    image: centos:7
    command: [sleep, "5"]
`

// endless are the manifests of recordings that never settle.
var endless = map[string]parity.Until{
	"bare-pod":    {Restarts: 3},
	"run-testpod": {Restarts: 3},
	"noimage-hub": {States: 7},
}

// load returns all labs and all recordings, or those whose names are wanted,
// joined by commas.
func load(labs, reference, wanted string) ([]*scenario, error) {
	all, err := loadLabs(labs)
	if err != nil {
		return nil, fmt.Errorf("labs in %s: %w", labs, err)
	}
	recordings, err := loadRecordings(reference)
	if err != nil {
		return nil, fmt.Errorf("recordings in %s: %w", reference, err)
	}
	all = append(all, recordings...)
	if wanted == "" {
		return all, nil
	}
	var chosen []*scenario
	for _, name := range strings.Split(wanted, ",") {
		i := slices.IndexFunc(all, func(s *scenario) bool { return s.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no scenario %q", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// loadLabs makes a scenario of each lab; its trace is the recording. There is none
// of labs whose manifest is refused, in which the learner acts, whose moments are
// the learner's, and of those that take minutes.
func loadLabs(dir string) ([]*scenario, error) {
	labs, err := lab.Load(os.DirFS(dir))
	if err != nil {
		return nil, err
	}
	var found []*scenario
	for _, l := range labs {
		if l.Contract.Refuses() || len(l.Steps) > 0 || l.Long {
			continue
		}
		s := &scenario{lab: l, Scenario: parity.Scenario{Name: fmt.Sprintf("%02d-%s", l.Number, l.Slug)}}
		if l.Trace != nil {
			var view timeline.View
			if err := json.Unmarshal(l.Trace, &view); err != nil {
				return nil, fmt.Errorf("trace of %s: %w", l.Slug, err)
			}
			s.Recorded = parity.Observe(view.Entries, s.Until)
		}
		found = append(found, s)
	}
	return found, nil
}

// loadRecordings makes a scenario of each recording in a directory.
func loadRecordings(dir string) ([]*scenario, error) {
	dirs, err := filepath.Glob(filepath.Join(dir, "*", "pods.jsonl"))
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		return nil, errors.New("there are none")
	}
	var found []*scenario
	for _, file := range dirs {
		dir := filepath.Dir(file)
		name := filepath.Base(dir)
		manifest, err := os.ReadFile(filepath.Join(dir, "manifest.yaml"))
		if errors.Is(err, fs.ErrNotExist) && name == "run-testpod" {
			manifest, err = []byte(testpod), nil
		}
		if err != nil {
			return nil, err
		}
		rec, err := recording.Read(os.DirFS(dir))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		until := endless[name]
		found = append(found, &scenario{
			Scenario: parity.Scenario{Name: name, Until: until, Recorded: parity.Observe(rec.Replay(nil).Entries, until)},
			lab:      &lab.Lab{Slug: name, File: "manifest.yaml", Manifest: manifest, Run: lab.Run{Limit: limit}},
		})
	}
	return found, nil
}
