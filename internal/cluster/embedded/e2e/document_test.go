package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSection(t *testing.T) {
	specs := parseSome(t)
	outcomes := []Outcome{
		{Spec: "[sig-apps] Job runs", State: Passed, Took: time.Second},
		{Spec: "[sig-node] Pods connect", Group: 1, State: Failed, Reason: "needs a network", Detail: "timed out after 3.1s"},
		{Spec: "[sig-node] Pods live", Group: 1, State: Passed, Took: time.Minute},
	}
	section := specs.Section("v1.37.2", outcomes)
	for _, want := range []string{
		"an embedded cluster of v1.37.2",
		"| Job | 1 | 1 | 0 |\n| Pods | 2 | 1 | 1 |\n| all | 3 | 2 | 1 |\n",
		"- labels `Serial`: alone\n",
		"- text `Pods wait`: long\n",
		"- needs a network\n  - `[sig-node] Pods connect`\n",
		"<summary>Pods: 1 of 2</summary>\n\n- `[sig-node] Pods live`\n\n</details>",
	} {
		if !strings.Contains(section, want) {
			t.Errorf("the section lacks %q:\n%s", want, section)
		}
	}
	for i := range outcomes {
		outcomes[i].Took += time.Second
		outcomes[i].Detail += " again"
	}
	if again := specs.Section("v1.37.2", outcomes); again != section {
		t.Errorf("the section changes with times and messages:\n%s", again)
	}
}

func TestWriteSection(t *testing.T) {
	for name, c := range map[string]struct{ old, want string }{
		"no document":    {"", "<!-- e2e -->\nnew\n<!-- /e2e -->\n"},
		"no section yet": {"# Parity\n", "# Parity\n\n<!-- e2e -->\nnew\n<!-- /e2e -->\n"},
		"an old section": {"# Parity\n<!-- e2e -->\nold\n<!-- /e2e -->\nend\n", "# Parity\n<!-- e2e -->\nnew\n<!-- /e2e -->\nend\n"},
	} {
		t.Run(name, func(t *testing.T) {
			document := filepath.Join(t.TempDir(), "parity.md")
			if c.old != "" {
				if err := os.WriteFile(document, []byte(c.old), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 {
				if err := WriteSection(document, "new\n"); err != nil {
					t.Fatal(err)
				}
				if got, err := os.ReadFile(document); err != nil || string(got) != c.want {
					t.Fatalf("got %q, %v, want %q", got, err, c.want)
				}
			}
		})
	}
	t.Run("a section without end", func(t *testing.T) {
		document := filepath.Join(t.TempDir(), "parity.md")
		if err := os.WriteFile(document, []byte("<!-- e2e -->\nold\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := WriteSection(document, "new\n"); err == nil {
			t.Error("got no error")
		}
	})
}
