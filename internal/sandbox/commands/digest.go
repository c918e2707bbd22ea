package commands

import (
	"bufio"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"strings"
)

func md5sum(_ context.Context, c *Call) int    { return c.digest(md5.New) }
func sha1sum(_ context.Context, c *Call) int   { return c.digest(sha1.New) }
func sha224sum(_ context.Context, c *Call) int { return c.digest(sha256.New224) }
func sha256sum(_ context.Context, c *Call) int { return c.digest(sha256.New) }
func sha384sum(_ context.Context, c *Call) int { return c.digest(sha512.New384) }
func sha512sum(_ context.Context, c *Call) int { return c.digest(sha512.New) }

// cksum prints the checksum of POSIX and the length of files.
func cksum(_ context.Context, c *Call) int {
	f, code := c.parse("", nil)
	if code != 0 {
		return code
	}
	return c.inputs(f.args, func(name string, r io.Reader) int {
		data, err := io.ReadAll(r)
		if err != nil {
			return c.fail("%s: %s", name, Reason(err))
		}
		sum := uint32(0)
		add := func(b byte) {
			sum ^= uint32(b) << 24
			for range 8 {
				if sum&(1<<31) != 0 {
					sum = sum<<1 ^ 0x04c11db7
				} else {
					sum <<= 1
				}
			}
		}
		for _, b := range data {
			add(b)
		}
		for n := len(data); n > 0; n >>= 8 {
			add(byte(n))
		}
		if len(f.args) == 0 {
			return c.printf("%d %d\n", ^sum, len(data))
		}
		return c.printf("%d %d %s\n", ^sum, len(data), name)
	})
}

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
