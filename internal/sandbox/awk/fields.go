package awk

import (
	"slices"
	"strings"
)

// fields is the current record. It is split when a field or NF is asked for,
// and put together when a field has changed and $0 is asked for.
type fields struct {
	nf    *cell
	text  string
	list  []value // $1 on; valid if split
	split bool
	stale bool // text is older than list
}

func (in *interp) setRecord(s string) {
	in.text, in.split, in.stale = s, false, false
}

func (in *interp) record() string {
	if in.stale {
		parts := make([]string, len(in.list))
		for i, v := range in.list {
			parts[i] = v.str(in.convfmt())
		}
		in.text, in.stale = strings.Join(parts, in.ofs.v.str(in.convfmt())), false
	}
	return in.text
}

func (in *interp) splitRecord() {
	if in.split {
		return
	}
	in.split = true
	in.list = in.list[:0]
	sep := in.fs.v.str(in.convfmt())
	parts := in.splitBy(in.text, sep)
	if in.rs.v.s == "" && sep != " " && sep != "\n" {
		// In paragraphs a newline separates fields too.
		parts = nil
		for line := range strings.SplitSeq(in.text, "\n") {
			parts = append(parts, in.splitBy(line, sep)...)
		}
	}
	for _, s := range parts {
		in.list = append(in.list, outside(s))
	}
	in.nf.v = num(float64(len(in.list)))
}

// splitBy splits s as FS=sep does.
func (in *interp) splitBy(s, sep string) []string {
	switch {
	case s == "":
		return nil
	case sep == " ":
		return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' })
	case sep == "":
		return strings.Split(s, "")
	case len(sep) == 1 && sep != "\\":
		return strings.Split(s, sep)
	}
	return in.compiled(sep).Split(s, -1)
}

func (in *interp) field(i int) value {
	switch {
	case i < 0:
		fail("attempt to access field %d", i)
	case i == 0:
		return outside(in.record())
	}
	in.splitRecord()
	if i > len(in.list) {
		return value{}
	}
	return in.list[i-1]
}

func (in *interp) setField(index, v value) {
	i := int(index.num())
	switch {
	case i < 0 || i > 1<<20:
		fail("attempt to access field %d", i)
	case i == 0:
		in.setRecord(v.str(in.convfmt()))
		return
	}
	in.splitRecord()
	if i > len(in.list) {
		in.setNF(i)
	}
	if v.kind == number {
		v = value{kind: strnum, n: v.n, s: v.str(in.convfmt())}
	}
	in.list[i-1] = v
	in.stale = true
}

func (in *interp) setNF(n int) {
	if n < 0 || n > 1<<20 {
		fail("NF set to %d", n)
	}
	if !in.split {
		in.splitRecord()
	}
	if n <= len(in.list) {
		in.list = in.list[:n]
	} else {
		in.list = slices.Concat(in.list, make([]value, n-len(in.list)))
	}
	in.nf.v = num(float64(n))
	in.stale = true
}
