package commands

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// date prints the time. The container's clock is in UTC unless TZ says
// otherwise, as in images without a time zone database.
func date(_ context.Context, c *Call) int {
	iso := c.takeISO()
	f, code := c.parse("ud:r:R", map[string]byte{
		"utc": 'u', "universal": 'u', "date": 'd', "reference": 'r', "rfc-email": 'R',
	})
	if code != 0 {
		return code
	}
	now := time.Now().In(zone(c.getenv("TZ")))
	if f.has('u') {
		now = now.UTC()
	}
	if ref := f.value('r', ""); ref != "" {
		if n, err := strconv.ParseInt(ref, 10, 64); err == nil {
			now = time.Unix(n, 0).In(now.Location())
		} else {
			info, err := c.FS.Stat(ref)
			if err != nil {
				return c.fail("%s: %s", ref, Reason(err))
			}
			now = info.ModTime().In(now.Location())
		}
	}
	if f.has('d') {
		t, ok := parseDate(f.value('d', ""), now)
		if !ok {
			return c.fail("invalid date '%s'", f.value('d', ""))
		}
		now = t.In(now.Location())
	}
	format := "%a %b %e %H:%M:%S %Z %Y"
	switch {
	case f.has('R'):
		format = "%a, %d %b %Y %H:%M:%S %z"
	case iso != "":
		format = iso
	}
	switch {
	case len(f.args) > 1:
		return c.usage(1, "extra operand '%s'", f.args[1])
	case len(f.args) == 1 && !strings.HasPrefix(f.args[0], "+"):
		return c.fail("cannot set date: Operation not permitted")
	case len(f.args) == 1:
		format = f.args[0][1:]
	}
	return c.printf("%s\n", Strftime(format, now))
}

// isoFormats are the formats of -I and --rfc-3339, whose argument, unlike that
// of other options, can be left out or must follow immediately.
var isoFormats = map[string]string{
	"-I":                 "%F",
	"-Idate":             "%F",
	"-Ihours":            "%FT%H%:z",
	"-Iminutes":          "%FT%R%:z",
	"-Iseconds":          "%FT%T%:z",
	"-Ins":               "%FT%T,%N%:z",
	"--rfc-3339=date":    "%F",
	"--rfc-3339=seconds": "%F %T%:z",
	"--rfc-3339=ns":      "%F %T.%N%:z",
}

// takeISO takes the last of those options out of the arguments and returns its
// format, or nothing.
func (c *Call) takeISO() (format string) {
	rest := c.Args[:1:1]
	for _, arg := range c.Args[1:] {
		short := arg
		if spec, ok := strings.CutPrefix(arg, "--iso-8601"); ok {
			short = "-I" + strings.TrimPrefix(spec, "=")
		}
		if known, ok := isoFormats[short]; ok {
			format = known
			continue
		}
		rest = append(rest, arg)
	}
	c.Args = rest
	return format
}

// zone reads a POSIX TZ such as "KST-9"; anything else is UTC.
func zone(tz string) *time.Location {
	i := strings.IndexAny(tz, "+-0123456789")
	if i < 3 {
		return time.UTC
	}
	name, off := tz[:i], tz[i:]
	sign := -1 // POSIX counts west of Greenwich
	if off[0] == '-' {
		sign = 1
	}
	hours, minutes, _ := strings.Cut(strings.TrimLeft(off, "+-"), ":")
	h, err := strconv.Atoi(hours)
	if err != nil || h > 24 {
		return time.UTC
	}
	m, _ := strconv.Atoi(minutes)
	return time.FixedZone(name, sign*(h*3600+m*60))
}
