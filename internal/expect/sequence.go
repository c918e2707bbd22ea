package expect

import (
	"fmt"
	"slices"
	"strings"
)

// maxStates is how many states a sequence may name: the sets of positions below
// are the bits of one word.
const maxStates = 63

// sequence is a regular expression over the words of an alphabet, compiled to a
// Glushkov automaton: one position for each word of the expression, and position
// 0 before the first. A step never leads to a word that cannot follow the one
// before: since repeats of a STATUS collapse, it never follows itself.
type sequence struct {
	text string
	// words[p] is the word of position p; words[0] is empty.
	words []string
	// at[w] are the positions of a word.
	at map[string]positions
	// follow[p] are the positions that may come after p, reach[p] those that may
	// come at any time after it.
	follow, reach []positions
	// last are the positions in which a sequence may end.
	last positions
}

// positions is a set of positions. The empty set means that no continuation can
// match.
type positions uint64

// String is the expression with single blanks.
func (q *sequence) String() string { return strings.Join(strings.Fields(q.text), " ") }

// start is the set before the first state.
const start positions = 1

func (s positions) has(p int) bool { return s&(1<<p) != 0 }

// step returns the positions after one more state, which differs from the one
// before.
func (q *sequence) step(from positions, status string) positions {
	return q.next(from) & q.at[status]
}

// next returns the positions that may come after any of a set.
func (q *sequence) next(from positions) positions {
	var to positions
	for p := range q.follow {
		if from.has(p) {
			to |= q.follow[p]
		}
	}
	return to
}

// skip returns the positions in which the sequence may be if any number of
// states was missed, none included.
func (q *sequence) skip(from positions) positions {
	to := from
	for p := range q.reach {
		if from.has(p) {
			to |= q.reach[p]
		}
	}
	return to
}

// accepts reports whether the sequence may end here.
func (q *sequence) accepts(s positions) bool { return s&q.last != 0 }

// expected says what may come next, in the order of the expression:
// "ContainerCreating or StartError, or nothing more".
func (q *sequence) expected(from positions) string {
	next := q.next(from)
	var words []string
	for p, w := range q.words {
		if next.has(p) && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	switch {
	case len(words) == 0:
		return "nothing more"
	case q.accepts(from):
		return alternatives(words) + ", or nothing more"
	}
	return alternatives(words)
}

// compile builds the automaton of a parsed expression. It fails if a state of
// the expression can never be part of a sequence, because one comes right before
// or after it that cannot in all of them.
func (a *alphabet) compile(text string, root fragment, words []word) (*sequence, error) {
	q := &sequence{
		text:   text,
		words:  make([]string, len(words)+1),
		at:     make(map[string]positions, len(words)),
		follow: slices.Concat([]positions{root.first}, root.follow(len(words))),
		last:   root.last,
	}
	if root.nullable {
		q.last |= start
	}
	for i, w := range words {
		q.words[i+1] = w.text
		q.at[w.text] |= 1 << (i + 1)
	}
	var cuts [][2]int // positions that follow each other in the expression only
	for p := range q.follow {
		for n := range q.words {
			if q.follow[p].has(n) && !a.follows(q.words[p], q.words[n]) {
				q.follow[p] &^= 1 << n
				cuts = append(cuts, [2]int{p, n})
			}
		}
	}
	q.reach = closure(q.follow)
	var useless positions
	for p := 1; p < len(q.words); p++ {
		if !q.reach[0].has(p) || !q.last.has(p) && q.reach[p]&q.last == 0 {
			useless |= 1 << p
		}
	}
	if useless == 0 {
		return q, nil
	}
	// One of the cuts is why, or it would not have been useless before.
	for i := range 2 {
		for _, cut := range cuts {
			if p := cut[i]; useless.has(p) {
				w := words[p-1]
				return nil, &syntaxError{w.offset, fmt.Sprintf("%s can never be seen here: %s", w.text, a.why(q.words[cut[0]], q.words[cut[1]]))}
			}
		}
	}
	return nil, &syntaxError{words[0].offset, "no states can match this"}
}

// closure returns for each position those that any number of steps, but at least
// one, leads to.
func closure(follow []positions) []positions {
	reach := slices.Clone(follow)
	for k := range reach {
		for p := range reach {
			if reach[p].has(k) {
				reach[p] |= reach[k]
			}
		}
	}
	return reach
}
