package commands

import (
	"bufio"
	"io"
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
