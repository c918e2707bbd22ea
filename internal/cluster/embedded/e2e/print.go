package e2e

import (
	"fmt"
	"io"
	"time"
)

// Print writes a line for each spec and a summary for people.
func Print(w io.Writer, specs *Specs, outcomes []Outcome, took time.Duration) {
	for _, outcome := range outcomes {
		fmt.Fprintf(w, "%-7s %6.1fs  %s\n", outcome.State, outcome.Took.Seconds(), outcome.Spec)
		switch {
		case outcome.Reason != "":
			fmt.Fprintf(w, "                 as expected: %s\n", outcome.Reason)
		case outcome.State != Passed:
			fmt.Fprintf(w, "                 %s\n", outcome.Detail)
		}
	}
	fmt.Fprintln(w)
	var all, passed int
	for i, group := range specs.Groups {
		total, good := count(outcomes, i)
		all, passed = all+total, passed+good
		fmt.Fprintf(w, "%-26s %3d of %3d passed\n", group.Name, good, total)
	}
	fmt.Fprintf(w, "%-26s %3d of %3d passed, in %.0f s\n", "all", passed, all, took.Seconds())
}
