package expect

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// letters maps STATUS words to letters for Go's regexp, which is the judge that
// the automaton is compared with. Unknown, in no expression, is x.
var letters = map[string]string{"Pending": "a", "Running": "b", "Error": "c", "Unknown": "x"}

var statuses = []string{"Pending", "Running", "Error", "Unknown"}

// randomExpression returns the same expression in our syntax and in Go's.
func randomExpression(r *rand.Rand, depth int) (ours, gos string) {
	switch n := r.IntN(8); {
	case depth == 0 || n < 3:
		s := statuses[r.IntN(3)]
		return s, letters[s]
	case n < 5:
		a, x := randomExpression(r, depth-1)
		b, y := randomExpression(r, depth-1)
		return a + " " + b, x + y
	case n < 6:
		a, x := randomExpression(r, depth-1)
		b, y := randomExpression(r, depth-1)
		return "(" + a + " | " + b + ")", "(?:" + x + "|" + y + ")"
	default:
		a, x := randomExpression(r, depth-1)
		op := string("?*+"[r.IntN(3)])
		return "(" + a + ")" + op, "(?:" + x + ")" + op
	}
}

// collapsed are all words of up to n states, no two alike next to each other,
// that may come after a state.
func collapsed(after string, n int) []string {
	words := []string{""}
	if n == 0 {
		return words
	}
	for _, s := range []string{"a", "b", "c"} {
		if s != after {
			for _, w := range collapsed(s, n-1) {
				words = append(words, s+w)
			}
		}
	}
	return words
}

// TestSequenceAgainstRegexp compares the automaton, state by state, with Go's
// regexp over whole words: acceptance, and that the set of positions is empty
// exactly if no continuation, found by trying them all, matches.
func TestSequenceAgainstRegexp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	accepted, refused := 0, 0
	for range 1500 {
		ours, gos := randomExpression(r, 3)
		want := regexp.MustCompile("^(?:" + gos + ")$")
		q, err := podStatuses.parse(ours)
		var states []string
		for _, w := range strings.FieldsFunc(ours, func(c rune) bool { return !wordByte(byte(c)) }) {
			states = append(states, w)
		}
		if len(states) > 6 {
			continue
		}
		matches := func(prefix, after string) bool {
			return slices.ContainsFunc(collapsed(after, len(states)), func(w string) bool { return want.MatchString(prefix + w) })
		}
		if err != nil {
			var syntax *syntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("%s: %v is no syntaxError", ours, err)
			}
			refused++
			continue
		}
		accepted++
		for range 5 {
			at, prefix, last := start, "", ""
			for range 6 {
				s := statuses[r.IntN(len(statuses))]
				if r.IntN(4) > 0 { // mostly a state that may come
					next := q.next(at)
					for p := 1; p < len(q.words); p++ {
						if next.has(p) && r.IntN(2) == 0 {
							s = q.words[p]
						}
					}
				}
				if letters[s] == last {
					continue
				}
				before, previous := at, last
				at, prefix, last = q.step(at, s), prefix+letters[s], letters[s]
				if got, want := q.accepts(at), want.MatchString(prefix); got != want {
					t.Fatalf("%s accepts %s: got %t, want %t", ours, prefix, got, want)
				}
				if got, want := at != 0, matches(prefix, last); got != want {
					t.Fatalf("%s can go on after %s: got %t, want %t", ours, prefix, got, want)
				}
				if at == 0 {
					checkExpected(t, q, q.expected(before), func(word string) bool {
						next := letters[word]
						return next != previous && matches(prefix[:len(prefix)-1]+next, next)
					})
					break
				}
			}
		}
	}
	if accepted < 300 || refused < 100 {
		t.Fatalf("%d expressions accepted and %d refused: the generator tests too little", accepted, refused)
	}
}

// checkExpected checks that the words for what was expected name exactly the
// states that could have come.
func checkExpected(t *testing.T, q *sequence, text string, possible func(string) bool) {
	t.Helper()
	for _, s := range statuses[:3] {
		if got, want := strings.Contains(text, s), possible(s); got != want {
			t.Errorf("%s: expected %q names %s: got %t, want %t", q.text, text, s, got, want)
		}
	}
}

// TestRefusedSequences checks by trying all words that what compile refuses has a
// state that is in no matching word.
func TestRefusedSequences(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	refused := 0
	for range 2000 {
		ours, _ := randomExpression(r, 2)
		_, err := podStatuses.parse(ours)
		var syntax *syntaxError
		if !errors.As(err, &syntax) {
			continue
		}
		refused++
		// The state at the error, marked with a letter of its own that still
		// collapses with its like, must be in no word that matches.
		marked := mark(ours, syntax.offset)
		want := regexp.MustCompile("^(?:" + marked + ")$")
		for _, w := range collapsed("", 6) {
			for i := range w {
				m := w[:i] + strings.ToUpper(w[i:i+1]) + w[i+1:]
				if want.MatchString(m) {
					t.Fatalf("%s: refused at %d (%v), but %s matches it there", ours, syntax.offset, err, m)
				}
			}
		}
	}
	if refused < 50 {
		t.Fatalf("%d expressions refused: the generator tests too little", refused)
	}
}

// mark turns an expression into Go's syntax, with the word at an offset in upper
// case or, since a loop passes it several times, in lower.
func mark(ours string, offset int) string {
	var b strings.Builder
	for i := 0; i < len(ours); {
		if !wordByte(ours[i]) {
			if ours[i] != ' ' {
				b.WriteByte(ours[i])
			}
			i++
			continue
		}
		end := i
		for end < len(ours) && wordByte(ours[end]) {
			end++
		}
		letter := letters[ours[i:end]]
		if i == offset {
			fmt.Fprintf(&b, "[%s%s]", letter, strings.ToUpper(letter))
		} else {
			b.WriteString(letter)
		}
		i = end
	}
	return b.String()
}

func TestSequenceSyntax(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Pending Init:0/1 Init:CrashLoopBackOff ExitCode:3 Signal:9", ""},
		{"Pending(Running|Error)*", ""},
		{"Running+", ""},
		{"", "0: want a STATUS here"},
		{"(Pending", "0: ( without )"},
		{"Pending)", "7: ) without ("},
		{"Pending | ", "10: want a STATUS here"},
		{"Pending ()", "9: want a STATUS here"},
		{"* Pending", "0: * must stand right after what it repeats"},
		{"Pending ?", "8: ? must stand right after what it repeats"},
		{"Pending, Running", `7: "," is no part of a STATUS`},
		{"Pending\x00Running", `7: "\x00" is no part of a STATUS`},
		{"Running Running", "0: Running can never be seen here: repeats of a STATUS count as one, and Running comes next to it"},
		{strings.Repeat("A B ", 32), "126: more than 63 states"},
		{strings.Repeat("(", 200), "100: groups nest too deeply"},
	} {
		_, err := podStatuses.parse(c.text)
		got := ""
		var syntax *syntaxError
		if errors.As(err, &syntax) {
			got = fmt.Sprintf("%d: %s", syntax.offset, syntax.message)
		}
		if got != c.want {
			t.Errorf("podStatuses.parse(%q): got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestExpected(t *testing.T) {
	for _, c := range []struct{ text, after, want string }{
		{"Pending ContainerCreating StartError", "Pending", "ContainerCreating"},
		{"Pending ContainerCreating? StartError?", "Pending", "ContainerCreating or StartError, or nothing more"},
		{"Pending (A | B | C)", "Pending", "A, B or C"},
		{"Pending", "Pending", "nothing more"},
		{"(Running Completed CrashLoopBackOff?)+", "Running Completed", "Running or CrashLoopBackOff, or nothing more"},
	} {
		q, err := podStatuses.parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		at := start
		for _, s := range strings.Fields(c.after) {
			at = q.step(at, s)
		}
		if got := q.expected(at); got != c.want {
			t.Errorf("%s after %s: got %q, want %q", c.text, c.after, got, c.want)
		}
	}
}

func FuzzSequence(f *testing.F) {
	f.Add("Pending ContainerCreating? (Running Completed CrashLoopBackOff?)+")
	f.Add("a|(b c)* d?+")
	f.Fuzz(func(t *testing.T, text string) {
		q, err := podStatuses.parse(text)
		if err != nil {
			var syntax *syntaxError
			if !errors.As(err, &syntax) || syntax.offset < 0 || syntax.offset > len(text) {
				t.Fatalf("%q: error %#v", text, err)
			}
			return
		}
		// Each state is on some way from the start to an end.
		for p := 1; p < len(q.words); p++ {
			if !q.skip(start).has(p) || !q.accepts(q.skip(1<<p)) {
				t.Fatalf("%q: position %d is of no use", text, p)
			}
		}
	})
}
