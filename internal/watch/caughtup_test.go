package watch

import "testing"

func TestCaughtUp(t *testing.T) {
	for _, c := range []struct {
		name    string
		live    map[string]ref
		deleted map[string]bool
		listed  map[string]string
		want    bool
	}{
		{"nothing", nil, nil, nil, true},
		{"not delivered yet", nil, nil, map[string]string{"a": "5"}, false},
		{"delivered", map[string]ref{"a": {version: "5"}}, nil, map[string]string{"a": "5"}, true},
		{"an older version delivered", map[string]ref{"a": {version: "9"}}, nil, map[string]string{"a": "10"}, false},
		{"a later version delivered", map[string]ref{"a": {version: "10"}}, nil, map[string]string{"a": "9"}, true},
		{"deleted since", nil, map[string]bool{"a": true}, map[string]string{"a": "5"}, true},
		{"its deletion not delivered yet", map[string]ref{"a": {version: "5"}}, nil, nil, false},
		{"created after the list", map[string]ref{"a": {version: "21"}}, nil, nil, true},
		{"versions that cannot be compared", map[string]ref{"a": {version: "x"}}, nil, map[string]string{"a": "y"}, false},
		{"equal versions that cannot be compared", map[string]ref{"a": {version: "x"}}, nil, map[string]string{"a": "x"}, true},
	} {
		s := &seen{live: c.live, deleted: c.deleted}
		if got := s.caughtUp(c.listed, "20"); got != c.want {
			t.Errorf("%s: caughtUp = %t, want %t", c.name, got, c.want)
		}
	}
}
