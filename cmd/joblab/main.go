// Joblab is an interactive lab for learning how Kubernetes Jobs behave. It
// serves guided pages, runs their manifests on a real Kubernetes, by default one
// that runs inside this program, and streams what happens to the pods.
//
// Exit codes: 0, it did what was asked; 1, a lab diverged, or labs have
// problems; 2, it could not do it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/joblab/joblab/internal/cluster/embedded/child"
	"github.com/joblab/joblab/internal/sandbox"
)

// command is one verb of the program.
type command struct {
	name, args, summary string
	run                 func(ctx context.Context, args []string, stdout, stderr io.Writer) error
}

var commands = []command{
	{"serve", "[flags]", "serve the labs (the default)", serve},
	{"try", "SLUG [-f FILE] [-json]", "run a lab in the terminal and judge it", try},
	{"labs", "[-json]", "list the labs", listLabs},
	{"lint", "DIR", "check a directory of labs", lint},
	{"schema", "", "print the JSON Schema of lab.yaml, for editors", printSchema},
	{"record", "SLUG [-o FILE]", "run a lab and write its trace.json", record},
	{"cluster", "status|kubeconfig|create|delete", "ask about the cluster, or make and remove the kind one", clusterCommand},
	{"version", "", "print the versions", printVersion},
}

func main() {
	if sandbox.IsChild() {
		sandbox.Main()
	}
	noticeHanging()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := dispatch(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return
	}
	var exit exitError
	if errors.As(err, &exit) {
		if exit.err != nil {
			fmt.Fprintf(os.Stderr, "joblab: %v\n", exit.err)
		}
		os.Exit(exit.code)
	}
	fmt.Fprintf(os.Stderr, "joblab: %v\n", err)
	os.Exit(2)
}

// noticeHanging lets clients notice within ten seconds that an API server hangs,
// unless the environment says otherwise; by themselves they take 45.
func noticeHanging() {
	for name, seconds := range map[string]string{
		"HTTP2_READ_IDLE_TIMEOUT_SECONDS": "3",
		"HTTP2_PING_TIMEOUT_SECONDS":      "3",
	} {
		if os.Getenv(name) == "" {
			os.Setenv(name, seconds)
		}
	}
}

// exitError ends the program with a code of its own; err may be nil.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) > 1 && args[0] == "cluster" && args[1] == "embedded" {
		return child.Main(ctx, args[2:], stdout, stderr)
	}
	name := "serve"
	if len(args) > 0 && (len(args[0]) == 0 || args[0][0] != '-') {
		name, args = args[0], args[1:]
	}
	if len(args) > 0 && name == "serve" && isHelp(args[0]) || name == "help" {
		usage(stdout)
		return nil
	}
	for _, c := range commands {
		if c.name == name {
			return c.run(ctx, args, stdout, stderr)
		}
	}
	usage(stderr)
	return fmt.Errorf("unknown command %q", name)
}

func isHelp(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" }

func usage(w io.Writer) {
	fmt.Fprint(w, "Job Lab: see how Kubernetes Jobs really behave.\n\nUsage: joblab [command] [flags]\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-40s %s\n", c.name+" "+c.args, c.summary)
	}
	fmt.Fprint(w, "\njoblab COMMAND -h lists the flags of a command.\n")
}

// parse parses flags that may stand before or after the positional arguments,
// and returns the latter, of which there must be want.
func parse(flags *flag.FlagSet, args []string, want int, names string) ([]string, error) {
	var positional []string
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, exitError{code: 2} // flag has printed the error and the usage
		}
		if flags.NArg() == 0 {
			break
		}
		if parsed := len(args) - flags.NArg(); parsed > 0 && args[parsed-1] == "--" {
			positional = append(positional, flags.Args()...)
			break
		}
		positional = append(positional, flags.Arg(0))
		args = flags.Args()[1:]
	}
	if len(positional) != want {
		if want == 0 {
			return nil, fmt.Errorf("%s takes no argument, got %q", flags.Name(), positional)
		}
		return nil, fmt.Errorf("%s takes %s", flags.Name(), names)
	}
	return positional, nil
}

// newFlags returns the flag set of a command, which prints its usage to stderr.
func newFlags(name, args string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet("joblab "+name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, "Usage: joblab %s %s\n", name, args)
		flags.PrintDefaults()
	}
	return flags
}
