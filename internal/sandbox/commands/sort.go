package commands

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
)

// sortKey is one -k option: fields and characters count from 1, 0 is none.
type sortKey struct {
	from, fromChar, to, toChar int
	order                      sortOrder
}

// sortOrder is how two keys compare.
type sortOrder struct{ numeric, general, human, fold, reverse, blanks, version bool }

func (o *sortOrder) set(b byte) bool {
	switch b {
	case 'n':
		o.numeric = true
	case 'g':
		o.general = true
	case 'h':
		o.human = true
	case 'f':
		o.fold = true
	case 'r':
		o.reverse = true
	case 'b':
		o.blanks = true
	case 'V':
		o.version = true
	default:
		return false
	}
	return true
}

// sortLines is sort(1).
func sortLines(_ context.Context, c *Call) int {
	f, code := c.parseCode(2, "nghfrbVuscCmk:t:o:", map[string]byte{
		"numeric-sort": 'n', "general-numeric-sort": 'g', "human-numeric-sort": 'h', "ignore-case": 'f', "reverse": 'r',
		"ignore-leading-blanks": 'b', "version-sort": 'V', "unique": 'u', "stable": 's', "check": 'c', "merge": 'm',
		"key": 'k', "field-separator": 't', "output": 'o',
	})
	if code != 0 {
		return code
	}
	var global sortOrder
	for b := range f.set {
		global.set(b)
	}
	var keys []sortKey
	for _, v := range f.vals['k'] {
		key, ok := parseSortKey(v)
		if !ok {
			c.fail("invalid number at field start: invalid count at start of '%s'", v)
			return 2
		}
		if key.order == (sortOrder{}) {
			key.order = global
		}
		keys = append(keys, key)
	}
	sep := f.value('t', "")
	if len(sep) > 1 {
		if sep == `\t` {
			sep = "\t"
		} else {
			c.fail("multi-character tab '%s'", sep)
			return 2
		}
	}
	compare := func(a, b string) int {
		for _, k := range keys {
			if n := k.order.compare(k.cut(a, sep), k.cut(b, sep)); n != 0 {
				return n
			}
		}
		if len(keys) == 0 {
			if n := global.compare(a, b); n != 0 {
				return n
			}
		}
		return 0
	}
	last := func(a, b string) int {
		if n := compare(a, b); n != 0 || f.has('s') || f.has('u') {
			return n
		}
		n := strings.Compare(a, b)
		if global.reverse {
			n = -n
		}
		return n
	}
	var lines []string
	code = c.inputs(f.args, func(name string, r io.Reader) int {
		more, code := c.readLines(name, r)
		lines = append(lines, more...)
		return code
	})
	if code != 0 {
		return 2
	}
	if f.has('c') || f.has('C') {
		for i := 1; i < len(lines); i++ {
			if n := compare(lines[i-1], lines[i]); n > 0 || n == 0 && f.has('u') {
				if f.has('c') {
					c.fail("-:%d: disorder: %s", i+1, lines[i])
				}
				return 1
			}
		}
		return 0
	}
	slices.SortStableFunc(lines, last)
	if f.has('u') {
		lines = slices.CompactFunc(lines, func(a, b string) bool { return compare(a, b) == 0 })
	}
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(line)
		out.WriteByte('\n')
	}
	if name := f.value('o', ""); name != "" {
		file, err := c.create(name, false)
		if err != nil {
			c.fail("open failed: %s: %s", name, Reason(err))
			return 2
		}
		defer file.Close()
		if _, err := io.WriteString(file, out.String()); err != nil {
			return c.writeError(err)
		}
		return 0
	}
	return c.write([]byte(out.String()))
}

// parseSortKey parses F[.C][OPTS][,F[.C][OPTS]].
func parseSortKey(s string) (sortKey, bool) {
	var k sortKey
	start, end, _ := strings.Cut(s, ",")
	part := func(s string, field, char *int) bool {
		i := 0
		for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.') {
			i++
		}
		num, opts := s[:i], s[i:]
		fs, cs, _ := strings.Cut(num, ".")
		var err error
		if *field, err = strconv.Atoi(fs); err != nil || *field < 1 {
			return false
		}
		if cs != "" {
			if *char, err = strconv.Atoi(cs); err != nil {
				return false
			}
		}
		for _, b := range []byte(opts) {
			if !k.order.set(b) {
				return false
			}
		}
		return true
	}
	if !part(start, &k.from, &k.fromChar) {
		return k, false
	}
	return k, end == "" || part(end, &k.to, &k.toChar)
}

// cut is the key in a line.
func (k sortKey) cut(line, sep string) string {
	starts, ends := fieldBounds(line, sep)
	if k.from > len(starts) {
		return ""
	}
	from, to := starts[k.from-1], len(line)
	if k.order.blanks {
		for from < len(line) && (line[from] == ' ' || line[from] == '\t') {
			from++
		}
	}
	if k.fromChar > 1 {
		from = min(len(line), from+k.fromChar-1)
	}
	if k.to > 0 && k.to <= len(ends) {
		to = ends[k.to-1]
		if k.toChar > 0 {
			to = min(len(line), starts[k.to-1]+k.toChar)
		}
	}
	return line[min(from, max(from, to)):max(from, to)]
}

// fieldBounds are the fields of a line. Without a separator a field begins with
// the blanks before it.
func fieldBounds(line, sep string) (starts, ends []int) {
	if sep != "" {
		pos := 0
		for part := range strings.SplitSeq(line, sep) {
			starts = append(starts, pos)
			ends = append(ends, pos+len(part))
			pos += len(part) + len(sep)
		}
		return starts, ends
	}
	blank := func(b byte) bool { return b == ' ' || b == '\t' }
	for i := 0; i < len(line); {
		starts = append(starts, i)
		for i < len(line) && blank(line[i]) {
			i++
		}
		for i < len(line) && !blank(line[i]) {
			i++
		}
		ends = append(ends, i)
	}
	return starts, ends
}

func (o sortOrder) compare(a, b string) int {
	n := 0
	switch {
	case o.general:
		n = cmp.Compare(prefixFloat(strings.TrimLeft(a, " \t")), prefixFloat(strings.TrimLeft(b, " \t")))
	case o.numeric:
		n = cmp.Compare(leadingNumber(a), leadingNumber(b))
	case o.human:
		n = cmp.Compare(humanNumber(a), humanNumber(b))
	case o.version:
		n = compareVersions(a, b)
	case o.fold:
		n = strings.Compare(strings.ToUpper(a), strings.ToUpper(b))
	default:
		if o.blanks {
			a, b = strings.TrimLeft(a, " \t"), strings.TrimLeft(b, " \t")
		}
		n = strings.Compare(a, b)
	}
	if o.reverse {
		n = -n
	}
	return n
}

// leadingNumber is the number that s begins with, 0 if it begins with none.
func leadingNumber(s string) float64 {
	n, _ := splitNumber(s)
	return n
}

func splitNumber(s string) (n float64, rest string) {
	s = strings.TrimLeft(s, " \t")
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || end == 0 && s[end] == '-') {
		end++
	}
	n, _ = strconv.ParseFloat(s[:end], 64)
	return n, s[end:]
}

func humanNumber(s string) float64 {
	n, rest := splitNumber(s)
	if rest != "" {
		for i := strings.IndexByte("KMGTPE", rest[0]); i >= 0; i-- {
			n *= 1024
		}
	}
	return n
}

// compareVersions compares runs of digits as numbers.
func compareVersions(a, b string) int {
	for a != "" && b != "" {
		i, j := digits(a), digits(b)
		if i > 0 && j > 0 {
			x, y := strings.TrimLeft(a[:i], "0"), strings.TrimLeft(b[:j], "0")
			if n := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); n != 0 {
				return n
			}
			a, b = a[i:], b[j:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is how many digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
