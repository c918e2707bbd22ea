package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

func TestOldestRunsMakeRoom(t *testing.T) {
	dir := t.TempDir()
	s := openWith(t, Config{Path: filepath.Join(dir, File), MaxBytes: 1 << 20})
	goesOn := begin(t, "goes-on", "me")
	keep(s, goesOn)
	goesOn.apply()
	const runs = 12 // of about 200 kB each
	for i := range runs {
		keepWhole(t, s, fmt.Sprint(i), "me", 100, 2000)
	}
	used, err := s.used(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if used > 1<<20 {
		t.Errorf("%d bytes are in use, want at most 1 MiB", used)
	}
	list, err := s.Latest(t.Context(), "me", "", 100)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, info := range list {
		ids = append(ids, info.ID)
	}
	if n := len(ids); n < 3 || n > 6 || ids[0] != fmt.Sprint(runs-1) || ids[n-1] != "goes-on" || ids[n-2] != fmt.Sprint(runs-n+1) {
		t.Errorf("the runs %v are there, want the latest few and the one that goes on", ids)
	}
	if _, err := s.Get("0"); !errors.Is(err, run.ErrNotFound) {
		t.Errorf("the oldest: got %v, want ErrNotFound", err)
	}
	if n := count(t, s, `SELECT count(*) FROM entries WHERE run NOT IN (SELECT id FROM runs)`); n != 0 {
		t.Errorf("%d entries of forgotten runs are there", n)
	}
	p, err := s.Progress(t.Context(), "me")
	if err != nil || p["first-job"].Runs != runs+1 {
		t.Errorf("progress: got %+v (%v), want %d runs", p, err, runs+1)
	}
	goesOn.settle()
	close(goesOn.over)
	closeNow(t, s)
	info, err := os.Stat(filepath.Join(dir, File))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > 1<<20+64<<10 {
		t.Errorf("the file has %d bytes, want about 1 MiB: it does not shrink", info.Size())
	}

	// A smaller bound holds from the start.
	s = openWith(t, Config{Path: filepath.Join(dir, File), MaxBytes: 300 << 10})
	if n := count(t, s, `SELECT count(*) FROM runs`); n != 1 {
		t.Errorf("%d runs are there, want the last one", n)
	}
}

func TestForgottenRunIsNotRemembered(t *testing.T) {
	s := openWith(t, Config{Path: filepath.Join(t.TempDir(), File), MaxBytes: 1 << 20})
	keepWhole(t, s, "first", "me", 100, 2000)
	if _, err := s.Get("first"); err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		keepWhole(t, s, fmt.Sprint(i), "me", 100, 2000)
	}
	if _, err := s.Get("first"); !errors.Is(err, run.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

// TestForgottenWhileItsLogsGrow ends a run whose log goes on, and others that need its
// room: there is nothing more of it to keep, which is no trouble.
func TestForgottenWhileItsLogsGrow(t *testing.T) {
	s := openWith(t, Config{Path: filepath.Join(t.TempDir(), File), MaxBytes: 1 << 20})
	r := begin(t, "first", "me")
	kept := keep(s, r)
	r.apply()
	r.log(0, "begins\n", false)
	r.settle()
	waitFor(t, s, "first", r.Log().Len())
	for i := range 8 {
		keepWhole(t, s, fmt.Sprint(i), "me", 100, 2000)
	}
	if _, err := s.Get("first"); !errors.Is(err, run.ErrNotFound) {
		t.Fatalf("got %v, want ErrNotFound", err)
	}
	r.log(0, "begins\nends\n", true)
	close(r.over)
	select {
	case <-kept:
	case <-time.After(10 * time.Second):
		t.Error("it is tried again and again")
	}
	if n := count(t, s, `SELECT count(*) FROM logs WHERE run = 'first'`); n != 0 {
		t.Errorf("%d logs of a forgotten run are there", n)
	}
}

func TestCache(t *testing.T) {
	s := open(t, t.TempDir())
	s.past.maxRuns, s.past.maxEntries = 3, 100
	keepWhole(t, s, "big", "me", 70, 0)
	keepWhole(t, s, "bigger", "me", 200, 0)
	get := func(id string) *Run {
		t.Helper()
		r, err := s.Get(id)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if big := get("big"); get("big") != big {
		t.Error("a run is read twice")
	}
	if bigger := get("bigger"); get("bigger") != bigger {
		t.Error("a run that is large alone is read twice")
	}
	if s.past.get("big") != nil {
		t.Error("more entries are remembered than are to be")
	}
	for i := range s.past.maxRuns {
		keepWhole(t, s, fmt.Sprint(i), "me", 1, 0)
		get(fmt.Sprint(i))
		get("0") // is asked for again and again
	}
	keepWhole(t, s, "more", "me", 1, 0)
	get("more")
	if s.past.get("1") != nil || s.past.get("0") == nil {
		t.Error("another run is forgotten than that which was asked for longest ago")
	}
	if n := len(s.past.runs); n != s.past.maxRuns {
		t.Errorf("%d runs are remembered, want %d", n, s.past.maxRuns)
	}
}

// TestCannotBeWritten fills the disk in the middle of a run: the run goes on and
// says so, and all of it is kept when there is room again.
func TestCannotBeWritten(t *testing.T) {
	s := open(t, t.TempDir())
	limit := func(pages int64) {
		t.Helper()
		if _, err := s.db.write.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
			t.Fatal(err)
		}
	}
	r := begin(t, "one", "me")
	kept := keep(s, r)
	r.apply()
	waitFor(t, s, "one", 1)
	limit(1) // none but those there are
	for range 100 {
		r.pod(timeline.Modified, "a", fmt.Sprintf("Odd%2000d", 1))
	}
	told := false
	for record := range r.Log().Follow(t.Context(), 0) {
		if n := record.Entry.Note; n != nil && n.Code == timeline.NoteNotKept {
			told = true
			break
		}
	}
	if !told {
		t.Fatal("the run does not say that it is not kept")
	}
	limit(1 << 20)
	r.settle()
	close(r.over)
	<-kept
	got, err := s.Get("one")
	if err != nil {
		t.Fatal(err)
	}
	if got.Log().Len() != r.Log().Len() {
		t.Errorf("%d entries are kept, want %d", got.Log().Len(), r.Log().Len())
	}
}

func count(t *testing.T, s *Store, query string) int {
	t.Helper()
	var n int
	if err := s.db.read.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
