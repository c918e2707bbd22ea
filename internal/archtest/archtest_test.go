package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/joblab/joblab"

// layers are the packages from the program down to the record. A package may
// import those of later layers, and of its own layer only below itself.
var layers = [][]string{
	{"cmd"},
	{"web"},
	{"web/view", "internal/stream", "internal/console"},
	{"internal/store"},
	{"internal/run", "internal/schema"},
	{"internal/cluster", "internal/watch", "internal/access"},
	{"internal/lab"},
	{"internal/explain"},
	{"internal/expect"},
	{"internal/timeline"},
}

// apart are packages outside the layers, with the trees that may import them.
var apart = map[string][]string{
	"static":                      {"cmd", "web", "static"},
	"labs":                        {"cmd", "labs"},
	"internal/archtest":           {},
	"internal/browsertest":        {"cmd", "web"},
	"internal/parity":             {"internal/parity", "cmd/parity"},
	"internal/residency":          {"cmd", "internal/cluster/embedded"},
	"internal/schema/schematest":  {"internal/schema", "web"},
	"internal/sandbox":            {"internal/cluster/embedded", "internal/sandbox", "cmd"},
	"internal/cluster/embedded":   {"internal/cluster/embedded", "cmd"},
	"internal/cluster/kind":       {"internal/cluster/kind", "cmd"},
	"internal/cluster/kubeconfig": {"internal/cluster/kubeconfig", "cmd"},
}

// foreign are other modules that only some trees may import.
var foreign = map[string][]string{
	"k8s.io/kubernetes":      {"internal/cluster/embedded"},
	"sigs.k8s.io/kind":       {"internal/cluster/kind"},
	"nhooyr.io/websocket":    {"internal/stream"},
	"go.etcd.io/etcd":        {"internal/cluster/embedded"},
	"github.com/onsi":        {"internal/cluster/embedded/e2e"},
	"mvdan.cc/sh":            {"internal/sandbox", "internal/console"},
	"k8s.io/kubectl":         {"internal/console"},
	"k8s.io/cli-runtime":     {"internal/console"},
	"github.com/spf13/cobra": {"internal/console"},
	"github.com/a-h/templ":   {"web"},
	"github.com/chromedp":    {"internal/browsertest"},
	"github.com/go-chi":      {"web"},
	"modernc.org/sqlite":     {"internal/store"},
	"github.com/pressly":     {"internal/store"},
}

// foreignInTests are trees whose tests may import a module besides: a client
// for what the package serves.
var foreignInTests = map[string][]string{
	"nhooyr.io/websocket": {"cmd", "web"},
	"github.com/chromedp": {"cmd", "web"},
}

// pkg is what go list says of a package.
type pkg struct {
	ImportPath, Doc                    string
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
}

func TestImportRules(t *testing.T) {
	for _, p := range list(t) {
		path := rel(p.ImportPath)
		for _, imported := range p.Imports {
			if why := forbidden(path, imported, false); why != "" {
				t.Errorf("%s imports %s: %s", path, imported, why)
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if why := forbidden(path, imported, true); why != "" {
				t.Errorf("a test of %s imports %s: %s", path, imported, why)
			}
		}
	}
}

func TestEveryPackageHasADocComment(t *testing.T) {
	for _, p := range list(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("package %s has no doc comment", rel(p.ImportPath))
		}
	}
}

func TestRulesForbid(t *testing.T) {
	for _, c := range []struct {
		path, imported string
		test, want     bool
	}{
		{"internal/timeline", module + "/internal/expect", false, true},
		{"internal/expect", module + "/internal/timeline", false, false},
		{"internal/run", module + "/internal/cluster/embedded", false, true},
		{"internal/run", module + "/internal/cluster", false, false},
		{"web", "nhooyr.io/websocket", false, true},
		{"web", "nhooyr.io/websocket", true, false},
		{"internal/watch", "k8s.io/kubernetes/pkg/kubelet", false, true},
		{"internal/watch", "k8s.io/kubernetesx", false, false},
		{"web/view", module + "/internal/run", false, false},
		{"internal/watch", module + "/internal/cluster", false, true},
		{"cmd/joblab", module + "/labs", false, false},
		{"internal/lab", module + "/labs", true, true},
	} {
		if got := forbidden(c.path, c.imported, c.test) != ""; got != c.want {
			t.Errorf("forbidden(%s, %s, test %t) = %t, want %t", c.path, c.imported, c.test, got, c.want)
		}
	}
}

// forbidden says why the package at path must not import another, or nothing.
func forbidden(path, imported string, test bool) string {
	for mod, allowed := range foreign {
		if within(imported, mod) && !withinAny(path, allowed) && !(test && withinAny(path, foreignInTests[mod])) {
			return "only " + strings.Join(allowed, ", ") + " may"
		}
	}
	if !within(imported, module) {
		return ""
	}
	target := rel(imported)
	for _, name := range apartNames() {
		if within(target, name) {
			if withinAny(path, apart[name]) {
				return ""
			}
			return "only " + strings.Join(apart[name], ", ") + " may"
		}
	}
	from, ownTree := layerOf(path)
	to, targetTree := layerOf(target)
	switch {
	case to < 0:
		return "it is in no layer: add it to this test"
	case from < 0, from < to:
		return ""
	case from == to && ownTree == targetTree:
		return ""
	}
	return "data flows the other way"
}

// apartNames are the keys of apart, longest first, so that the most exact rule
// is found first.
func apartNames() []string {
	var names []string
	for name := range apart {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	return names
}

// layerOf returns the number of a package's layer and the tree that put it
// there, preferring the longest; -1 for a package outside the layers.
func layerOf(path string) (layer int, tree string) {
	layer = -1
	for i, trees := range layers {
		for _, candidate := range trees {
			if within(path, candidate) && len(candidate) > len(tree) {
				layer, tree = i, candidate
			}
		}
	}
	return layer, tree
}

func within(path, tree string) bool {
	return path == tree || strings.HasPrefix(path, tree+"/")
}

func withinAny(path string, trees []string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool { return within(path, tree) })
}

func rel(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Doc,GoFiles,Imports,TestImports,XTestImports", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
	if len(pkgs) < 10 {
		t.Fatalf("go list found %d packages of %s: it looked in the wrong place", len(pkgs), module)
	}
	return pkgs
}
