// Parity runs labs and the manifests of recordings on the embedded cluster and on
// kind at the same time, compares what happens by the rule of internal/parity,
// and writes the table into doc/parity.md. It is a tool of this repository (make
// parity); the cluster of kind must be there, or is created, and stays.
//
// Exit codes: 0, nothing differs but what is reviewed; 1, something does; 2, it
// could not compare.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"k8s.io/klog/v2"

	"github.com/joblab/joblab/internal/cluster/kind"
	"github.com/joblab/joblab/internal/parity"
)

// options are the program's flags.
type options struct {
	labs, reference, reviewed, document, joblab string
	scenarios                                   string
	kind                                        kind.Config
	atOnce                                      int
	times                                       bool
}

// errDifferent ends the program with 1: it has said what differs.
var errDifferent = errors.New("the clusters differ")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return
	case errors.Is(err, errDifferent):
		fmt.Fprintf(os.Stderr, "parity: %v\n", err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "parity: %v\n", err)
	os.Exit(2)
}

func execute(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o options
	flags := flag.NewFlagSet("parity", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.labs, "labs", "labs", "directory of labs")
	flags.StringVar(&o.reference, "reference", "internal/timeline/recording/testdata", "directory of recordings with their manifests")
	flags.StringVar(&o.reviewed, "reviewed", "internal/parity/reviewed.yaml", "list of reviewed differences")
	flags.StringVar(&o.document, "o", "doc/parity.md", "document that has the table; with -scenarios it is only checked")
	flags.StringVar(&o.joblab, "joblab", "bin/joblab", "program of the embedded cluster")
	flags.StringVar(&o.scenarios, "scenarios", "", "names of scenarios, separated by commas (default: all)")
	flags.StringVar(&o.kind.Name, "kind", kind.DefaultName, "name of the kind cluster")
	flags.StringVar(&o.kind.NodeImage, "node-image", "", "node image, if the kind cluster must be created (default: kind's own)")
	flags.StringVar(&o.kind.File, "kind-config", "", "kind configuration file, if the kind cluster must be created")
	flags.BoolVar(&o.times, "times", true, "count a time that differs too much as a difference; without it only what happens is compared")
	flags.IntVar(&o.atOnce, "at-once", 4, "how many scenarios go on at a time; more distort each other's times")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 || o.atOnce < 1 {
		return fmt.Errorf("want flags only, and -at-once of 1 at least")
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	klog.SetSlogLogger(log)
	return compare(ctx, o, log, stdout)
}

// compare runs the scenarios, prints what differs, and writes or checks the
// document.
func compare(ctx context.Context, o options, log *slog.Logger, stdout io.Writer) error {
	file, err := os.ReadFile(o.reviewed)
	if err != nil {
		return err
	}
	reviewed, err := parity.ParseReviewed(file)
	if err != nil {
		return fmt.Errorf("%s: %w", o.reviewed, err)
	}
	document, err := os.ReadFile(o.document)
	if err != nil {
		return err
	}
	scenarios, err := load(o.labs, o.reference, o.scenarios)
	if err != nil {
		return err
	}
	o.kind.Images = []string{"centos:7"} // what all of them run
	results, about, problems, err := runAll(ctx, o, scenarios, reviewed, log, stdout)
	if err != nil {
		return err
	}
	if !o.times {
		for _, r := range results {
			r.ForgetTimes()
		}
	}
	problems = append(problems, parity.Review(results, reviewed, o.scenarios == "")...)
	table := parity.Table(results, reviewed, about)
	if o.scenarios == "" {
		changed, err := parity.Replace(document, table)
		if err != nil {
			return fmt.Errorf("%s: %w", o.document, err)
		}
		if err := os.WriteFile(o.document, changed, 0o644); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(stdout, "\n%s\n", table[strings.Index(table, "### Results"):])
		if err := parity.Stale(document, results); err != nil {
			problems = append(problems, fmt.Sprintf("%s is stale: %v: write it anew with make parity", o.document, err))
		}
	}
	if len(problems) > 0 {
		fmt.Fprintf(stdout, "\nnot as it should be:\n  %s\n", strings.Join(problems, "\n  "))
		return errDifferent
	}
	return nil
}

// runAll runs the scenarios on both clusters, once more those that differ.
// Problems are labs that were not met.
func runAll(ctx context.Context, o options, scenarios []*scenario, reviewed []parity.Reviewed, log *slog.Logger, stdout io.Writer) (results []*parity.Result, about parity.About, problems []string, err error) {
	ours, theirs, err := openBoth(ctx, o, log)
	if err != nil {
		return nil, about, nil, err
	}
	defer func() { err = errors.Join(err, ours.close(), theirs.close()) }()
	about = parity.About{
		Date:     time.Now().UTC().Format(time.DateOnly),
		Embedded: ours.name(),
		Kind:     theirs.name(),
		Machine:  machine(),
	}
	if err := runEach(ctx, scenarios, ours, theirs, o.atOnce, stdout); err != nil {
		return nil, about, nil, err
	}
	for _, s := range scenarios {
		result := parity.Compare(s.Scenario)
		if s.Earlier = result.Unexplained(reviewed); len(s.Earlier) > 0 {
			if err := runEach(ctx, []*scenario{s}, ours, theirs, 1, stdout); err != nil {
				return nil, about, nil, err
			}
			result = parity.Compare(s.Scenario)
		}
		results = append(results, result)
		problems = append(problems, s.notMet...)
	}
	return results, about, problems, nil
}

// machine is what the times depend on.
func machine() string {
	text := fmt.Sprintf("%d cores, %s/%s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return text
	}
	average, _, _ := bytes.Cut(load, []byte(" "))
	return fmt.Sprintf("%s (load average before it %s)", text, average)
}
