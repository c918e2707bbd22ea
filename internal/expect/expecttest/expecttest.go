// Package expecttest makes contracts for tests of what judges by them.
package expecttest

import (
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/expect"
)

// Parse is a contract of checks, which are listed as in a lab's file.
func Parse(t testing.TB, checks string) *expect.Contract {
	t.Helper()
	var list yaml.Node
	if err := yaml.Unmarshal([]byte(checks), &list); err != nil {
		t.Fatal(err)
	}
	contract, err := expect.Parse("lab.yaml", list.Content[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	return contract
}
