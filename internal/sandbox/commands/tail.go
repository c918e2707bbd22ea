package commands

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"slices"
	"time"
)

// readLast reads r to its end and returns its last num.n lines or bytes. It
// holds little more than those.
func readLast(r io.Reader, num count) ([]byte, error) {
	const slack = 64 << 10
	var data []byte
	kept := 0
	for {
		if len(data) > 2*kept+slack {
			data = slices.Clone(lastOf(data, num))
			kept = len(data)
		}
		data = slices.Grow(data, slack/2)
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			return lastOf(data, num), nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// lastOf is the last num.n lines or bytes of data.
func lastOf(data []byte, num count) []byte {
	if num.bytes {
		return data[max(0, int64(len(data))-num.n):]
	}
	if num.n == 0 {
		return nil
	}
	end := len(data)
	if end > 0 && data[end-1] == '\n' {
		end--
	}
	for left := num.n; left > 0; left-- {
		i := bytes.LastIndexByte(data[:end], '\n')
		if i < 0 {
			return data
		}
		end = i
	}
	return data[end+1:]
}

// fromOn is data from line or byte num.n on, counted from 1.
func fromOn(data []byte, num count) []byte {
	if num.bytes {
		return data[min(int64(len(data)), max(0, num.n-1)):]
	}
	for left := num.n - 1; left > 0 && len(data) > 0; left-- {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			return nil
		}
		data = data[i+1:]
	}
	return data
}

// followInterval is how often tail -f looks for more, as the real one does
// where it cannot be told.
const followInterval = 200 * time.Millisecond

func tail(ctx context.Context, c *Call) int {
	f, num, code := c.parseCount("n:c:qvfFs:", map[string]byte{
		"lines": 'n', "bytes": 'c', "quiet": 'q', "verbose": 'v', "follow": 'f', "sleep-interval": 's',
	})
	if code != 0 {
		return code
	}
	follow := f.has('f') || f.has('F')
	var files []followed
	headers := len(f.args) > 1 && !f.has('q') || f.has('v')
	first := true
	code = 0
	names := f.args
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		r, err := c.input(name)
		if err != nil {
			code = c.fail("cannot open '%s' for reading: %s", name, Reason(err))
			continue
		}
		defer r.Close()
		if headers {
			c.header(name, first)
			first = false
		}
		if follow && endless(r) {
			// A device such as /dev/null has no end to wait for.
			files = append(files, followed{name, r})
			continue
		}
		var data []byte
		if num.sign == '+' {
			if data, err = io.ReadAll(r); err == nil {
				data = fromOn(data, num)
			}
		} else {
			data, err = readLast(r, num)
		}
		if err != nil {
			code = c.fail("error reading '%s': %s", name, Reason(err))
			continue
		}
		if n := c.write(data); n != 0 {
			return n
		}
		if name != "-" {
			files = append(files, followed{name, r})
		}
	}
	if !follow || len(files) == 0 {
		return code
	}
	return c.follow(ctx, files, headers)
}

type followed struct {
	name string
	io.Reader
}

// endless reports whether a file is a device.
func endless(r io.Reader) bool {
	f, ok := r.(fs.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&fs.ModeDevice != 0 && info.Mode()&fs.ModeCharDevice != 0
}

// follow prints what is appended to files, until the context ends.
func (c *Call) follow(ctx context.Context, files []followed, headers bool) int {
	tick := time.NewTicker(followInterval)
	defer tick.Stop()
	last := files[len(files)-1].name
	buf := make([]byte, 32<<10)
	for {
		for _, f := range files {
			for {
				n, err := f.Read(buf)
				if n > 0 {
					if headers && f.name != last {
						c.header(f.name, false)
						last = f.name
					}
					if code := c.write(buf[:n]); code != 0 {
						return code
					}
				}
				if err != nil || n == 0 {
					break
				}
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 1
		}
	}
}
