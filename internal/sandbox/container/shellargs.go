package container

import (
	"fmt"
	"strings"
)

// shellArgs are the parsed arguments of a shell.
type shellArgs struct {
	inline  bool   // -c
	script  string // its operand
	stdin   bool   // -s
	version bool
	set     []string // options as the set builtin takes them
	args    []string
}

// parseShellArgs parses the arguments of a shell, without its name.
func parseShellArgs(args []string) (shellArgs, error) {
	var a shellArgs
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		arg := args[0]
		args = args[1:]
		switch arg {
		case "--":
			goto operands
		case "--login", "--norc", "--noprofile", "--posix", "--noediting", "--verbose":
			continue
		case "--version":
			a.version = true
			continue
		}
		if strings.HasPrefix(arg, "--") {
			return a, fmt.Errorf("%s: invalid option", arg)
		}
		sign := arg[:1]
		for _, b := range arg[1:] {
			switch b {
			case 'c':
				a.inline = true
			case 's':
				a.stdin = true
			case 'l', 'i', 'h', 'm', 'B', 'H', 'p':
				// Login, interactive and job control change nothing here.
			case 'o', 'O':
				if len(args) == 0 {
					return a, fmt.Errorf("-%c: option requires an argument", b)
				}
				if b == 'o' {
					a.set = append(a.set, sign+"o", args[0])
				}
				args = args[1:]
			case 'a', 'e', 'f', 'n', 'u', 'x':
				a.set = append(a.set, sign+string(b))
			default:
				return a, fmt.Errorf("-%c: invalid option", b)
			}
		}
	}
operands:
	if a.inline {
		if len(args) == 0 {
			return a, fmt.Errorf("-c: option requires an argument")
		}
		a.script, args = args[0], args[1:]
	}
	a.args = args
	return a, nil
}
