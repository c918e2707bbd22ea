package protocol

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReportsArriveAsTheyWereWritten(t *testing.T) {
	want := []Report{{Step: "start\nthis"}, {Ready: true, Version: "v1.37.2"}, {Error: "ended"}}
	var pipe bytes.Buffer
	for _, r := range want {
		if err := r.Write(&pipe); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(pipe.String(), "\n"); got != len(want) {
		t.Errorf("%d lines for %d reports", got, len(want))
	}
	var got []Report
	if err := ReadReports(&pipe, func(r Report) { got = append(got, r) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReportThatWasCutOff(t *testing.T) {
	var got []Report
	err := ReadReports(strings.NewReader(`{"step":"one"}`+"\n"+`{"ste`), func(r Report) { got = append(got, r) })
	if err == nil {
		t.Error("the rest of a report is no error")
	}
	if len(got) != 1 {
		t.Errorf("got %v, want the report before it", got)
	}
}
