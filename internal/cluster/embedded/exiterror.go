package embedded

import (
	"fmt"
	"strings"
)

// ExitError is why a generation ended: its process did.
type ExitError struct {
	How    string // how the process ended: "signal: killed", "exit status 2"
	Reason error  // what it reported, or why it was killed; nil if unknown
	Log    string // the last lines of its log, at most a few KiB
}

// Error is one line: how the process ended, and why, as far as it is known.
func (e *ExitError) Error() string {
	text := "the cluster's process ended (" + e.How + ")"
	if e.Reason != nil {
		return fmt.Sprintf("%s: %v", text, e.Reason)
	}
	if line := panicLine(e.Log); line != "" {
		return text + ": " + line
	}
	return text
}

// Unwrap returns the reason.
func (e *ExitError) Unwrap() error { return e.Reason }

// panicLine returns the last line of log with which the Go runtime or klog
// announces the end of a process; empty if there is none.
func panicLine(log string) string {
	found := ""
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		for _, prefix := range []string{"panic: ", "fatal error: ", "F"} {
			if strings.HasPrefix(line, prefix) && (prefix != "F" || klogFatal(line)) {
				found = line
			}
		}
	}
	return found
}

// klogFatal reports whether line starts as klog writes fatal errors: "F1123 ".
func klogFatal(line string) bool {
	return len(line) > 6 && strings.Trim(line[1:5], "0123456789") == "" && line[5] == ' '
}
