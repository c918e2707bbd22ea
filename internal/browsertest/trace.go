package browsertest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"
)

// Span is something that the browser did, or a moment of which it told. Start and
// Length are in milliseconds; Length is what it took of a processor, whatever else
// the machine did.
type Span struct {
	Name          string
	Start, Length float64
	Thread        Thread
}

// Thread is a thread of one of the browser's processes.
type Thread struct{ Process, ID int }

// Trace is what the browser did in a time, by start.
type Trace []Span

// Trace is what the browser did while do went on.
func (tab *Tab) Trace(do func()) Trace {
	tab.T.Helper()
	ctx, cancel := context.WithCancel(tab.Ctx)
	defer cancel()
	var values [][]byte
	complete := make(chan struct{})
	err := chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *tracing.EventDataCollected:
			for _, v := range ev.Value {
				values = append(values, v)
			}
		case *tracing.EventTracingComplete:
			close(complete)
		}
	})
	if err != nil {
		tab.T.Fatalf("listen to the trace: %v", err)
	}
	config := tracing.TraceConfig{
		RecordMode:         tracing.TraceConfigRecordModeRecordUntilFull,
		IncludedCategories: []string{"toplevel", "devtools.timeline", "devtools.timeline.frame", "disabled-by-default-devtools.timeline.frame"},
		ExcludedCategories: []string{"*"},
	}
	Call(tab, "start to trace", tracing.Start, tracing.StartParams{TraceConfig: &config})
	do()
	Call(tab, "end the trace", tracing.End, cdp.Empty{})
	tab.try("wait for the trace", func(ctx context.Context) error {
		select {
		case <-complete:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	trace := make(Trace, 0, len(values))
	for _, v := range values {
		var e struct {
			Name     string
			TS, TDur float64 // in microseconds
			PID, TID int
		}
		if err := json.Unmarshal(v, &e); err != nil {
			tab.T.Fatalf("read the trace: %v", err)
		}
		trace = append(trace, Span{Name: e.Name, Start: e.TS / 1000, Length: e.TDur / 1000, Thread: Thread{e.PID, e.TID}})
	}
	slices.SortStableFunc(trace, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	return trace
}

// Named are the spans of a name.
func (trace Trace) Named(name string) Trace {
	var named Trace
	for _, s := range trace {
		if s.Name == name {
			named = append(named, s)
		}
	}
	return named
}

// Busy is how many milliseconds tasks took on a thread from one time to another.
func (trace Trace) Busy(thread Thread, from, to float64) float64 {
	var sum float64
	for _, s := range trace {
		if s.Name == "ThreadControllerImpl::RunTask" && s.Thread == thread && s.Start >= from && s.Start < to {
			sum += s.Length
		}
	}
	return sum
}
