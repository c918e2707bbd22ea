package awk

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
)

func newInterp(ctx context.Context, p *Program, cfg Config) *interp {
	in := &interp{
		prog: p, cfg: cfg, ctx: ctx,
		outputs: make(map[string]*outStream), readers: make(map[string]*inStream),
		stdout: &outStream{w: cfg.Stdout}, random: rand.New(rand.NewPCG(0, 0)),
	}
	for name, at := range map[string]**cell{
		"FS": &in.fs, "OFS": &in.ofs, "ORS": &in.ors, "RS": &in.rs, "SUBSEP": &in.subsep, "CONVFMT": &in.convFmt, "OFMT": &in.ofmt,
		"NR": &in.nr, "FNR": &in.fnr, "FILENAME": &in.filename, "RSTART": &in.rstart, "RLENGTH": &in.rlength,
		"ARGC": &in.argc, "ARGV": &in.argv, "NF": &in.nf,
	} {
		*at = p.global(name)
	}
	for c, s := range map[*cell]string{in.fs: " ", in.ofs: " ", in.ors: "\n", in.rs: "\n", in.subsep: "\x1c", in.convFmt: "%.6g", in.ofmt: "%.6g"} {
		c.v = str(s)
	}
	in.rlength.v = num(-1)
	in.argc.v = num(float64(len(cfg.Args)))
	for i, arg := range cfg.Args {
		in.argv.array().set(strconv.Itoa(i), outside(arg))
	}
	environ := p.global("ENVIRON").array()
	for _, kv := range cfg.Environ {
		if name, val, ok := strings.Cut(kv, "="); ok {
			environ.set(name, outside(val))
		}
	}
	for _, kv := range cfg.Vars {
		in.assignArg(kv)
	}
	return in
}

// assignArg does what an argument of the form name=value says, and reports
// whether it has this form.
func (in *interp) assignArg(arg string) bool {
	name, val, ok := strings.Cut(arg, "=")
	if !ok || name == "" || !isLetter(name[0]) {
		return false
	}
	for i := range len(name) {
		if !isLetter(name[i]) && !isDigit(name[i]) {
			return false
		}
	}
	var b strings.Builder
	for i := 0; i < len(val); i++ {
		if val[i] == '\\' && i+1 < len(val) {
			i += unescape(&b, val[i+1:])
		} else {
			b.WriteByte(val[i])
		}
	}
	in.set(variable{in.prog.global(name)}, outside(b.String()))
	return true
}

func (in *interp) convfmt() string { return in.convFmt.v.s }

func (in *interp) block(list []stmt) control {
	for _, s := range list {
		if c := in.exec(s); c != normal {
			return c
		}
	}
	return normal
}

func (in *interp) exec(s stmt) control {
	if in.stopped.Load() {
		panic(failure{errStopped})
	}
	switch s := s.(type) {
	case exprStmt:
		in.eval(s.x)
	case printStmt:
		in.execPrint(s)
	case blockStmt:
		return in.block(s.body)
	case ifStmt:
		if in.eval(s.test).truth() {
			return in.block(s.yes)
		}
		return in.block(s.no)
	case loopStmt:
		return in.loop(s)
	case forIn:
		arr := in.cell(s.array).array()
		for _, key := range arr.keys() {
			if _, ok := arr.elems[key]; !ok {
				continue
			}
			in.set(s.name, outside(key))
			if c, leave := afterBody(in.block(s.body)); leave {
				return c
			}
		}
	case deleteStmt:
		arr := in.cell(s.array).array()
		if s.index == nil {
			arr.clear()
		} else {
			delete(arr.elems, in.index(s.index))
		}
	case returnStmt:
		in.result = value{}
		if s.x != nil {
			in.result = in.eval(s.x)
		}
		return returning
	case exitStmt:
		if s.x != nil {
			in.code = int(in.eval(s.x).num()) & 0xff
		}
		in.exitInEnd = in.ending
		return exiting
	case jump:
		in.skip = s.to == nextRecord || s.to == nextFile
		return s.to
	}
	return normal
}

func (in *interp) loop(s loopStmt) control {
	if s.init != nil {
		in.exec(s.init)
	}
	for first := true; s.bodyFirst && first || s.test == nil || in.eval(s.test).truth(); first = false {
		if in.stopped.Load() {
			panic(failure{errStopped})
		}
		if c, leave := afterBody(in.block(s.body)); leave {
			return c
		}
		if s.post != nil {
			in.exec(s.post)
		}
	}
	return normal
}

// afterBody says whether a loop ends with the way in which its body ended.
func afterBody(c control) (control, bool) {
	switch c {
	case normal, continuing:
		return normal, false
	case breaking:
		return normal, true
	}
	return c, true
}

func (in *interp) execPrint(s printStmt) {
	var line string
	switch {
	case s.format:
		format := in.eval(s.args[0]).str(in.convfmt())
		args := make([]value, len(s.args)-1)
		for i, x := range s.args[1:] {
			args[i] = in.eval(x)
		}
		line = sprintf(in.convfmt(), format, args)
	case len(s.args) == 0:
		line = in.record() + in.ors.v.str(in.convfmt())
	default:
		parts := make([]string, len(s.args))
		for i, x := range s.args {
			parts[i] = in.eval(x).str(in.ofmt.v.s)
		}
		line = strings.Join(parts, in.ofs.v.str(in.convfmt())) + in.ors.v.str(in.convfmt())
	}
	in.print(in.output(s.op, s.dest), line)
}

// cell is the variable that x names.
func (in *interp) cell(x expr) *cell {
	switch x := x.(type) {
	case variable:
		return x.cell
	case local:
		return in.frame[x.at]
	}
	panic(failure{errNotVariable})
}

// index is the key of an array's element.
func (in *interp) index(list []expr) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = in.eval(x).str(in.convfmt())
	}
	return strings.Join(parts, in.subsep.v.str(in.convfmt()))
}

// set assigns a value.
func (in *interp) set(to expr, v value) {
	switch to := to.(type) {
	case variable, local:
		c := in.cell(to)
		if c.arr != nil {
			fail("attempt to use an array as a scalar")
		}
		c.v = v
		if c == in.nf {
			in.setNF(int(v.num()))
		}
	case subscript:
		in.cell(to.array).array().set(in.index(to.index), v)
	case field:
		in.setField(in.eval(to.index), v)
	default:
		panic(failure{errNotVariable})
	}
}
