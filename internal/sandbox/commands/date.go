package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// date prints the time. The container's clock is in UTC unless TZ says
// otherwise, as in images without a time zone database.
func date(_ context.Context, c *Call) int {
	f, code := c.parse("ud:r:RI", map[string]byte{
		"utc": 'u', "universal": 'u', "date": 'd', "reference": 'r', "rfc-email": 'R', "iso-8601": 'I',
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
	case f.has('I'):
		format = "%Y-%m-%d"
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

// parseDate reads a date as date -d does: @SECONDS, common absolute forms, and
// relative ones such as "yesterday" or "2 hours ago".
func parseDate(s string, now time.Time) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "@"); ok {
		sec, err := strconv.ParseFloat(rest, 64)
		if err != nil {
			return time.Time{}, false
		}
		whole := int64(sec)
		return time.Unix(whole, int64((sec-float64(whole))*1e9)), true
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
		"20060102", time.RFC1123Z, time.RFC1123, time.UnixDate, "Jan 2 2006", "2 Jan 2006", "2006/01/02", "01/02/2006",
	} {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil {
			return t, true
		}
	}
	t := now
	words := strings.Fields(strings.ToLower(s))
	if len(words) == 0 {
		return midnight(now), true
	}
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "now", "today":
			continue
		case "yesterday":
			t = t.AddDate(0, 0, -1)
			continue
		case "tomorrow":
			t = t.AddDate(0, 0, 1)
			continue
		case "ago":
			return time.Time{}, false // its amount was not understood
		}
		word := words[i]
		n := 1
		switch word {
		case "last":
			n = -1
		case "next":
		default:
			end := strings.TrimLeft(word, "+-0123456789")
			var err error
			if n, err = strconv.Atoi(word[:len(word)-len(end)]); err != nil {
				return time.Time{}, false
			}
			if end != "" {
				words[i] = end
				i--
			}
		}
		if i++; i == len(words) {
			return time.Time{}, false
		}
		unit := strings.TrimSuffix(words[i], "s")
		if i+1 < len(words) && words[i+1] == "ago" {
			n = -n
			i++
		}
		switch unit {
		case "sec", "second":
			t = t.Add(time.Duration(n) * time.Second)
		case "min", "minute":
			t = t.Add(time.Duration(n) * time.Minute)
		case "hour":
			t = t.Add(time.Duration(n) * time.Hour)
		case "day":
			t = t.AddDate(0, 0, n)
		case "week":
			t = t.AddDate(0, 0, 7*n)
		case "month":
			t = t.AddDate(0, n, 0)
		case "year":
			t = t.AddDate(n, 0, 0)
		default:
			return time.Time{}, false
		}
	}
	return t, true
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// Strftime formats a time as strftime(3) in the C locale, with GNU date's %N
// and %s and the flags - and _.
func Strftime(format string, t time.Time) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		flag, width := byte(0), 0
		if strings.IndexByte("-_0^#", format[i]) >= 0 && i+1 < len(format) {
			flag = format[i]
			i++
		}
		for i+1 < len(format) && format[i] >= '0' && format[i] <= '9' {
			width = width*10 + int(format[i]-'0')
			i++
		}
		for format[i] == ':' && i+1 < len(format) {
			i++
		}
		b.WriteString(strftime(format[i], flag, width, t))
	}
	return b.String()
}

// strftime formats one conversion.
func strftime(verb, flag byte, width int, t time.Time) string {
	number := func(n, digits int, pad byte) string {
		switch flag {
		case '-':
			return strconv.Itoa(n)
		case '_':
			pad = ' '
		case '0':
			pad = '0'
		}
		s := strconv.Itoa(n)
		for len(s) < max(digits, width) {
			s = string(pad) + s
		}
		return s
	}
	text := func(s string) string {
		if flag == '^' || flag == '#' {
			return strings.ToUpper(s)
		}
		return s
	}
	hour12 := (t.Hour()+11)%12 + 1
	switch verb {
	case '%':
		return "%"
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'a':
		return text(t.Format("Mon"))
	case 'A':
		return text(t.Format("Monday"))
	case 'b', 'h':
		return text(t.Format("Jan"))
	case 'B':
		return text(t.Format("January"))
	case 'c':
		return t.Format("Mon Jan _2 15:04:05 2006")
	case 'C':
		return number(t.Year()/100, 2, '0')
	case 'd':
		return number(t.Day(), 2, '0')
	case 'D', 'x':
		return t.Format("01/02/06")
	case 'e':
		return number(t.Day(), 2, ' ')
	case 'F':
		return t.Format("2006-01-02")
	case 'g', 'G', 'V':
		year, week := t.ISOWeek()
		switch verb {
		case 'g':
			return number(year%100, 2, '0')
		case 'G':
			return number(year, 4, '0')
		}
		return number(week, 2, '0')
	case 'H':
		return number(t.Hour(), 2, '0')
	case 'I':
		return number(hour12, 2, '0')
	case 'j':
		return number(t.YearDay(), 3, '0')
	case 'k':
		return number(t.Hour(), 2, ' ')
	case 'l':
		return number(hour12, 2, ' ')
	case 'm':
		return number(int(t.Month()), 2, '0')
	case 'M':
		return number(t.Minute(), 2, '0')
	case 'N':
		if width == 0 || width > 9 {
			width = 9
		}
		return fmt.Sprintf("%09d", t.Nanosecond())[:width]
	case 'p':
		return t.Format("PM")
	case 'P':
		return t.Format("pm")
	case 'r':
		return t.Format("03:04:05 PM")
	case 'R':
		return t.Format("15:04")
	case 's':
		return strconv.FormatInt(t.Unix(), 10)
	case 'S':
		return number(t.Second(), 2, '0')
	case 'T', 'X':
		return t.Format("15:04:05")
	case 'u':
		return number((int(t.Weekday())+6)%7+1, 1, '0')
	case 'U':
		return number((t.YearDay()+6-int(t.Weekday()))/7, 2, '0')
	case 'w':
		return number(int(t.Weekday()), 1, '0')
	case 'W':
		return number((t.YearDay()+6-(int(t.Weekday())+6)%7)/7, 2, '0')
	case 'y':
		return number(t.Year()%100, 2, '0')
	case 'Y':
		return number(t.Year(), 1, '0')
	case 'z':
		return t.Format("-0700")
	case 'Z':
		name, _ := t.Zone()
		return name
	}
	return "%" + string(verb)
}
