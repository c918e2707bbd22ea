package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/joblab/joblab/internal/cluster/kind"
	"github.com/joblab/joblab/internal/lab"
)

const (
	// quiet is how long a directory of labs must rest before it is read again: an
	// editor writes a file in several steps, git many files.
	quiet = 200 * time.Millisecond
	// lookAgain is when to look for a directory of labs that is gone.
	lookAgain = 2 * time.Second
)

// shelf is where a server has its labs from.
type shelf struct {
	flags clusterFlags
	read  lab.Collection // when the server started
	log   *slog.Logger
}

// follow reads the labs again whenever their directory changes, and hands on what
// it read, until ctx ends. Labs that are built in do not change. What cannot be
// read at all leaves the labs as they are.
func (s *shelf) follow(ctx context.Context, set func(lab.Collection)) {
	if s.flags.labs == "" {
		return
	}
	s.tell(s.read)
	err := watchDir(ctx, s.flags.labs, func() {
		before := s.flags.images
		read, err := s.flags.readLabs()
		if err != nil {
			s.log.Warn("labs not read again", "err", err)
			return
		}
		set(read)
		s.log.Info("labs read again", "labs", len(read.Labs), "broken", len(read.Broken))
		s.tell(read)
		s.loadImages(ctx, before)
	})
	if err != nil {
		s.log.Warn("labs are not read again when they change", "err", err)
	}
}

// tell logs what is wrong with labs.
func (s *shelf) tell(read lab.Collection) {
	if err := read.Err(); err != nil {
		s.log.Warn("labs have problems", "err", err)
	}
}

// loadImages gives a kind cluster the images that changed labs have come to need
// and the host has. Other clusters have or pull theirs by themselves.
func (s *shelf) loadImages(ctx context.Context, before []string) {
	isNew := func(image string) bool { return !slices.Contains(before, image) }
	if s.flags.backend != onKind || !slices.ContainsFunc(s.flags.images, isNew) {
		return
	}
	if err := kind.LoadImages(ctx, s.flags.kind(s.log)); err != nil {
		s.log.Warn("images of changed labs not loaded", "err", err)
	}
}

// watchDir calls changed after each change of what is in a directory or below it,
// once the changes pause, until ctx ends. A directory that goes, as in a checkout
// of another branch, is waited for.
func watchDir(ctx context.Context, root string, changed func()) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch %s: %w", root, err)
	}
	defer watcher.Close()
	if err := watchTree(watcher, root); err != nil {
		return err
	}
	rest := time.NewTimer(quiet)
	rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-watcher.Events:
			rest.Reset(quiet)
		case err := <-watcher.Errors:
			// Events may have been lost: what is there now is read.
			if err != nil {
				rest.Reset(quiet)
			}
		case <-rest.C:
			if err := watchTree(watcher, root); err != nil {
				rest.Reset(lookAgain)
				continue
			}
			changed()
		}
	}
}

// watchTree watches a directory and those below it, which may be watched already.
func watchTree(watcher *fsnotify.Watcher, root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && path != root:
			return nil // gone meanwhile, which is an event of its own
		case err != nil:
			return fmt.Errorf("watch %s: %w", root, err)
		case !entry.IsDir():
			return nil
		case path != root && entry.Name()[0] == '.':
			return filepath.SkipDir
		}
		if err := watcher.Add(path); err != nil {
			return fmt.Errorf("watch %s: %w", path, err)
		}
		return nil
	})
}
