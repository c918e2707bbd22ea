package view

import "testing"

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Created pod: pi-x7k2p":    "Created pod: pi-x7k2p",
		"\x1b[31mred\x1b[0m\x00\r": "^[[31mred^[[0m^@^M",
		"two\n\tlines \x7f\u0085":  "two\n\tlines ^?<U+0085>",
		"\u202egnp.exe\u2066":      "<U+202E>gnp.exe<U+2066>",
		"<b>파드</b>":                "<b>파드</b>",
	} {
		if got := plain(text); got != want {
			t.Errorf("plain(%q) = %q, want %q", text, got, want)
		}
	}
}
