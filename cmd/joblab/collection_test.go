package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/labs"
)

// brokenLabs is a directory of two labs, of which 06-on-failure has a misspelt key.
func brokenLabs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"02-first-job", "06-on-failure"} {
		sub, err := fs.Sub(labs.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(filepath.Join(dir, name), sub); err != nil {
			t.Fatal(err)
		}
	}
	tracks, err := fs.ReadFile(labs.FS, "tracks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "06-on-failure", "lab.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("\nminutes:"), []byte("\nminuts:"), 1)
	if err := errors.Join(os.WriteFile(file, text, 0o644), os.WriteFile(filepath.Join(dir, "tracks.yaml"), tracks, 0o644)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestBrokenLabIsListed(t *testing.T) {
	dir := brokenLabs(t)
	run := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := dispatch(t.Context(), args, &out, &out)
		return out.String(), err
	}
	const problem = `06-on-failure/lab.yaml:4:1: unknown key "minuts"`
	out, err := run("labs", "-labs", dir)
	if err != nil || !strings.Contains(out, "first-job") || !strings.Contains(out, problem) {
		t.Errorf("labs: %v\n%s", err, out)
	}
	out, err = run("labs", "-json", "-labs", dir)
	var listed []listedLab
	if json.Unmarshal([]byte(out), &listed) != nil || err != nil || len(listed) != 2 ||
		len(listed[0].Problems) != 0 || listed[1].Slug != "on-failure" || len(listed[1].Problems) != 2 {
		t.Errorf("labs -json: %v\n%s", err, out)
	}
	out, err = run("lint", dir)
	var exit exitError
	if !errors.As(err, &exit) || exit.code != 1 || !strings.Contains(out, problem) {
		t.Errorf("lint: %v\n%s", err, out)
	}
	if _, err = run("try", "on-failure", "-labs", dir); err == nil || !strings.Contains(err.Error(), problem) {
		t.Errorf("try of the broken lab: %v", err)
	}
	if out, err = run("schema"); err != nil || out != string(labs.Schema) {
		t.Errorf("schema: %v, %d bytes", err, len(out))
	}
}

func TestFindLab(t *testing.T) {
	c := clusterFlags{labs: brokenLabs(t)}
	read, err := c.readLabs()
	if err != nil {
		t.Fatal(err)
	}
	if l, err := findLab(read, "first-job"); err != nil || l.Slug != "first-job" {
		t.Errorf("the good lab: %v, %v", l, err)
	}
	if len(c.images) == 0 {
		t.Error("the images of the good lab are not known")
	}
	if _, err := findLab(read, "none"); err == nil || !strings.Contains(err.Error(), `there is no lab "none"`) {
		t.Errorf("a lab that is not there: %v", err)
	}
	if _, err := findLab(lab.Collection{}, "none"); err == nil {
		t.Error("a lab is found in nothing")
	}
}
