package e2e

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed specs.yaml
var specsFile []byte

// Specs says which specs are run and what is expected of them.
type Specs struct {
	LeftOut    []LeftOut   `yaml:"leftOut"`
	Groups     []Group     `yaml:"groups"`
	Exceptions []Exception `yaml:"exceptions"`
}

// LeftOut are specs that are not run. Either Labels or Match is set.
type LeftOut struct {
	Labels string `yaml:"labels"` // a label filter of ginkgo
	Match  Match  `yaml:"match"`  // a part of the full text
	Reason string `yaml:"reason"`
}

// Group are specs that are run and counted by themselves.
type Group struct {
	Name  string `yaml:"name"`
	Match Match  `yaml:"match"` // a part of the full text
}

// Exception are specs that are run and do not pass, for one reason.
type Exception struct {
	Reason string   `yaml:"reason"`
	Specs  []string `yaml:"specs"` // full texts
}

// Match is a regular expression.
type Match struct{ *regexp.Regexp }

// UnmarshalYAML compiles the expression.
func (m *Match) UnmarshalYAML(node *yaml.Node) (err error) {
	m.Regexp, err = regexp.Compile(node.Value)
	return err
}

// Load returns what specs.yaml says.
func Load() (*Specs, error) {
	specs, err := parse(specsFile)
	if err != nil {
		return nil, fmt.Errorf("specs.yaml: %w", err)
	}
	return specs, nil
}

func parse(data []byte) (*Specs, error) {
	var specs Specs
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&specs); err != nil {
		return nil, err
	}
	return &specs, specs.check()
}

// check returns all that is missing or said twice.
func (s *Specs) check() error {
	var errs []error
	if len(s.Groups) == 0 {
		errs = append(errs, errors.New("there is no group"))
	}
	for _, out := range s.LeftOut {
		if (out.Labels == "") == (out.Match.Regexp == nil) || out.Reason == "" {
			errs = append(errs, fmt.Errorf("left out for reason %q: labels or match is needed, and a reason", out.Reason))
		}
	}
	for _, group := range s.Groups {
		if group.Name == "" || group.Match.Regexp == nil {
			errs = append(errs, fmt.Errorf("group %q: name and match are needed", group.Name))
		}
	}
	seen := make(map[string]bool)
	for _, exception := range s.Exceptions {
		if exception.Reason == "" || len(exception.Specs) == 0 {
			errs = append(errs, fmt.Errorf("exceptions of reason %q: reason and specs are needed", exception.Reason))
		}
		for _, spec := range exception.Specs {
			if seen[spec] {
				errs = append(errs, fmt.Errorf("spec %q is excepted twice", spec))
			}
			seen[spec] = true
		}
	}
	return errors.Join(errs...)
}

// LabelFilter is the filter that the specs to run match.
func (s *Specs) LabelFilter() string {
	var parts []string
	for _, out := range s.LeftOut {
		if out.Labels != "" {
			parts = append(parts, "!("+out.Labels+")")
		}
	}
	return strings.Join(parts, " && ")
}

// Skip are the regular expressions of which a spec to run matches none.
func (s *Specs) Skip() []string {
	var skip []string
	for _, out := range s.LeftOut {
		if out.Match.Regexp != nil {
			skip = append(skip, out.Match.String())
		}
	}
	return skip
}

// Focus are the regular expressions of which a spec to run matches one.
func (s *Specs) Focus() []string {
	var focus []string
	for _, group := range s.Groups {
		focus = append(focus, group.Match.String())
	}
	return focus
}

// group is the number of the group of the spec with this full text, -1 if it is in none.
func (s *Specs) group(text string) int {
	for i, group := range s.Groups {
		if group.Match.MatchString(text) {
			return i
		}
	}
	return -1
}

// reason says why the spec with this full text is excepted, or nothing.
func (s *Specs) reason(text string) string {
	for _, exception := range s.Exceptions {
		for _, spec := range exception.Specs {
			if spec == text {
				return exception.Reason
			}
		}
	}
	return ""
}
