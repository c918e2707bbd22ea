package timeline

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestFollowSeesEveryRecordOnce follows a log from many places with many readers
// while it is written.
func TestFollowSeesEveryRecordOnce(t *testing.T) {
	const entries, readers = 500, 32
	r := NewRecorder(nil, time.Now)
	var wg sync.WaitGroup
	for i := range readers {
		after := Seq(i * 7)
		wg.Go(func() {
			next := after + 1
			for rec := range r.Log().Follow(t.Context(), after) {
				var e Entry
				if err := json.Unmarshal(rec.JSON, &e); err != nil {
					t.Errorf("record %d: %v", rec.Entry.Seq, err)
				}
				if rec.Entry.Seq != next || e.Seq != next {
					t.Errorf("reader after %d got seq %d, encoded %d, want %d", after, rec.Entry.Seq, e.Seq, next)
					return
				}
				next++
			}
			if next != entries+2 {
				t.Errorf("reader after %d ended before seq %d, want %d", after, next, entries+2)
			}
		})
	}
	for i := range entries {
		r.Note(Note{Code: "n", Text: fmt.Sprint(i)})
	}
	r.Seal(true)
	wg.Wait()
}

// TestFollowResumes stops a reader at random places and goes on there.
func TestFollowResumes(t *testing.T) {
	r := NewRecorder(nil, time.Now)
	for range 100 {
		r.Note(Note{Code: "n"})
	}
	r.Seal(true)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var got []Seq
		for last := Seq(0); last < 101; {
			n := rng.IntN(9)
			for rec := range r.Log().Follow(t.Context(), last) {
				last = rec.Entry.Seq
				got = append(got, last)
				if n--; n < 0 {
					break
				}
			}
		}
		for i, s := range got {
			if s != Seq(i+1) {
				t.Fatalf("resumed reading: place %d has seq %d", i, s)
			}
		}
	}
}

func TestFollowWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRecorder(nil, time.Now)
		var got []Seq
		done := false
		go func() {
			for rec := range r.Log().Follow(t.Context(), 0) {
				got = append(got, rec.Entry.Seq)
			}
			done = true
		}()
		for i := range 3 {
			synctest.Wait()
			if len(got) != i || done {
				t.Fatalf("with %d entries: read %v, done %t", i, got, done)
			}
			r.Note(Note{})
		}
		r.Seal(false)
		synctest.Wait()
		if diff := cmp.Diff([]Seq{1, 2, 3, 4}, got); diff != "" || !done {
			t.Errorf("after the seal: done %t, read (-want +got):\n%s", done, diff)
		}
	})
}

func TestFollowEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRecorder(nil, time.Now)
		r.Note(Note{})
		ctx, cancel := context.WithCancel(t.Context())
		done := false
		go func() {
			for range r.Log().Follow(ctx, 0) {
			}
			done = true
		}()
		synctest.Wait()
		if done {
			t.Fatal("Follow ended before its context")
		}
		cancel()
		synctest.Wait()
		if !done {
			t.Error("Follow did not end with its context")
		}
	})
}

// TestFollowFromBeforeTheStart must not read what it has read again.
func TestFollowFromBeforeTheStart(t *testing.T) {
	r := NewRecorder(nil, time.Now)
	r.Note(Note{})
	r.Note(Note{})
	want := Seq(1)
	for rec := range r.Log().Follow(t.Context(), -5) {
		if rec.Entry.Seq != want {
			t.Fatalf("got seq %d, want %d", rec.Entry.Seq, want)
		}
		if want++; want == 3 {
			r.Seal(true)
		}
	}
	if want != 4 {
		t.Errorf("Follow ended before seq %d, want 4", want)
	}
}

// TestFollowPastTheEnd asks for what is not there yet, and for nonsense.
func TestFollowPastTheEnd(t *testing.T) {
	r := NewRecorder(nil, time.Now)
	r.Note(Note{})
	r.Seal(true)
	for after, want := range map[Seq]int{-5: 2, 0: 2, 1: 1, 2: 0, 3: 0, 1 << 60: 0} {
		n := 0
		for range r.Log().Follow(t.Context(), after) {
			n++
		}
		if n != want {
			t.Errorf("Follow after %d of a sealed log of 2 yields %d records, want %d", after, n, want)
		}
	}
}

func TestRecordsAreASnapshot(t *testing.T) {
	r := NewRecorder(nil, time.Now)
	r.Note(Note{Text: "first"})
	before := r.Log().Records()
	r.Note(Note{Text: "second"})
	_ = append(before, Record{Entry: Entry{Note: &Note{Text: "intruder"}}})
	after := r.Log().Records()
	if len(before) != 1 || len(after) != 2 || after[1].Entry.Note.Text != "second" {
		t.Errorf("records: %d before, %d after, second %q", len(before), len(after), after[len(after)-1].Entry.Note.Text)
	}
}
