package console

import (
	"errors"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// MaxLine is how many bytes a line may have.
const MaxLine = 4096

// ErrLine is why a line is not a command at all. The error around it says what
// is wrong with it.
var ErrLine = errors.New("the line cannot be read")

// Split splits a line into words as a shell does, quotes and all, without being
// one: a line with anything that takes a shell, such as a pipe or a variable, is
// refused with the reason. The words of an empty line are none.
func Split(line string) ([]string, error) {
	if len(line) > MaxLine {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrLine, MaxLine)
	}
	if strings.ContainsRune(line, 0) {
		return nil, fmt.Errorf("%w: it has a zero byte", ErrLine)
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(line), "")
	if err != nil {
		var at syntax.ParseError
		if errors.As(err, &at) {
			return nil, fmt.Errorf("%w: column %d: %s", ErrLine, at.Pos.Col(), at.Text)
		}
		return nil, fmt.Errorf("%w: %w", ErrLine, err)
	}
	switch len(file.Stmts) {
	case 0:
		return nil, nil
	case 1:
	default:
		return nil, shellRefusal("several commands in one line")
	}
	return words(file.Stmts[0])
}

// words are those of a simple command.
func words(stmt *syntax.Stmt) ([]string, error) {
	switch {
	case len(stmt.Redirs) > 0:
		return nil, shellRefusal("redirections (<, >)")
	case stmt.Background, stmt.Coprocess, stmt.Disown:
		return nil, shellRefusal("commands in the background (&)")
	case stmt.Negated:
		return nil, shellRefusal("!")
	}
	call, ok := stmt.Cmd.(*syntax.CallExpr)
	if !ok {
		if _, ok := stmt.Cmd.(*syntax.BinaryCmd); ok {
			return nil, shellRefusal("pipes and lists of commands (|, &&, ||)")
		}
		return nil, shellRefusal("the shell's own commands")
	}
	if len(call.Assigns) > 0 {
		return nil, shellRefusal("variables")
	}
	var all []string
	for _, word := range call.Args {
		text, err := unquote(word.Parts, false)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, nil
}

// unquote takes the quotes off a word.
func unquote(parts []syntax.WordPart, quoted bool) (string, error) {
	var b strings.Builder
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(part.Value, quoted))
		case *syntax.SglQuoted:
			text := part.Value
			if part.Dollar {
				var err error
				if text, _, err = expand.Format(nil, text, nil); err != nil {
					return "", fmt.Errorf("%w: %w", ErrLine, err)
				}
			}
			b.WriteString(text)
		case *syntax.DblQuoted:
			text, err := unquote(part.Parts, true)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
		case *syntax.ParamExp, *syntax.ArithmExp:
			return "", shellRefusal("variables ($); put the word into single quotes if you mean the character")
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return "", shellRefusal("commands in commands ($(…), `…`)")
		case *syntax.ExtGlob:
			// kubectl would be given what is written, since no file has such a name.
			b.WriteString(part.Op.String() + part.Pattern.Value + ")")
		default:
			return "", shellRefusal("such words")
		}
	}
	return b.String(), nil
}

// unescape takes away the backslashes that quote.
func unescape(s string, quoted bool) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (!quoted || strings.IndexByte("\\\"$`\n", s[i+1]) >= 0) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// refusal is why a command is not done, for people.
type refusal string

func (r refusal) Error() string { return string(r) }

func shellRefusal(what string) error {
	return refusal(fmt.Sprintf("this console is kubectl and no shell: it does not take %s", what))
}
