package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/internal/timeline/recording"
)

// record runs a lab and writes what happened as its trace.json, which the page
// draws as what is expected. Exit codes are those of try; only a run that is met
// is written.
func record(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var (
		c     clusterFlags
		file  string
		flags = newFlags("record", "SLUG -labs DIR [flags]", stderr)
	)
	flags.StringVar(&file, "o", "", "file to write (default: trace.json of the lab in -labs DIR)")
	c.register(flags)
	slugs, err := parse(flags, args, 1, "one lab (joblab labs lists them)")
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	l, err := c.loadUnrecorded(slugs[0])
	if err != nil {
		return err
	}
	switch {
	case file != "":
	case c.labs != "":
		file = filepath.Join(c.labs, fmt.Sprintf("%02d-%s", l.Number, l.Slug), "trace.json")
	default:
		return errors.New("the labs that are built in cannot be written to: name their directory (-labs labs, in a clone of the repository) or a file (-o FILE)")
	}
	log := newLogger(stderr, slog.LevelWarn)
	return replaceFile(file, func() ([]byte, error) {
		kube, err := attachOrStart(ctx, c, log)
		if err != nil {
			return nil, err
		}
		if c.backend == onKind { // which may take minutes, the first time
			tellSteps(ctx, kube, stderr)
		}
		return recordOn(ctx, kube, l, c.maxPods, log, stdout)
	})
}

// recordOn runs a lab on a cluster, prints what happens, and returns it as a
// trace if the contract is met.
func recordOn(ctx context.Context, kube cluster.Cluster, l *lab.Lab, maxPods int, log *slog.Logger, stdout io.Writer) ([]byte, error) {
	var entries []timeline.Entry
	var info cluster.Info
	verdict, err := tryOn(ctx, kube, l, nil, maxPods, log, func(r timeline.Record) error {
		info = kube.Info()
		entries = append(entries, r.Entry)
		_, err := fmt.Fprintln(stdout, line(&r.Entry))
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Note != nil && e.Note.Code == timeline.NoteGap {
			return nil, fmt.Errorf("not recorded: changes may have been missed (%s); record it again", e.Note.Text)
		}
	}
	switch verdict.Outcome {
	case timeline.Met:
	case timeline.Diverged:
		return nil, exitError{1, errors.New("not recorded: the run diverged from what the lab expects")}
	default:
		return nil, exitError{2, errors.New("not recorded: the run ended before all that the lab expects was decided")}
	}
	view := recording.Published(entries)
	view.Source = fmt.Sprintf("Recorded on %s, Kubernetes %s, %s.", info.Backend, info.Version, time.Now().UTC().Format(time.DateOnly))
	return recording.Trace(view)
}

// replaceFile writes what content returns to a file, all of it or nothing: the
// file stays as it is until then. That it can be written is known before content
// is called.
func replaceFile(file string, content func() ([]byte, error)) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	written := false
	defer func() {
		err = errors.Join(err, temp.Close())
		if !written {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	data, err := content()
	if err != nil {
		return err
	}
	if _, err := temp.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	if err := errors.Join(temp.Chmod(0o644), temp.Sync()); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	if err := os.Rename(temp.Name(), file); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	written = true
	return nil
}

// loadUnrecorded loads a lab without its recording: one that does not meet the
// lab's contract any more is what is to be replaced.
func (c *clusterFlags) loadUnrecorded(slug string) (*lab.Lab, error) {
	fsys, err := c.labsFS()
	if err != nil {
		return nil, err
	}
	read, err := lab.Read(withoutTraces{fsys})
	if err != nil {
		return nil, err
	}
	l, err := findLab(read, slug)
	if err != nil {
		return nil, err
	}
	c.images = imagesOf([]*lab.Lab{l})
	return l, nil
}

// withoutTraces are labs without their recordings.
type withoutTraces struct{ fs.FS }

func (w withoutTraces) Open(name string) (fs.File, error) {
	if path.Base(name) == "trace.json" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.FS.Open(name)
}
