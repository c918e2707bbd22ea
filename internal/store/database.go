package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// readers is how many connections read at once.
const readers = 4

// database is the file. One connection writes, so that writers wait for each other
// here and not in the file's lock; others read meanwhile.
type database struct {
	write, read *sql.DB
	lock        *os.File
}

// openDatabase opens a file, or makes it, and brings its tables up to date.
func openDatabase(ctx context.Context, path string) (db *database, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	db = &database{lock: lock}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.close())
		}
	}()
	if err := inspect(ctx, path); err != nil {
		return db, err
	}
	// The file holds what learners have written: it is for its owner only.
	if file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return db, err
	} else if err := file.Close(); err != nil {
		return db, err
	}
	// Pragmas are per connection: only in the name do they reach all. A new file
	// takes auto_vacuum before its first table.
	if db.write, err = sql.Open("sqlite", dsn(path, url.Values{"_txlock": {"immediate"}},
		"auto_vacuum(incremental)", "foreign_keys(1)", "journal_mode(wal)", "synchronous(normal)", "journal_size_limit(16777216)")); err != nil {
		return db, err
	}
	db.write.SetMaxOpenConns(1)
	if err := migrate(ctx, db.write); err != nil {
		return db, err
	}
	// Whether the disk takes anything is known before the first run.
	if _, err := db.write.ExecContext(ctx, `INSERT INTO opened (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at`, nanos(time.Now())); err != nil {
		return db, err
	}
	if db.read, err = sql.Open("sqlite", dsn(path, nil, "query_only(1)")); err != nil {
		return db, err
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetConnMaxIdleTime(time.Minute)
	return db, nil
}

// dsn names a file and what holds for each connection to it.
func dsn(path string, query url.Values, pragmas ...string) string {
	if query == nil {
		query = url.Values{}
	}
	query["_pragma"] = append(pragmas, "busy_timeout(5000)")
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

// lockFile takes the lock that one process has at a time. It is a file of its own:
// SQLite's locks on the database would go if that were opened and closed for it.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case err == nil:
		return file, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		err = ErrInUse
	default:
		err = fmt.Errorf("lock %s: %w", path, err)
	}
	return nil, errors.Join(err, file.Close())
}

// close closes what is open.
func (db *database) close() error {
	var errs []error
	for _, pool := range []*sql.DB{db.read, db.write} { // the last to close empties the journal
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(append(errs, db.lock.Close())...)
}

// transact changes the file by all that change does, or by nothing.
func (db *database) transact(ctx context.Context, change func(*sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := change(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
