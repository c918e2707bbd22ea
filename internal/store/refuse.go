package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// checkLimit is for how long a file is looked at for damage, which is enough for some
// 200 MiB. What is not found then is an error of whoever reads it.
const checkLimit = 2 * time.Second

// Errors of [Open]. The file is left as it was.
var (
	// ErrInUse: another process has the history open.
	ErrInUse = errors.New("it is in use by another joblab")
	// ErrNewer: a newer program has written it.
	ErrNewer = errors.New("it was written by a newer joblab")
	// ErrDamaged: it is no history, or not a whole one.
	ErrDamaged = errors.New("it is damaged, or not a history of joblab")
)

// inspect refuses a file that must not be touched. It changes nothing.
func inspect(ctx context.Context, path string) (err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn(path, url.Values{"mode": {"ro"}}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := check(ctx, db); err != nil {
		return err
	}
	var tables, versions int
	if err := db.QueryRowContext(ctx, `SELECT count(*), count(CASE name WHEN 'goose_db_version' THEN 1 END) FROM sqlite_master WHERE type = 'table'`).Scan(&tables, &versions); err != nil {
		return err
	}
	switch {
	case tables == 0:
		return nil
	case versions == 0:
		return damaged()
	}
	var version int64
	if err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version); err != nil {
		return err
	}
	known, err := newestMigration()
	if err != nil {
		return err
	}
	if version > known {
		return fmt.Errorf("%w (format %d; this one knows formats up to %d): use that one, or another data directory. Nothing was changed", ErrNewer, version, known)
	}
	return nil
}

// check looks for damage.
func check(ctx context.Context, db *sql.DB) error {
	checking, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	var found string
	err := db.QueryRowContext(checking, `PRAGMA quick_check(1)`).Scan(&found)
	switch {
	case checking.Err() != nil:
		return ctx.Err()
	case err != nil:
		return err
	case found != "ok":
		return fmt.Errorf("%w (%s)", damaged(), found[strings.LastIndexByte(found, '\n')+1:]) // after the name of the database
	}
	return nil
}

// damaged says what to do about [ErrDamaged].
func damaged() error {
	return fmt.Errorf("%w: move it away to begin a new one, or put back a copy. Nothing was changed", ErrDamaged)
}

// means says what an error of SQLite, or of the file, means, and what to do.
func means(err error) error {
	code := sqlite3.SQLITE_OK
	if failed := (*sqlite.Error)(nil); errors.As(err, &failed) {
		code = failed.Code() & 0xff
	}
	switch {
	case code == sqlite3.SQLITE_NOTADB, code == sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w (%w)", damaged(), err)
	case code == sqlite3.SQLITE_FULL, errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("the disk is full: make room on it (%w)", err)
	case code == sqlite3.SQLITE_READONLY, code == sqlite3.SQLITE_CANTOPEN, code == sqlite3.SQLITE_PERM, errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("it cannot be written: allow that, or choose another data directory (%w)", err)
	case code == sqlite3.SQLITE_IOERR:
		return fmt.Errorf("the disk does not work, or is full (%w)", err)
	}
	return err
}
