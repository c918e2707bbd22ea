// Package store is the history of runs: a SQLite file in which they outlive the
// server, and finished ones need neither memory nor a cluster.
//
// Guarantees:
//   - A run is written while it goes on, and never holds it up: each run has a
//     writer of its own that reads the run's log at its own pace. What has been
//     written is a prefix of the log, without holes.
//   - A server that is killed loses the last moment of its runs: what was not yet
//     written, usually some milliseconds. The next server finds them interrupted,
//     with a note and a final verdict as their last entries. If the machine loses
//     power, the last second may be lost too; the file stays whole.
//   - What cannot be written is tried again until it can. The run goes on, and says
//     on its timeline that it is not kept.
//   - The history is bounded in bytes: the runs that ended first are forgotten.
//     What a learner has achieved ([Progress]) stays.
//   - A file that is damaged, of a newer program, or in use is refused, and left as
//     it is.
//
// The SQL is plain, so that another database can take the place of SQLite. All
// methods may be called from any goroutine.
package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// File is the name of a history in a directory of data; more files have it as the
// beginning of their names.
const File = "joblab.db"

// Config says where the history is.
type Config struct {
	// Path is the file. It is made if it is not there.
	Path string
	// MaxBytes bounds the file, about; 512 MiB if it is 0.
	MaxBytes int64
	Logger   *slog.Logger // slog.Default()
}

// Store is an open history.
type Store struct {
	max  int64
	log  *slog.Logger
	db   *database
	past cache
	load singleflight.Group

	// life ends when runs can be followed no more; hurry is closed before, when they
	// should be followed to their end without waiting.
	life      context.Context
	end       context.CancelFunc
	hurry     chan struct{}
	following sync.WaitGroup

	mu     sync.Mutex
	closed bool
}

// Open opens the history, or begins one. Runs that an earlier server has left in the
// middle become interrupted. The error is [ErrInUse], [ErrNewer], [ErrDamaged], or
// says what cannot be done with the file.
func Open(ctx context.Context, c Config) (*Store, error) {
	db, err := openDatabase(ctx, c.Path)
	if err != nil {
		return nil, fmt.Errorf("open the history %s: %w", c.Path, means(err))
	}
	s := &Store{
		max:   cmp.Or(c.MaxBytes, 512<<20),
		log:   cmp.Or(c.Logger, slog.Default()),
		db:    db,
		past:  cache{maxRuns: maxCachedRuns, maxEntries: maxCachedEntries},
		hurry: make(chan struct{}),
	}
	s.life, s.end = context.WithCancel(context.Background())
	if err := errors.Join(s.interruptAll(ctx), s.makeRoom(ctx)); err != nil {
		return nil, errors.Join(fmt.Errorf("open the history %s: %w", c.Path, means(err)), s.Close(ctx))
	}
	return s, nil
}

// Close takes no more runs, waits until those that it follows are written, and
// closes the file. The runs must have ended, or be about to. If ctx ends first, what
// is not written is lost, and the error says so.
func (s *Store) Close(ctx context.Context) error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if again {
		return nil
	}
	close(s.hurry)
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.following.Wait()
	}()
	var err error
	select {
	case <-written:
	case <-ctx.Done():
		err = fmt.Errorf("wait for runs to be kept: %w", ctx.Err())
	}
	s.end()
	<-written
	return errors.Join(err, s.db.close())
}

// nanos is a time as the history has it.
func nanos(t time.Time) int64 { return t.UnixNano() }

// timeOf is the reverse.
func timeOf(nanos int64) time.Time { return time.Unix(0, nanos).UTC() }
