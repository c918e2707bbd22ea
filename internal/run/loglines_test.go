package run

import (
	"bytes"
	"testing"
)

// TestLinesOfOneTime takes up a log in which lines have the same time.
func TestLinesOfOneTime(t *testing.T) {
	at, later := lineTime(1)+" ", lineTime(2)+" "
	whole := at + "a\n" + at + "b\n" + at + "c\n" + later + "d\n"
	for cut := range len(whole) + 1 {
		var got bytes.Buffer
		var read mark
		for _, stream := range []string{whole[:cut], whole} {
			for i, lines := 0, resume(&read, &got); i < len(stream); i++ {
				if _, err := lines.Write([]byte{stream[i]}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got.String() != "a\nb\nc\nd\n" {
			t.Errorf("cut after %d bytes: got %q", cut, got.String())
		}
	}
}
