package commands

import (
	"strconv"
	"strings"
	"time"
)

// parseDate reads a date as date -d does: @SECONDS, common absolute forms, and
// relative ones such as "yesterday" or "2 hours ago".
func parseDate(s string, now time.Time) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "@"); ok {
		return parseSeconds(rest)
	}
	words := strings.Fields(s)
	if len(words) == 0 {
		return midnight(now), true
	}
	for n := len(words); n > 0; n-- {
		if t, ok := absolute(strings.Join(words[:n], " "), now.Location()); ok {
			return relative(t, words[n:])
		}
	}
	return relative(now, words)
}

// parseSeconds reads seconds since 1970, with up to nine decimals.
func parseSeconds(s string) (time.Time, bool) {
	whole, frac, _ := strings.Cut(s, ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	var nsec uint64
	if frac != "" {
		if nsec, err = strconv.ParseUint((frac + "00000000")[:9], 10, 64); err != nil {
			return time.Time{}, false
		}
	}
	t := time.Unix(sec, int64(nsec))
	if strings.HasPrefix(s, "-") {
		t = time.Unix(sec, -int64(nsec))
	}
	return t, true
}

// absolute reads the forms of a point in time.
func absolute(s string, in *time.Location) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05 MST", "2006-01-02 15:04 MST", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
		"20060102", time.RFC1123Z, time.RFC1123, time.UnixDate, "Jan 2 2006", "Jan 2 2006 15:04", "2 Jan 2006", "2 Jan 2006 15:04", "2006/01/02", "01/02/2006",
	} {
		if t, err := time.ParseInLocation(layout, s, in); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// relative moves t by what words say, such as "yesterday" or "2 hours ago".
func relative(t time.Time, words []string) (time.Time, bool) {
	words = strings.Fields(strings.NewReplacer("+ ", "+", "- ", "-").Replace(strings.ToLower(strings.Join(words, " "))))
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
