package awk

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
)

// outStream is where print prints to.
type outStream struct {
	w    io.Writer
	end  func() int // closes it and waits for its command
	fail error
}

func (in *interp) print(out *outStream, s string) {
	if _, err := io.WriteString(out.w, s); err != nil {
		if out == in.stdout {
			panic(failure{outputError{err}})
		}
		out.fail = err
	}
}

// outputError is an error of the program's standard output.
type outputError struct{ error }

func (e outputError) Unwrap() error { return e.error }

// output finds or opens the destination of a print statement.
func (in *interp) output(op string, dest expr) *outStream {
	if op == "" {
		return in.stdout
	}
	name := in.eval(dest).str(in.convfmt())
	if out := in.outputs[name]; out != nil {
		return out
	}
	if op != "|" && (name == "-" || name == "/dev/stdout") {
		return in.stdout
	}
	out := &outStream{}
	if op == "|" {
		r, w, err := os.Pipe()
		if err != nil {
			fail("pipe to %q: %v", name, err)
		}
		done := make(chan int, 1)
		go func() {
			defer r.Close()
			done <- in.cfg.Command(in.ctx, name, r, nil)
		}()
		out.w = w
		out.end = func() int {
			w.Close()
			return <-done
		}
	} else {
		f, err := in.cfg.Create(name, op == ">>")
		if err != nil {
			fail("cannot open %q for output: %w", name, err)
		}
		out.w = f
		out.end = func() int { return failed(f.Close()) }
	}
	in.outputs[name] = out
	return out
}

func failed(err error) int {
	if err != nil {
		return -1
	}
	return 0
}

// inStream is what getline reads from.
type inStream struct {
	reader
	end func() int
}

// getline reads a record, and returns 1, 0 at the end, or -1 after an error.
func (in *interp) getline(x getline) value {
	var record string
	var ok bool
	switch {
	case x.command == nil && x.file == nil:
		if record, ok = in.nextRecord(); !ok {
			return num(0)
		}
	default:
		from, err := in.source(x)
		if err != nil {
			return num(-1)
		}
		if record, ok, err = from.record(in, in.rs.v.s); err != nil {
			return num(-1)
		}
		if !ok {
			return num(0)
		}
		if x.command != nil {
			in.nr.v = num(in.nr.v.num() + 1)
		}
	}
	if x.to == nil {
		in.setRecord(record)
	} else {
		in.set(x.to, outside(record))
	}
	return num(1)
}

// source finds or opens what a getline reads from.
func (in *interp) source(x getline) (*inStream, error) {
	source := x.file
	if x.command != nil {
		source = x.command
	}
	name := in.eval(source).str(in.convfmt())
	if s := in.readers[name]; s != nil {
		return s, nil
	}
	s := &inStream{}
	if x.command != nil {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		done := make(chan int, 1)
		go func() {
			defer w.Close()
			done <- in.cfg.Command(in.ctx, name, nil, w)
		}()
		s.reader = newReader(r)
		s.end = func() int {
			r.Close()
			return <-done
		}
	} else {
		f, err := in.open(name)
		if err != nil {
			return nil, err
		}
		s.reader = newReader(f)
		s.end = func() int { return failed(f.Close()) }
	}
	in.readers[name] = s
	return s, nil
}

func (in *interp) open(name string) (io.ReadCloser, error) {
	if name == "-" || name == "/dev/stdin" {
		return io.NopCloser(in.cfg.Stdin), nil
	}
	return in.cfg.Open(name)
}

// close closes what has this name and returns its exit code, -1 if there is none.
func (in *interp) close(name string) int {
	code := -1
	if out := in.outputs[name]; out != nil {
		delete(in.outputs, name)
		code = out.end()
	}
	if r := in.readers[name]; r != nil {
		delete(in.readers, name)
		code = r.end()
	}
	return code
}

// closeAll closes everything and waits for the commands.
func (in *interp) closeAll() error {
	var errs []error
	for name, out := range in.outputs {
		if out.fail != nil {
			errs = append(errs, out.fail)
		}
		in.close(name)
	}
	for name := range in.readers {
		in.close(name)
	}
	if in.main != nil {
		in.main.Close()
	}
	return errors.Join(errs...)
}

// input is the main input: the files that ARGV names, one after the other.
type input struct {
	main    io.Closer
	current reader
	opened  bool
	arg     int  // of the file that is read
	any     bool // ARGV named a file
}

// nextRecord reads a record of the main input.
func (in *interp) nextRecord() (string, bool) {
	for {
		if !in.opened && !in.nextInput() {
			return "", false
		}
		s, ok, err := in.current.record(in, in.rs.v.s)
		if err != nil {
			fail("read %q: %w", in.filename.v.s, err)
		}
		if ok {
			in.nr.v, in.fnr.v = num(in.nr.v.num()+1), num(in.fnr.v.num()+1)
			return s, true
		}
		in.skipFile()
	}
}

func (in *interp) skipFile() {
	if in.opened {
		in.main.Close()
		in.opened = false
	}
}

// nextInput opens the next file.
func (in *interp) nextInput() bool {
	for {
		in.arg++
		if float64(in.arg) >= in.argc.v.num() {
			if in.any {
				return false
			}
			in.any = true
			in.use("", io.NopCloser(in.cfg.Stdin))
			return true
		}
		e := in.argv.array().elems[strconv.Itoa(in.arg)]
		if e == nil {
			continue
		}
		name := e.v.str(in.convfmt())
		if name == "" || in.assignArg(name) {
			continue
		}
		in.any = true
		f, err := in.open(name)
		if err != nil {
			fail("cannot open %q: %w", name, err)
		}
		in.use(name, f)
		return true
	}
}

func (in *interp) use(name string, f io.ReadCloser) {
	in.main, in.current, in.opened = f, newReader(f), true
	in.filename.v, in.fnr.v = str(name), num(0)
}

// reader cuts a stream into records.
type reader struct{ *bufio.Reader }

func newReader(r io.Reader) reader { return reader{bufio.NewReader(r)} }

// record reads a record that rs ends; ok is false at the end of the stream.
func (r *reader) record(in *interp, rs string) (s string, ok bool, err error) {
	switch {
	case rs == "":
		return r.paragraph()
	case len(rs) > 1:
		return r.byRegexp(in, rs)
	}
	s, err = r.ReadString(rs[0])
	if err == io.EOF {
		return s, s != "", nil
	}
	return strings.TrimSuffix(s, rs), err == nil, err
}

// paragraph reads lines up to one or more empty ones.
func (r *reader) paragraph() (string, bool, error) {
	var lines []string
	for {
		line, err := r.ReadString('\n')
		if err != nil && err != io.EOF {
			return "", false, err
		}
		if body := strings.TrimSuffix(line, "\n"); body != "" {
			lines = append(lines, body)
		} else if len(lines) > 0 {
			return strings.Join(lines, "\n"), true, nil
		}
		if err == io.EOF {
			return strings.Join(lines, "\n"), len(lines) > 0, nil
		}
	}
}

// byRegexp reads a record that an expression ends. The stream is read to its
// end first: what matches can depend on it.
func (r *reader) byRegexp(in *interp, rs string) (string, bool, error) {
	data, err := io.ReadAll(r.Reader)
	if err != nil || len(data) == 0 {
		return "", false, err
	}
	rest := string(data)
	record := strings.TrimSuffix(rest, "\n")
	if at := in.compiled(rs).FindStringIndex(rest); at != nil && at[1] > at[0] {
		record, rest = rest[:at[0]], rest[at[1]:]
	} else {
		rest = ""
	}
	r.Reader = bufio.NewReader(strings.NewReader(rest))
	return record, true, nil
}
