package controlplane

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

func TestVersionIsThatOfTheModule(t *testing.T) {
	data, err := os.ReadFile("../../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	file, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, require := range file.Require {
		if require.Mod.Path == "k8s.io/kubernetes" {
			if got, want := Version, require.Mod.Version; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if want := major + "." + minor; !strings.HasPrefix(Version, "v"+want+".") {
				t.Errorf("major and minor are %s, the version is %s", want, Version)
			}
			return
		}
	}
	t.Error("go.mod does not require k8s.io/kubernetes")
}
