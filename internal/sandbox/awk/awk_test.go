package awk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/joblab/joblab/internal/sandbox/awk"
)

// What a program does is compared with the host's awk by package sandbox's
// scripts; here is what those cannot show.

// config is a program's world: files in memory, and commands that only say
// what they were.
func config(stdin string, out io.Writer, files map[string]string) awk.Config {
	return awk.Config{
		Args: []string{"awk"}, Stdin: strings.NewReader(stdin), Stdout: out,
		Open: func(name string) (io.ReadCloser, error) {
			text, ok := files[name]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
			}
			return io.NopCloser(strings.NewReader(text)), nil
		},
		Create: func(name string, _ bool) (io.WriteCloser, error) {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
		},
		Command: func(_ context.Context, command string, stdin io.Reader, stdout io.Writer) int {
			if stdin != nil {
				io.Copy(io.Discard, stdin)
			}
			if stdout != nil {
				fmt.Fprintf(stdout, "ran %s\n", command)
			}
			return 7
		},
		Strftime: func(format string, t time.Time) string { return format + t.UTC().Format(time.RFC3339) },
	}
}

func TestReachesOnlyWhatItsConfigOpens(t *testing.T) {
	for _, test := range []struct{ name, program, want, fails string }{
		{"a file", `BEGIN { while ((getline line < "memory") > 0) print line }`, "only here\n", ""},
		{"a file of the host", `BEGIN { print (getline line < "/etc/passwd") }`, "-1\n", ""},
		{"an output file", `BEGIN { print "x" > "/tmp/awk-was-here" }`, "", "permission denied"},
		{"a command's output", `BEGIN { "id" | getline x; print x }`, "ran id\n", ""},
		{"a command's input", `BEGIN { print "x" | "tee /tmp/y"; print close("tee /tmp/y") }`, "7\n", ""},
		{"system", `BEGIN { print system("true") }`, "7\n", ""},
		{"the time", `BEGIN { print strftime("%T ", 0) }`, "%T 1970-01-01T00:00:00Z\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			prog, err := awk.Parse(test.program)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			_, err = prog.Run(t.Context(), config("", &out, map[string]string{"memory": "only here\n"}))
			if out.String() != test.want {
				t.Errorf("got %q, want %q", out.String(), test.want)
			}
			if (err != nil) != (test.fails != "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Errorf("got error %v, want %q", err, test.fails)
			}
		})
	}
}

func TestLanguage(t *testing.T) {
	for _, test := range []struct{ name, program, stdin, want string }{
		{"gensub", `{ print gensub(/(a)(b)/, "\\2\\1", "g"); print gensub("b", "x", 2) }`, "abab\n", "baba\nabax\n"},
		{"RS is an expression", `BEGIN { RS = "[0-9]+" } { print NR, $1 }`, "a1b22c\n", "1 a\n2 b\n3 c\n"},
		{"exit in a function", `function f() { exit 1 } { f() } END { print "end" }`, "x\n", "end\n"},
		{"next in a function", `function f() { next } { f(); print "not" } END { print NR }`, "x\ny\n", "2\n"},
		{"an array that a function makes", `function f(a) { a[1] = 2 } BEGIN { f(x); print x[1], length(x) }`, "", "2 1\n"},
		{"power of power", `BEGIN { print 2 ** 3 ** 2, 2 ^ -1 }`, "", "512 0.5\n"},
		{"match with groups", `BEGIN { match("k=v", /(.)=(.)/, m); print m[2] m[1] }`, "", "vk\n"},
		{"substr from before the start", `BEGIN { print substr("hello", 0, 2) }`, "", "h\n"},
		{"a regular expression with brackets", `/[/]/ { print "slash" }`, "a/b\n", "slash\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			prog, err := awk.Parse(test.program)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if _, err := prog.Run(t.Context(), config(test.stdin, &out, nil)); err != nil || out.String() != test.want {
				t.Errorf("got %q, error %v, want %q", out.String(), err, test.want)
			}
		})
	}
}

func TestSyntaxErrorsNameTheLine(t *testing.T) {
	for program, want := range map[string]string{
		"{ print":               "line 1: syntax error at or near end of file",
		"BEGIN {\n  x = = 1\n}": "line 2: syntax error at or near =",
		`BEGIN { f(1) }`:        "function f is not defined",
		`/[/`:                   "line 1: unterminated regular expression",
		`BEGIN { "abc }`:        "line 1: unterminated string",
		`BEGIN { return }`:      "return outside a function",
		`BEGIN { substr("x") }`: "line 1: wrong number of arguments to substr",
	} {
		if _, err := awk.Parse(program); err == nil || err.Error() != want {
			t.Errorf("%s: got error %v, want %s", program, err, want)
		}
	}
}

func TestEndsWithItsContext(t *testing.T) {
	for _, program := range []string{`BEGIN { for (;;); }`, `BEGIN { while (1) x++ }`, `function f() { return f() } BEGIN { while (1) f() }`} {
		prog, err := awk.Parse(program)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("enough"))
		if _, err := prog.Run(ctx, config("", io.Discard, nil)); err == nil {
			t.Errorf("%s: no error", program)
		}
	}
}
