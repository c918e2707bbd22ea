package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ddOptions are the operands of dd.
type ddOptions struct {
	in, out                string
	inSize, outSize        int64
	count, skip, seek      int64 // count -1: to the end
	countBytes, skipBytes  bool
	seekBytes, full, add   bool
	notrunc, sync, noerror bool
	nocreat, excl          bool
	change                 func([]byte) []byte
	status                 string
}

// dd copies a file in blocks.
func dd(ctx context.Context, c *Call) int {
	o, err := parseDD(c.Args[1:])
	if err != nil {
		return c.usage(1, "%v", err)
	}
	in, out, code := c.openDD(o)
	if code != 0 {
		return code
	}
	if in, ok := in.(io.Closer); ok && o.in != "" {
		defer in.Close()
	}
	d := &copier{Call: c, ddOptions: o, in: in, out: out, began: time.Now()}
	code = d.copy(ctx)
	if out, ok := out.(io.Closer); ok && o.out != "" {
		if err := out.Close(); err != nil && code == 0 {
			code = c.fail("closing output file '%s': %s", o.out, Reason(err))
		}
	}
	d.report()
	return code
}

func parseDD(args []string) (*ddOptions, error) {
	o := &ddOptions{inSize: 512, outSize: 512, count: -1}
	for _, arg := range args {
		key, val, ok := strings.Cut(arg, "=")
		if !ok {
			return nil, fmt.Errorf("unrecognized operand '%s'", arg)
		}
		var err error
		switch key {
		case "if":
			o.in = val
		case "of":
			o.out = val
		case "bs":
			o.inSize, err = ddNumber(val, 1)
			o.outSize = o.inSize
		case "ibs":
			o.inSize, err = ddNumber(val, 1)
		case "obs":
			o.outSize, err = ddNumber(val, 1)
		case "count":
			o.count, err = ddNumber(val, 0)
		case "skip", "iseek":
			o.skip, err = ddNumber(val, 0)
		case "seek", "oseek":
			o.seek, err = ddNumber(val, 0)
		case "status":
			o.status = val
			if !slices.Contains([]string{"none", "noxfer", "progress"}, val) {
				err = fmt.Errorf("invalid status level: '%s'", val)
			}
		case "conv", "iflag", "oflag":
			err = o.words(key, val)
		default:
			return nil, fmt.Errorf("unrecognized operand '%s'", arg)
		}
		if err != nil {
			return nil, err
		}
	}
	return o, nil
}

// words reads the list of conv, iflag or oflag.
func (o *ddOptions) words(key, list string) error {
	for word := range strings.SplitSeq(list, ",") {
		switch key + " " + word {
		case "conv notrunc":
			o.notrunc = true
		case "conv sync":
			o.sync = true
		case "conv noerror":
			o.noerror = true
		case "conv nocreat":
			o.nocreat = true
		case "conv excl":
			o.excl = true
		case "conv ucase":
			o.change = bytes.ToUpper
		case "conv lcase":
			o.change = bytes.ToLower
		case "conv swab":
			o.change = swapBytes
		case "iflag fullblock":
			o.full = true
		case "iflag count_bytes":
			o.countBytes = true
		case "iflag skip_bytes":
			o.skipBytes = true
		case "oflag seek_bytes":
			o.seekBytes = true
		case "oflag append":
			o.add = true
		case "conv fsync", "conv fdatasync", "oflag direct", "oflag sync", "oflag dsync", "iflag direct", "iflag sync", "iflag dsync",
			"iflag nonblock", "oflag nonblock", "iflag noatime":
			// How data get to a disk is the host's business.
		default:
			if key == "conv" {
				return fmt.Errorf("invalid conversion: '%s'", word)
			}
			return fmt.Errorf("invalid %s flag: '%s'", map[string]string{"iflag": "input", "oflag": "output"}[key], word)
		}
	}
	return nil
}

func swapBytes(p []byte) []byte {
	for i := 0; i+1 < len(p); i += 2 {
		p[i], p[i+1] = p[i+1], p[i]
	}
	return p
}

// ddNumber reads a number with the suffixes of dd, also a product as in 2x512.
func ddNumber(s string, least int64) (int64, error) {
	total := int64(1)
	for part := range strings.SplitSeq(s, "x") {
		digits := strings.TrimRight(part, "BDKMGTPEbckwm")
		n, err := strconv.ParseInt(digits, 10, 64)
		unit, ok := ddUnits[part[len(digits):]]
		if err != nil || !ok || n < 0 || n > math.MaxInt64/unit || n*unit > math.MaxInt64/max(total, 1) {
			return 0, fmt.Errorf("invalid number: '%s'", s)
		}
		total *= n * unit
	}
	if total < least {
		return 0, fmt.Errorf("invalid number: '%s'", s)
	}
	return total, nil
}

var ddUnits = map[string]int64{
	"": 1, "c": 1, "w": 2, "b": 512, "kB": 1000, "K": 1 << 10, "k": 1 << 10, "MB": 1000 * 1000, "M": 1 << 20, "m": 1 << 20,
	"GB": 1000 * 1000 * 1000, "G": 1 << 30, "T": 1 << 40,
}

// openDD opens the files and goes to where the copy begins.
func (c *Call) openDD(o *ddOptions) (in io.Reader, out io.Writer, code int) {
	in, out = c.FS.Stdin, c.FS.Stdout
	if in == nil {
		in = emptyReader{}
	}
	if o.in != "" {
		f, err := c.FS.Open(o.in)
		if err != nil {
			return nil, nil, c.fail("failed to open '%s': %s", o.in, Reason(err))
		}
		in = f
	}
	skip, seek := o.skip*o.inSize, o.seek*o.outSize
	if o.skipBytes {
		skip = o.skip
	}
	if o.seekBytes {
		seek = o.seek
	}
	if o.out != "" {
		flag := os.O_WRONLY | os.O_CREATE
		if o.nocreat {
			flag = os.O_WRONLY
		}
		if o.excl {
			flag |= os.O_EXCL
		}
		if !o.notrunc && seek == 0 && !o.add {
			flag |= os.O_TRUNC
		}
		if o.add {
			flag |= os.O_APPEND
		}
		f, err := c.FS.OpenFile(o.out, flag, 0o644)
		if err != nil {
			return nil, nil, c.fail("failed to open '%s': %s", o.out, Reason(err))
		}
		out = f
		if t, ok := f.(interface{ Truncate(int64) error }); ok && !o.notrunc && seek > 0 && !o.add {
			if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
				err = t.Truncate(seek)
				if err != nil {
					return nil, nil, c.fail("failed to truncate to %d bytes in output file '%s': %s", seek, o.out, Reason(err))
				}
			}
		}
	}
	if skip > 0 {
		if s, ok := in.(io.Seeker); !ok || !seekable(in) {
			io.CopyN(io.Discard, in, skip)
		} else if _, err := s.Seek(skip, io.SeekStart); err != nil {
			return nil, nil, c.fail("'%s': cannot skip: %s", o.in, Reason(err))
		}
	}
	if seek > 0 && !o.add {
		s, ok := out.(io.Seeker)
		if !ok {
			return nil, nil, c.fail("'standard output': cannot seek: Illegal seek")
		}
		if _, err := s.Seek(seek, io.SeekStart); err != nil {
			return nil, nil, c.fail("'%s': cannot seek: %s", o.out, Reason(err))
		}
	}
	return in, out, 0
}

func seekable(r io.Reader) bool {
	f, ok := r.(fs.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// copier is a copy that runs.
type copier struct {
	*Call
	*ddOptions
	in    io.Reader
	out   io.Writer
	began time.Time
	whole, part,
	wholeOut, partOut int64
	written int64
	pending []byte // read and not written, shorter than an output block
}

func (d *copier) copy(ctx context.Context) int {
	buf := make([]byte, d.inSize)
	limit := d.count
	code := 0
	for blocks := int64(0); ctx.Err() == nil; blocks++ {
		p := buf
		if d.countBytes && limit >= 0 {
			p = buf[:min(int64(len(buf)), limit)]
			limit -= int64(len(p))
		}
		if len(p) == 0 || !d.countBytes && d.count >= 0 && blocks == d.count {
			break
		}
		n, err := d.read(p)
		if err != nil && err != io.EOF {
			code = d.fail("error reading '%s': %s", d.inName(), Reason(err))
			if !d.noerror {
				break
			}
		}
		if n == 0 && (err == io.EOF || err == nil) {
			break
		}
		if int64(n) == d.inSize {
			d.whole++
		} else {
			d.part++
			if d.sync {
				zero(buf[n:])
				n = len(buf)
			}
		}
		if werr := d.write(buf[:n]); werr != nil {
			if errors.Is(werr, syscall.EPIPE) {
				return ExitPipe
			}
			return d.fail("error writing '%s': %s", d.outName(), Reason(werr))
		}
	}
	if len(d.pending) > 0 {
		if err := d.block(d.pending); err != nil {
			return d.fail("error writing '%s': %s", d.outName(), Reason(err))
		}
	}
	return code
}

func zero(p []byte) { copy(p, make([]byte, len(p))) }

func (d *copier) read(p []byte) (int, error) {
	if d.full {
		n, err := io.ReadFull(d.in, p)
		if err == io.ErrUnexpectedEOF {
			err = nil
		}
		return n, err
	}
	return d.in.Read(p)
}

// write gathers output blocks, unless both sizes are the same.
func (d *copier) write(p []byte) error {
	if d.change != nil {
		p = d.change(bytes.Clone(p))
	}
	if d.inSize == d.outSize {
		return d.block(p)
	}
	d.pending = append(d.pending, p...)
	for int64(len(d.pending)) >= d.outSize {
		if err := d.block(d.pending[:d.outSize]); err != nil {
			return err
		}
		d.pending = slices.Clone(d.pending[d.outSize:])
	}
	return nil
}

func (d *copier) block(p []byte) error {
	n, err := d.out.Write(p)
	d.written += int64(n)
	switch {
	case int64(n) == d.outSize:
		d.wholeOut++
	case n > 0:
		d.partOut++
	}
	return err
}

func (d *copier) inName() string  { return orStandard(d.ddOptions.in, "standard input") }
func (d *copier) outName() string { return orStandard(d.ddOptions.out, "standard output") }

func orStandard(name, standard string) string {
	if name == "" {
		return standard
	}
	return name
}

// report says what was copied, on standard error.
func (d *copier) report() {
	if d.status == "none" {
		return
	}
	fmt.Fprintf(d.FS.Stderr, "%d+%d records in\n%d+%d records out\n", d.whole, d.part, d.wholeOut, d.partOut)
	if d.status == "noxfer" {
		return
	}
	took := time.Since(d.began).Seconds()
	size := ""
	switch {
	case d.written >= 1024:
		size = fmt.Sprintf(" (%s, %s)", human(float64(d.written), 1000, "B"), human(float64(d.written), 1024, "iB"))
	case d.written >= 1000:
		size = fmt.Sprintf(" (%s)", human(float64(d.written), 1000, "B"))
	}
	unit := "bytes"
	if d.written == 1 {
		unit = "byte"
	}
	fmt.Fprintf(d.FS.Stderr, "%d %s%s copied, %.6g s, %s/s\n", d.written, unit, size, took, human(float64(d.written)/took, 1000, "B"))
}

// human is a size with a unit of 1000 or 1024.
func human(n, base float64, unit string) string {
	i := 0
	for n >= base && i < 5 {
		n /= base
		i++
	}
	prefix := " kMGTP"
	if base == 1024 {
		prefix = " KMGTP"
	}
	if i == 0 {
		return fmt.Sprintf("%.0f B", n)
	}
	if n < 10 {
		return fmt.Sprintf("%.1f %c%s", n, prefix[i], unit)
	}
	return fmt.Sprintf("%.0f %c%s", n, prefix[i], unit)
}
