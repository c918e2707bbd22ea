package commands

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

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
		if format[i] == ':' && i+1 < len(format) && format[i+1] == 'z' {
			i++
			b.WriteString(t.Format("-07:00"))
			continue
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
	case 'q':
		return number((int(t.Month())+2)/3, 1, '0')
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
		if flag == '#' {
			return strings.ToLower(name)
		}
		return text(name)
	}
	return "%" + string(verb)
}
