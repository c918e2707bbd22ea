package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/expect"
	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/timeline"
)

// try runs one lab without a browser. Its exit code is the verdict: 0 met, 1
// diverged, 2 undecided or not run.
func try(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var (
		c      clusterFlags
		file   string
		asJSON bool
		flags  = newFlags("try", "SLUG [flags]", stderr)
	)
	flags.StringVar(&file, "f", "", "manifest to run instead of the lab's own (- for standard input)")
	flags.BoolVar(&asJSON, "json", false, "print one entry a line, as JSON")
	c.register(flags)
	slugs, err := parse(flags, args, 1, "one lab (joblab labs lists them)")
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	read, err := c.readLabs()
	if err != nil {
		return err
	}
	l, err := findLab(read, slugs[0])
	if err != nil {
		return err
	}
	manifest, err := readManifest(file)
	if err != nil {
		return err
	}
	log := newLogger(stderr, slog.LevelWarn)
	kube, err := attachOrStart(ctx, c, log)
	if err != nil {
		return err
	}
	if c.backend == onKind { // which may take minutes, the first time
		tellSteps(ctx, kube, stderr)
	}
	var entries []timeline.Entry
	story := explain.New(applied(manifest, l), string(l.Manifest))
	verdict, err := tryOn(ctx, kube, l, manifest, c.maxPods, log, func(r timeline.Record) error {
		story.Add(&r.Entry)
		if asJSON {
			_, err := fmt.Fprintf(stdout, "%s\n", r.JSON)
			return err
		}
		entries = append(entries, r.Entry)
		_, err := fmt.Fprintln(stdout, line(&r.Entry))
		return err
	})
	if verdict.Outcome != "" && !asJSON && ctx.Err() == nil {
		err = errors.Join(err, printCause(stdout, story, verdict))
		fmt.Fprint(stdout, predictions(l, entries))
	}
	var refused *run.Refused
	switch {
	case errors.As(err, &refused):
		return printRefusal(stdout, stderr, refused, l, manifestName(file, l), asJSON)
	case err != nil:
		return err
	}
	return exitOf(verdict)
}

// exitOf is the exit code of a verdict.
func exitOf(verdict timeline.Verdict) error {
	switch verdict.Outcome {
	case timeline.Met:
		return nil
	case timeline.Diverged:
		return exitError{code: 1}
	}
	return exitError{code: 2}
}

// printRefusal prints why there is no run, and what the lab's contract says to
// that if it is about a refusal.
func printRefusal(stdout, stderr io.Writer, refused *run.Refused, l *lab.Lab, file string, asJSON bool) error {
	for _, p := range refused.Problems {
		fmt.Fprintln(stderr, problem(file, p))
	}
	if refused.Verdict == nil {
		return exitError{code: 2}
	}
	entries := expect.Refusals(refused.Notes())
	last := timeline.Entry{Kind: timeline.KindVerdict, Verdict: refused.Verdict}
	if asJSON {
		encoder := json.NewEncoder(stdout)
		for _, e := range append(entries, last) {
			if err := encoder.Encode(e); err != nil {
				return err
			}
		}
		return exitOf(*refused.Verdict)
	}
	fmt.Fprintln(stdout, line(&last))
	fmt.Fprint(stdout, predictions(l, entries))
	return exitOf(*refused.Verdict)
}

// tryOn runs a lab on a cluster, hands on each record, and cleans up: the run's
// namespace, and the cluster if it is our own. If ctx ends, the run is stopped.
func tryOn(ctx context.Context, kube cluster.Cluster, l *lab.Lab, manifest []byte, maxPods int, log *slog.Logger, each func(timeline.Record) error) (verdict timeline.Verdict, err error) {
	cleanup := func(what func(context.Context) error) {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		err = errors.Join(err, what(ctx))
	}
	defer cleanup(kube.Close)
	runs, err := run.New(run.Config{Cluster: kube, Logger: log, MaxPods: maxPods})
	if err != nil {
		return verdict, err
	}
	managing := make(chan error, 1)
	manageCtx, stopManaging := context.WithCancel(context.WithoutCancel(ctx))
	go func() { managing <- runs.Run(manageCtx) }()
	defer func() {
		cleanup(runs.Close)
		stopManaging()
		err = errors.Join(err, <-managing)
	}()

	if err := runs.WaitReady(ctx); err != nil {
		return verdict, err
	}
	r, err := runs.Start(ctx, l, manifest)
	if err != nil {
		return verdict, err
	}
	defer context.AfterFunc(ctx, func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		if err := r.Stop(stop); err != nil {
			log.Warn("stop the run", "err", err)
		}
	})()
	for record := range r.Log().Follow(context.WithoutCancel(ctx), 0) {
		if err := each(record); err != nil {
			return verdict, err
		}
		if err := stepIfReady(ctx, r, &record.Entry); err != nil {
			log.Warn("do a step", "err", err)
		}
		if v := record.Entry.Verdict; v != nil && v.Outcome != "" {
			verdict = *v
		}
	}
	return verdict, nil
}

// stepIfReady does a step of the lab as soon as an entry says that it is ready.
func stepIfReady(ctx context.Context, r *run.Run, e *timeline.Entry) error {
	if e.Note == nil || e.Note.Code != timeline.NoteReady {
		return nil
	}
	if err := r.Step(ctx, e.Note.Step); err != nil {
		return fmt.Errorf("step %s: %w", e.Note.Step, err)
	}
	return nil
}

// readManifest returns nil, the lab's own manifest, if no file is named.
func readManifest(file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	read := func() ([]byte, error) { return os.ReadFile(file) }
	if file == "-" {
		read = func() ([]byte, error) { return io.ReadAll(os.Stdin) }
	}
	manifest, err := read()
	if err == nil && len(bytes.TrimSpace(manifest)) == 0 {
		err = fmt.Errorf("%s: the manifest is empty", file)
	}
	return manifest, err
}

func manifestName(file string, l *lab.Lab) string {
	if file == "" {
		return l.File
	}
	return file
}

// problem is a problem as a compiler prints it.
func problem(file string, p run.Problem) string {
	where := file
	if p.Line > 0 {
		where += fmt.Sprintf(":%d", p.Line)
	}
	if p.Path != "" {
		where += ": " + p.Path
	}
	return where + ": " + p.Message
}
