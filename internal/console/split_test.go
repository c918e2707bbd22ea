package console

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	for _, row := range []struct {
		line string
		want []string
	}{
		{"", nil},
		{"  get   pods ", []string{"get", "pods"}},
		{`a 'b c' "d e" f\ g`, []string{"a", "b c", "d e", "f g"}},
		{`-p '{"spec":{"suspend":true}}'`, []string{"-p", `{"spec":{"suspend":true}}`}},
		{`-p "{\"a\":\"\$b\"}"`, []string{"-p", `{"a":"$b"}`}},
		{`-o jsonpath={.items[*].metadata.name}`, []string{"-o", "jsonpath={.items[*].metadata.name}"}},
		{`-p $'spec:\n suspend: true'`, []string{"-p", "spec:\n suspend: true"}},
		{"get pods # all", []string{"get", "pods"}},
		{"~root ~ *", []string{"~root", "~", "*"}},
		{"'' \"\"", []string{"", ""}},
		{"파드 'ㄱ'", []string{"파드", "ㄱ"}},
	} {
		got, err := Split(row.line)
		if diff := cmp.Diff(row.want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got)\n%s", row.line, err, diff)
		}
	}
	for _, line := range []string{"get 'pods", `get "pods`, "get pods)", "a\x00b", "(", strings.Repeat("x", MaxLine+1)} {
		if got, err := Split(line); !errors.Is(err, ErrLine) {
			t.Errorf("%q: got %q and %v, want ErrLine", line, got, err)
		}
	}
}
