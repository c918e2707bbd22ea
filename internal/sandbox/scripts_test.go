package sandbox

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what scripts print into testdata")

// script is a file of testdata/scripts. Its comment has settings, one a line:
//
//	image: busybox     (centos:7 if not said)
//	shell: sh          (bash if not said)
//	differs: WHY       the host's bash prints something else, and why
//
// Its files are "script", "stdout", "stderr" (left out if empty), "code" and,
// for standard input, "stdin".
type script struct {
	archive  *txtar.Archive
	settings map[string]string
}

func readScript(t *testing.T, file string) *script {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{archive: a, settings: map[string]string{"image": "centos:7", "shell": "bash"}}
	for line := range strings.Lines(string(a.Comment)) {
		if key, val, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			s.settings[key] = val
		}
	}
	return s
}

func (s *script) file(name string) string {
	for _, f := range s.archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// outcome is what a script did.
type outcome struct {
	Stdout, Stderr string
	Code           int
}

func (s *script) want(t *testing.T) outcome {
	t.Helper()
	code, err := strconv.Atoi(strings.TrimSpace(s.file("code")))
	if err != nil {
		t.Fatalf("code: %v", err)
	}
	return outcome{s.file("stdout"), s.file("stderr"), code}
}

// write replaces what the archive says was printed.
func (s *script) write(t *testing.T, file string, got outcome) {
	t.Helper()
	var files []txtar.File
	for _, f := range s.archive.Files {
		if f.Name == "script" || f.Name == "stdin" {
			files = append(files, f)
		}
	}
	files = append(files, txtar.File{Name: "stdout", Data: []byte(got.Stdout)})
	if got.Stderr != "" {
		files = append(files, txtar.File{Name: "stderr", Data: []byte(got.Stderr)})
	}
	files = append(files, txtar.File{Name: "code", Data: []byte(strconv.Itoa(got.Code) + "\n")})
	s.archive.Files = files
	if err := os.WriteFile(file, txtar.Format(s.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// onHost runs the script with the host's bash.
func (s *script) onHost(t *testing.T, bash string) outcome {
	t.Helper()
	cmd := exec.Command(bash, "-c", s.file("script"))
	cmd.Args[0] = s.settings["shell"]
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=/root", "LC_ALL=C"}
	cmd.Stdin = strings.NewReader(s.file("stdin"))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// TestScripts runs the scripts of testdata in containers and, where the host
// has a bash, compares those that are not marked otherwise with what it prints.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/scripts/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	r := newRunner(t)
	bash, _ := exec.LookPath("bash")
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			s := readScript(t, file)
			sp := spec(t, s.settings["image"], s.settings["shell"], "-c", s.file("script"))
			sp.Dir = "/work"
			sp.Stdin = strings.NewReader(s.file("stdin"))
			var got outcome
			got.Stdout, got.Stderr, got.Code = run(t, r, sp)
			if *update {
				s.write(t, file, got)
				s = readScript(t, file)
			}
			if diff := cmp.Diff(got, s.want(t)); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			if s.settings["differs"] == "" && bash != "" {
				if diff := cmp.Diff(got, s.onHost(t, bash)); diff != "" {
					t.Errorf("-got +host's bash:\n%s", diff)
				}
			}
		})
	}
}
