package commands

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// sleep waits for the sum of its arguments: seconds, with a fraction, or with
// one of the suffixes s, m, h and d.
func sleep(ctx context.Context, c *Call) int {
	args := c.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return c.usage(1, "missing operand")
	}
	var total float64
	bad := false
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") && len(arg) > 1 && arg != "-" {
			return c.badOption(arg)
		}
		s, ok := seconds(arg)
		if !ok {
			fmt.Fprintf(c.FS.Stderr, "%s: invalid time interval '%s'\n", c.name(), arg)
			bad = true
		}
		total += s
	}
	if bad {
		fmt.Fprintf(c.FS.Stderr, "Try '%s --help' for more information.\n", c.name())
		return 1
	}
	d := time.Duration(math.MaxInt64)
	if total < d.Seconds() {
		d = time.Duration(total * float64(time.Second))
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return 0
	case <-ctx.Done():
		return 1
	}
}

// seconds parses a time interval as sleep(1) and timeout(1) take it.
func seconds(s string) (float64, bool) {
	unit := 1.0
	if s != "" {
		switch s[len(s)-1] {
		case 's':
			s = s[:len(s)-1]
		case 'm':
			s, unit = s[:len(s)-1], 60
		case 'h':
			s, unit = s[:len(s)-1], 3600
		case 'd':
			s, unit = s[:len(s)-1], 86400
		}
	}
	if strings.EqualFold(s, "infinity") || strings.EqualFold(s, "inf") {
		return math.Inf(1), true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || math.IsNaN(f) {
		return 0, false
	}
	return f * unit, true
}
