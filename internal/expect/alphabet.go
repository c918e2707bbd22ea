package expect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/joblab/joblab/internal/expect/strictyaml"
)

// alphabet says what the words of a sequence may be.
type alphabet struct {
	noun string
	// words are all that there are; nil if any may be.
	words []string
	// follows reports whether a word may come right after another; the empty one
	// stands before the first. Why says why it may not.
	follows func(from, to string) bool
	why     func(from, to string) string
}

// podStatuses are the words of each: any STATUS that kubectl may print, such as
// Init:0/1, Init:CrashLoopBackOff, ExitCode:3 or Signal:9.
var podStatuses = &alphabet{
	noun:    "STATUS",
	follows: func(from, to string) bool { return from != to },
	why: func(_, to string) string {
		return fmt.Sprintf("repeats of a STATUS count as one, and %s comes next to it", to)
	},
}

func (a *alphabet) has(word string) bool { return a.words == nil || slices.Contains(a.words, word) }

// read reads a sequence; problems are reported where they are in it.
func (a *alphabet) read(v strictyaml.Value) *sequence {
	text := v.Text()
	if strings.TrimSpace(text) == "" {
		return nil
	}
	q, err := a.parse(text)
	var syntax *syntaxError
	if errors.As(err, &syntax) {
		v.ProblemAtOffset(syntax.offset, "%s", syntax.message)
	}
	return q
}
