package commands

import (
	"bufio"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"strings"
)

func md5sum(_ context.Context, c *Call) int    { return c.digest(md5.New) }
func sha1sum(_ context.Context, c *Call) int   { return c.digest(sha1.New) }
func sha256sum(_ context.Context, c *Call) int { return c.digest(sha256.New) }

// digest prints or, with -c, checks digests of files.
func (c *Call) digest(make func() hash.Hash) int {
	f, code := c.parse("bctw", map[string]byte{"binary": 'b', "check": 'c', "text": 't', "status": 's', "quiet": 'q', "warn": 'w'})
	if code != 0 {
		return code
	}
	sum := func(r io.Reader) (string, error) {
		h := make()
		_, err := io.Copy(h, r)
		return hex.EncodeToString(h.Sum(nil)), err
	}
	if !f.has('c') {
		return c.inputs(f.args, func(name string, r io.Reader) int {
			s, err := sum(r)
			if err != nil {
				return c.fail("%s: %s", name, Reason(err))
			}
			return c.printf("%s  %s\n", s, name)
		})
	}
	bad := 0
	code = c.inputs(f.args, func(list string, r io.Reader) int {
		return c.lines(list, r, func(line string) int {
			want, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
			if !ok {
				return 0
			}
			got := ""
			file, err := c.FS.Open(name)
			if err == nil {
				got, err = sum(file)
				file.Close()
			}
			switch {
			case err != nil:
				c.fail("%s: %s", name, Reason(err))
				c.printf("%s: FAILED open or read\n", name)
				bad++
			case got != want:
				c.printf("%s: FAILED\n", name)
				bad++
			case !f.has('q') && !f.has('s'):
				c.printf("%s: OK\n", name)
			}
			return 0
		})
	})
	if bad > 0 {
		return c.fail("WARNING: %d computed checksum did NOT match", bad)
	}
	return code
}

// base64 encodes, or decodes with -d.
func base64Command(_ context.Context, c *Call) int {
	f, code := c.parse("diw:D", map[string]byte{"decode": 'd', "ignore-garbage": 'i', "wrap": 'w'})
	if code != 0 {
		return code
	}
	wrap := 76
	if w := f.value('w', ""); w != "" {
		var ok bool
		if wrap, ok = atLeast(w); !ok {
			return c.fail("invalid wrap size: '%s'", w)
		}
	}
	return c.inputs(f.args, func(name string, r io.Reader) int {
		if f.has('d') || f.has('D') {
			if _, err := io.Copy(c.FS.Stdout, base64.NewDecoder(base64.StdEncoding, bufio.NewReader(r))); err != nil {
				return c.fail("invalid input")
			}
			return 0
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return c.fail("%s: %s", name, Reason(err))
		}
		text := base64.StdEncoding.EncodeToString(data)
		if wrap == 0 {
			return c.write([]byte(text))
		}
		for len(text) > 0 {
			n := min(wrap, len(text))
			if code := c.write([]byte(text[:n] + "\n")); code != 0 {
				return code
			}
			text = text[n:]
		}
		return 0
	})
}
