package difference

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Line is a line of the difference of two texts. From and To are its numbers in the
// first and in the second, counted from 1; 0 in the one that does not have it.
type Line struct {
	From, To int
	Text     string
}

// context is how many lines that are the same are shown around those that differ.
const context = 3

// Texts are the parts in which two texts differ, line by line, each with the lines
// around it; none if they are the same.
func Texts(a, b string) ([][]Line, error) {
	a, b = strings.TrimRight(a, "\n")+"\n", strings.TrimRight(b, "\n")+"\n"
	u, err := udiff.ToUnifiedDiff("a", "b", a, udiff.Lines(a, b), context)
	if err != nil {
		return nil, fmt.Errorf("compare two texts: %w", err)
	}
	var parts [][]Line
	for _, h := range u.Hunks {
		var part []Line
		from, to := h.FromLine, h.ToLine
		for _, l := range h.Lines {
			line := Line{Text: strings.TrimSuffix(l.Content, "\n")}
			if l.Kind != udiff.Insert {
				line.From = from
				from++
			}
			if l.Kind != udiff.Delete {
				line.To = to
				to++
			}
			part = append(part, line)
		}
		parts = append(parts, part)
	}
	return parts, nil
}
