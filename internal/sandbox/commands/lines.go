package commands

import (
	"bufio"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
)

// lines calls fn with each line of r, which ends in a newline unless it is an
// unfinished last one. A code other than 0 from fn ends the loop.
func (c *Call) lines(name string, r io.Reader, fn func(line string) int) int {
	br := bufio.NewReader(r)
	for {
		line, err := br.ReadString('\n')
		if line != "" {
			if code := fn(line); code != 0 {
				return code
			}
		}
		if err == io.EOF {
			return 0
		}
		if err != nil {
			return c.fail("%s: %s", name, Reason(err))
		}
	}
}

// readLines reads all lines of r, without their newlines.
func (c *Call) readLines(name string, r io.Reader) (lines []string, code int) {
	code = c.lines(name, r, func(line string) int {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
		return 0
	})
	return lines, code
}

// tac prints lines in reverse order.
func tac(_ context.Context, c *Call) int {
	f, code := c.parse("", nil)
	if code != 0 {
		return code
	}
	return c.inputs(f.args, func(name string, r io.Reader) int {
		var lines []string
		code := c.lines(name, r, func(line string) int {
			lines = append(lines, line)
			return 0
		})
		for _, line := range slices.Backward(lines) {
			if code := c.write([]byte(line)); code != 0 {
				return code
			}
		}
		return code
	})
}

// rev prints each line backwards.
func rev(_ context.Context, c *Call) int {
	f, code := c.parse("", nil)
	if code != 0 {
		return code
	}
	return c.inputs(f.args, func(name string, r io.Reader) int {
		return c.lines(name, r, func(line string) int {
			body, newline := strings.CutSuffix(line, "\n")
			runes := []rune(body)
			slices.Reverse(runes)
			if newline {
				runes = append(runes, '\n')
			}
			return c.write([]byte(string(runes)))
		})
	})
}

// uniq prints one of each run of equal lines.
func uniq(_ context.Context, c *Call) int {
	f, code := c.parse("cdui", map[string]byte{"count": 'c', "repeated": 'd', "unique": 'u', "ignore-case": 'i'})
	if code != 0 {
		return code
	}
	if len(f.args) > 2 {
		return c.usage(1, "extra operand '%s'", f.args[2])
	}
	if len(f.args) == 2 {
		return c.fail("writing to a file is not supported")
	}
	key := func(s string) string {
		if f.has('i') {
			return strings.ToLower(s)
		}
		return s
	}
	return c.inputs(f.args, func(name string, r io.Reader) int {
		var prev string
		n := 0
		flush := func() int {
			if n == 0 || f.has('d') && n == 1 || f.has('u') && n > 1 {
				return 0
			}
			if f.has('c') {
				return c.printf("%7d %s\n", n, prev)
			}
			return c.printf("%s\n", prev)
		}
		code := c.lines(name, r, func(line string) int {
			line = strings.TrimSuffix(line, "\n")
			if n > 0 && key(line) == key(prev) {
				n++
				return 0
			}
			code := flush()
			prev, n = line, 1
			return code
		})
		if code != 0 {
			return code
		}
		return flush()
	})
}

// tee copies standard input to standard output and to files.
func tee(ctx context.Context, c *Call) int {
	f, code := c.parse("ai", map[string]byte{"append": 'a', "ignore-interrupts": 'i'})
	if code != 0 {
		return code
	}
	outs := []io.Writer{c.FS.Stdout}
	for _, name := range f.args {
		file, err := c.create(name, f.has('a'))
		if err != nil {
			code = c.fail("%s: %s", name, Reason(err))
			continue
		}
		defer file.Close()
		outs = append(outs, file)
	}
	buf := make([]byte, 32<<10)
	for ctx.Err() == nil && c.FS.Stdin != nil {
		n, err := c.FS.Stdin.Read(buf)
		for _, w := range outs {
			if _, werr := w.Write(buf[:n]); werr != nil {
				return c.writeError(werr)
			}
		}
		if err != nil {
			break
		}
	}
	return code
}

// seq prints numbers.
func seq(ctx context.Context, c *Call) int {
	args := c.Args[1:]
	sep, format := "\n", ""
	wide := false
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 && !strings.ContainsAny(args[0][1:2], "0123456789.") {
		switch {
		case args[0] == "-w":
			wide = true
		case args[0] == "-s" && len(args) > 1:
			sep, args = args[1], args[1:]
		case args[0] == "-f" && len(args) > 1:
			format, args = args[1], args[1:]
		case strings.HasPrefix(args[0], "-s"):
			sep = args[0][2:]
		case args[0] == "--":
		default:
			return c.badOption(args[0])
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return c.usage(1, "missing operand")
	}
	if len(args) > 3 {
		return c.usage(1, "extra operand '%s'", args[3])
	}
	nums := make([]float64, len(args))
	digits := 0
	for i, arg := range args {
		n, err := strconv.ParseFloat(arg, 64)
		if err != nil {
			return c.usage(1, "invalid floating point argument: '%s'", arg)
		}
		nums[i] = n
		if _, frac, ok := strings.Cut(arg, "."); ok && (i < 2 || len(args) < 3) && (len(args) < 2 || i < len(args)-1) {
			digits = max(digits, len(frac))
		}
	}
	first, step, last := 1.0, 1.0, nums[len(nums)-1]
	if len(nums) > 1 {
		first = nums[0]
	}
	if len(nums) > 2 {
		if step = nums[1]; step == 0 {
			return c.usage(1, "invalid Zero increment value: '%s'", args[1])
		}
	}
	text := func(n float64) string { return strconv.FormatFloat(n, 'f', digits, 64) }
	if format != "" {
		text = func(n float64) string {
			s, _ := Format(format, []string{strconv.FormatFloat(n, 'f', -1, 64)})
			return s
		}
	}
	width := 0
	if wide {
		width = max(len(text(first)), len(text(last)))
	}
	any := false
	for i := 0; ctx.Err() == nil; i++ {
		n := first + float64(i)*step
		if step > 0 && n > last+1e-9 || step < 0 && n < last-1e-9 {
			break
		}
		s := text(n)
		if pad := width - len(s); pad > 0 {
			sign := ""
			if strings.HasPrefix(s, "-") {
				sign, s = "-", s[1:]
			}
			s = sign + strings.Repeat("0", pad) + s
		}
		if any && sep != "\n" {
			s = sep + s
		} else if sep == "\n" {
			s += "\n"
		}
		any = true
		if code := c.write([]byte(s)); code != 0 {
			return code
		}
	}
	if any && sep != "\n" {
		return c.write([]byte("\n"))
	}
	return 0
}
