package store

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// writerDir, in the environment, makes the test program a writer to be killed.
const writerDir = "JOBLAB_TEST_WRITER"

// TestWriter writes a run without end, and says how much is in the file.
func TestWriter(t *testing.T) {
	dir := os.Getenv(writerDir)
	if dir == "" {
		return // it is started by TestKill
	}
	s := open(t, dir)
	r := begin(t, "one", "me")
	keep(s, r)
	r.apply()
	for written := 0; ; {
		for range 100 {
			r.pod(timeline.Modified, "a", fmt.Sprintf("Odd%500d", 1))
		}
		written += 100
		waitFor(t, s, "one", written)
		fmt.Printf("written %d\n", written)
	}
}

// TestKill kills a process in the middle of writing, several times: what it has said
// to be written is there, without holes, and the run is interrupted.
func TestKill(t *testing.T) {
	for i := range 3 {
		dir := t.TempDir()
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWriter$", "-test.v")
		cmd.Env = append(os.Environ(), writerDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		written, lines := 0, bufio.NewScanner(out)
		for written < 500*(i+1) && lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "written "); ok {
				if _, err := fmt.Sscan(n, &written); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil || written == 0 {
			t.Fatalf("the writer ended by itself after %d entries: %v", written, err)
		}
		if _, err := os.Stat(filepath.Join(dir, File)); err != nil {
			t.Fatal(err)
		}

		got, err := open(t, dir).Get("one")
		if err != nil {
			t.Fatal(err)
		}
		if info := got.Info(); info.State != run.Interrupted || info.Verdict == nil {
			t.Errorf("the run is %s with verdict %v, want interrupted", info.State, info.Verdict)
		}
		records := got.Log().Records()
		if len(records) < written {
			t.Errorf("%d entries are there, want the %d that were written", len(records), written)
		}
		for i, record := range records {
			if record.Entry.Seq != timeline.Seq(i+1) {
				t.Fatalf("entry %d is numbered %d", i+1, record.Entry.Seq)
			}
		}
	}
}
