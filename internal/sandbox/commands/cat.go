package commands

import (
	"context"
	"io"
)

// input opens an operand for reading; "-" is standard input.
func (c *Call) input(name string) (io.ReadCloser, error) {
	if name == "-" {
		if c.FS.Stdin == nil {
			return io.NopCloser(emptyReader{}), nil
		}
		return io.NopCloser(c.FS.Stdin), nil
	}
	return c.FS.Open(name)
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, io.EOF }

// inputs calls fn for each operand, or for standard input if there is none.
// It goes on after an operand that cannot be opened, with exit code 1.
func (c *Call) inputs(names []string, fn func(name string, r io.Reader) int) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	code := 0
	for _, name := range names {
		r, err := c.input(name)
		if err != nil {
			code = c.fail("%s: %s", name, Reason(err))
			continue
		}
		n := fn(name, r)
		r.Close()
		if n == ExitPipe {
			return n
		}
		code = max(code, n)
	}
	return code
}

// cat copies files to standard output.
func cat(ctx context.Context, c *Call) int {
	f, code := c.parse("nu", nil)
	if code != 0 {
		return code
	}
	line := 0
	buf := make([]byte, 32<<10)
	return c.inputs(f.args, func(name string, r io.Reader) int {
		if f.has('n') {
			return c.lines(name, r, func(s string) int {
				line++
				return c.printf("%6d\t%s", line, s)
			})
		}
		for ctx.Err() == nil {
			n, err := r.Read(buf)
			if n > 0 {
				if code := c.write(buf[:n]); code != 0 {
					return code
				}
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return c.fail("%s: %s", name, Reason(err))
			}
		}
		return 0
	})
}
