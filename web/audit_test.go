//go:build audit

package web

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestAudit audits the main pages with Lighthouse, which make audit installs.
func TestAudit(t *testing.T) {
	const least = 95
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	s := newLabSite(t)
	paths := []string{"/", "/labs/never-with-limit", "/runs/never-with-limit"}
	cmd := exec.CommandContext(t.Context(), "node", "audit.mjs", fmt.Sprint(least))
	for _, path := range paths {
		cmd.Args = append(cmd.Args, s.URL+path+"?lang=en")
	}
	cmd.Dir = "../static/src/audit"
	cmd.Env = append(os.Environ(), "CHROME_PATH="+chromium)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run Lighthouse: %v", err)
	}
	var results []struct {
		URL, Form string
		Scores    map[string]int
		Missed    []string
	}
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatalf("read what Lighthouse says: %v", err)
	}
	if len(results) != 2*len(paths) {
		t.Errorf("%d audits, want two of each of %d pages", len(results), len(paths))
	}
	for _, r := range results {
		page := strings.TrimPrefix(r.URL, s.URL)
		t.Logf("%s, %s: performance %d, accessibility %d, best practices %d", page, r.Form, r.Scores["performance"], r.Scores["accessibility"], r.Scores["best-practices"])
		for category, score := range r.Scores {
			if score < least {
				t.Errorf("%s, %s: %s is %d, want at least %d: %s", page, r.Form, category, score, least, strings.Join(r.Missed, ", "))
			}
		}
	}
}
