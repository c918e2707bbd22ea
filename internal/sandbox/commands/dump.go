package commands

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// concatenated reads all operands as one stream.
func (c *Call) concatenated(names []string) ([]byte, int) {
	var all bytes.Buffer
	code := c.inputs(names, func(name string, r io.Reader) int {
		if _, err := all.ReadFrom(r); err != nil {
			return c.fail("%s: %s", name, Reason(err))
		}
		return 0
	})
	return all.Bytes(), code
}

// dumpFormat is a kind of unit of od.
type dumpFormat struct {
	size  int
	width int // of a column, with the blank before it
	text  func(p []byte) string
}

func unitOf(p []byte) uint64 {
	var b [8]byte
	copy(b[:], p)
	return binary.LittleEndian.Uint64(b[:])
}

// odFormat is what -t TYPE says.
func odFormat(kind string) (dumpFormat, bool) {
	if kind == "" {
		return dumpFormat{}, false
	}
	name, size := kind[:1], kind[1:]
	n := 4
	if size != "" {
		var ok bool
		if n, ok = map[string]int{"1": 1, "C": 1, "2": 2, "S": 2, "4": 4, "I": 4, "8": 8, "L": 8}[size]; !ok {
			return dumpFormat{}, false
		}
	}
	number := func(width int, format string) dumpFormat {
		return dumpFormat{n, width + 1, func(p []byte) string { return fmt.Sprintf(format, width, unitOf(p)) }}
	}
	switch name {
	case "x":
		return number(2*n, "%0*x"), true
	case "o":
		return number((n*8+2)/3, "%0*o"), true
	case "u":
		return number(map[int]int{1: 3, 2: 5, 4: 10, 8: 20}[n], "%*d"), true
	case "d":
		width := map[int]int{1: 4, 2: 6, 4: 11, 8: 20}[n]
		return dumpFormat{n, width + 1, func(p []byte) string {
			shift := 64 - 8*n
			return fmt.Sprintf("%*d", width, int64(unitOf(p)<<shift)>>shift)
		}}, true
	case "c":
		return dumpFormat{1, 4, func(p []byte) string { return fmt.Sprintf("%3s", charName(p[0])) }}, size == ""
	}
	return dumpFormat{}, false
}

func charName(b byte) string {
	if i := strings.IndexByte("\x00\a\b\f\n\r\t\v", b); i >= 0 {
		return `\` + "0abfnrtv"[i:i+1]
	}
	if b < ' ' || b > '~' {
		return fmt.Sprintf("%03o", b)
	}
	return string(rune(b))
}

// od dumps files in octal or as -t says.
func od(_ context.Context, c *Call) int {
	f, code := c.parse("A:t:N:j:vcxbodw:", map[string]byte{"address-radix": 'A', "format": 't', "read-bytes": 'N', "skip-bytes": 'j', "output-duplicates": 'v', "width": 'w'})
	if code != 0 {
		return code
	}
	kinds := f.vals['t']
	for letter, kind := range map[byte]string{'c': "c", 'x': "x2", 'b': "o1", 'o': "o2", 'd': "u2"} {
		if f.has(letter) {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		kinds = []string{"o2"}
	}
	var formats []dumpFormat
	largest := 1
	for _, kind := range kinds {
		format, ok := odFormat(kind)
		if !ok {
			return c.fail("invalid type string '%s'", kind)
		}
		largest = max(largest, format.size)
		formats = append(formats, format)
	}
	address, ok := map[string]string{"o": "%07o", "x": "%06x", "d": "%07d", "n": ""}[f.value('A', "o")]
	if !ok {
		return c.fail("invalid output address radix '%s'; it must be one character from [doxn]", f.value('A', ""))
	}
	data, code := c.concatenated(f.args)
	skip, ok := atLeast(f.value('j', "0"))
	limit, ok2 := atLeast(f.value('N', strconv.Itoa(len(data))))
	width, ok3 := atLeast(f.value('w', "16"))
	if !ok || !ok2 || !ok3 || width == 0 || width%largest != 0 {
		return c.fail("invalid argument")
	}
	data = data[min(skip, len(data)):]
	data = data[:min(limit, len(data))]
	// The columns of several formats stand below each other.
	perByte := 0
	for _, format := range formats {
		perByte = max(perByte, (format.width+format.size-1)/format.size)
	}
	at := func(i int) string {
		if address == "" {
			return ""
		}
		return fmt.Sprintf(address, i+skip)
	}
	var previous []byte
	starred := false
	for i := 0; i < len(data); i += width {
		row := data[i:min(i+width, len(data))]
		if !f.has('v') && len(row) == width && previous != nil && bytes.Equal(row, previous) {
			if !starred {
				c.printf("*\n")
			}
			starred = true
			continue
		}
		previous, starred = row, false
		for j, format := range formats {
			var b strings.Builder
			for unit := range slices.Chunk(row, format.size) {
				cell := format.width
				if len(formats) > 1 {
					cell = perByte * format.size
				}
				fmt.Fprintf(&b, "%*s", cell, format.text(unit))
			}
			label := at(i)
			if j > 0 {
				label = strings.Repeat(" ", len(label))
			}
			if n := c.printf("%s%s\n", label, b.String()); n != 0 {
				return n
			}
		}
	}
	if address != "" {
		c.printf("%s\n", at(len(data)))
	}
	return code
}

// hexdump dumps files in hexadecimal; -C adds the characters.
func hexdump(_ context.Context, c *Call) int {
	f, code := c.parse("Cn:s:v", nil)
	if code != 0 {
		return code
	}
	data, code := c.concatenated(f.args)
	skip, ok := atLeast(f.value('s', "0"))
	limit, ok2 := atLeast(f.value('n', strconv.Itoa(len(data))))
	if !ok || !ok2 {
		return c.fail("bad argument")
	}
	data = data[min(skip, len(data)):]
	data = data[:min(limit, len(data))]
	var previous []byte
	starred := false
	for i := 0; i < len(data); i += 16 {
		row := data[i:min(i+16, len(data))]
		if !f.has('v') && len(row) == 16 && previous != nil && bytes.Equal(row, previous) {
			if !starred {
				c.printf("*\n")
			}
			starred = true
			continue
		}
		previous, starred = row, false
		line := ""
		if f.has('C') {
			line = canonical(i+skip, row)
		} else {
			line = fmt.Sprintf("%07x", i+skip)
			for unit := range slices.Chunk(row, 2) {
				line += fmt.Sprintf(" %04x", unitOf(unit))
			}
			line = fmt.Sprintf("%-47s", line)
		}
		if n := c.printf("%s\n", line); n != 0 {
			return n
		}
	}
	if len(data) > 0 {
		format := "%07x\n"
		if f.has('C') {
			format = "%08x\n"
		}
		c.printf(format, skip+len(data))
	}
	return code
}

func canonical(at int, row []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%08x  ", at)
	for i := range 16 {
		if i < len(row) {
			fmt.Fprintf(&b, "%02x ", row[i])
		} else {
			b.WriteString("   ")
		}
		if i == 7 {
			b.WriteByte(' ')
		}
	}
	return b.String() + " |" + string(visibleBytes(row)) + "|"
}

// visibleBytes is row with a dot for each byte that is no printable character.
func visibleBytes(row []byte) []byte {
	out := bytes.Clone(row)
	for i, b := range out {
		if b < ' ' || b > '~' {
			out[i] = '.'
		}
	}
	return out
}

// xxd dumps a file, or with -r makes it from a dump.
func xxd(_ context.Context, c *Call) int {
	f, code := c.parse("prl:s:c:ui", nil)
	if code != 0 {
		return code
	}
	if len(f.args) > 1 || f.has('i') {
		return c.usage(1, "not supported in the sandbox")
	}
	data, code := c.concatenated(f.args)
	if code != 0 {
		return 2
	}
	if f.has('r') {
		var out []byte
		for line := range strings.Lines(string(data)) {
			if _, rest, ok := strings.Cut(line, ": "); ok && !f.has('p') {
				line, _, _ = strings.Cut(rest, "  ")
			}
			text := strings.Join(strings.Fields(line), "")
			p, _ := hex.DecodeString(text[:len(text)/2*2])
			out = append(out, p...)
		}
		return c.write(out)
	}
	skip, ok := atLeast(f.value('s', "0"))
	limit, ok2 := atLeast(f.value('l', strconv.Itoa(len(data))))
	columns, ok3 := atLeast(f.value('c', map[bool]string{true: "30", false: "16"}[f.has('p')]))
	if !ok || !ok2 || !ok3 || columns == 0 {
		return c.fail("invalid number")
	}
	data = data[min(skip, len(data)):]
	data = data[:min(limit, len(data))]
	for i := 0; i < len(data); i += columns {
		row := data[i:min(i+columns, len(data))]
		text := hex.EncodeToString(row)
		if f.has('u') {
			text = strings.ToUpper(text)
		}
		if f.has('p') {
			c.printf("%s\n", text)
			continue
		}
		var groups []string
		for len(text) > 0 {
			n := min(4, len(text))
			groups = append(groups, text[:n])
			text = text[n:]
		}
		c.printf("%08x: %-*s  %s\n", i+skip, (columns*5+1)/2-(1-columns%2), strings.Join(groups, " "), visibleBytes(row))
	}
	return 0
}
