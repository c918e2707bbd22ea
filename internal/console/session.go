package console

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

// session is one command while it runs.
type session struct {
	cmdutil.Factory
	client    *client
	namespace string
	streams   genericiooptions.IOStreams
	ctx       context.Context // of the command, whose session it is
}

// parse makes a verb's command and reads its flags. It is nil if it was help that
// was asked for.
func (s *session) parse(v *verb, args []string) (*cobra.Command, refusal) {
	cmd := v.command(s)
	parent := &cobra.Command{Use: "kubectl"}
	if group, _, ok := strings.Cut(v.name, " "); ok {
		sub := &cobra.Command{Use: group}
		parent.AddCommand(sub)
		parent = sub
	} else {
		// kubectl's advice names it.
		parent.AddCommand(&cobra.Command{Use: "explain"})
	}
	parent.AddCommand(cmd)
	cmd.SetOut(s.streams.Out)
	cmd.SetErr(s.streams.ErrOut)
	flags := cmd.Flags()
	addForeign(flags)
	if flags.Lookup("help") == nil {
		flags.BoolP("help", "h", false, "help for "+v.name)
	}
	if err := cmd.ParseFlags(args); err != nil {
		cmdutil.CheckErr(fmt.Errorf("%w\nSee 'kubectl %s --help' for usage.", err, v.name))
	}
	var no refusal
	flags.Visit(func(f *pflag.Flag) {
		if no == "" {
			no = v.allows(f, s.namespace)
		}
	})
	if no != "" {
		return nil, no
	}
	if help, _ := flags.GetBool("help"); help {
		v.help(cmd, s.streams.Out)
		return nil, ""
	}
	if v.check != nil {
		no = v.check(cmd, flags.Args())
	}
	return cmd, no
}

// ended says how a command ended, from what it panicked with.
func (s *session) ended(panicked any, no refusal, report func(any)) (int, refusal) {
	if s.ctx != nil && s.ctx.Err() != nil {
		// Whatever kubectl made of that says less.
		var cause = context.Cause(s.ctx)
		if !errors.Is(cause, context.Canceled) {
			fmt.Fprintf(s.streams.ErrOut, "%s\n", cause)
		}
		return 1, no
	}
	switch v := panicked.(type) {
	case nil:
		return 0, no
	case fatal:
		if v.message != "" {
			fmt.Fprintln(s.streams.ErrOut, strings.TrimSuffix(v.message, "\n"))
		}
		return v.code, no
	default:
		report(v)
		fmt.Fprintln(s.streams.ErrOut, "error: the command came upon a fault of the program")
		return 1, no
	}
}
