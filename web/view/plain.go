package view

import (
	"fmt"
	"strings"
	"unicode"
)

// plain makes the control characters of a text from a cluster visible, and those
// that turn the direction of writing, as static/src/plain.ts does. Line feeds and
// tabs stay.
func plain(s string) string {
	steers := func(r rune) bool {
		return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029')
	}
	if !strings.ContainsFunc(s, steers) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !steers(r):
			b.WriteRune(r)
		case r < 0x80:
			b.WriteRune('^')
			b.WriteRune(r ^ 0x40)
		default:
			fmt.Fprintf(&b, "<U+%04X>", r)
		}
	}
	return b.String()
}
