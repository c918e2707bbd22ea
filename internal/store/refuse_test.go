package store

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestRefused opens files that must not be touched: they are refused with what to
// do, and left as they are.
func TestRefused(t *testing.T) {
	history := func(t *testing.T, path string) {
		s := open(t, filepath.Dir(path))
		keepWhole(t, s, "one", "me", 200, 1000)
		closeNow(t, s)
	}
	for _, c := range []struct {
		name  string
		make  func(t *testing.T, path string)
		want  error
		words string
	}{
		{"of a newer program", func(t *testing.T, path string) {
			history(t, path)
			execIn(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
		}, ErrNewer, "format 9999"},
		{"no database", func(t *testing.T, path string) {
			writeFile(t, path, []byte(strings.Repeat("these are my notes\n", 1000)))
		}, ErrDamaged, "move it away"},
		{"another program's", func(t *testing.T, path string) {
			execIn(t, path, `CREATE TABLE songs (title TEXT)`)
		}, ErrDamaged, "move it away"},
		{"cut off", func(t *testing.T, path string) {
			history(t, path)
			if err := os.Truncate(path, 100_000); err != nil {
				t.Fatal(err)
			}
		}, ErrDamaged, "move it away"},
		{"overwritten", func(t *testing.T, path string) {
			history(t, path)
			body := readFile(t, path)
			copy(body[len(body)/2:], bytes.Repeat([]byte("x"), 20_000))
			writeFile(t, path, body)
		}, ErrDamaged, "move it away"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), File)
			c.make(t, path)
			before := readFile(t, path)
			_, err := Open(t.Context(), Config{Path: path})
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %v on one line with the file and %q", err, c.want, c.words)
			}
			if !bytes.Equal(before, readFile(t, path)) {
				t.Error("the file has changed")
			}
		})
	}
}

func TestInUse(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := Open(t.Context(), Config{Path: filepath.Join(dir, File)}); !errors.Is(err, ErrInUse) {
		t.Errorf("while it is open: got %v, want ErrInUse", err)
	}
	closeNow(t, s)
	open(t, dir)
}

func TestCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, nil)
	_, err := Open(t.Context(), Config{Path: filepath.Join(file, File)})
	if err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

// TestErrorsSayWhatToDo takes SQLite's own errors of a full and of a read-only disk.
func TestErrorsSayWhatToDo(t *testing.T) {
	s := open(t, t.TempDir())
	for _, c := range []struct{ pragma, want string }{
		{`PRAGMA max_page_count = 1`, "the disk is full"},
		{`PRAGMA query_only = 1`, "it cannot be written"},
	} {
		if _, err := s.db.write.ExecContext(t.Context(), c.pragma); err != nil {
			t.Fatal(err)
		}
		_, err := s.db.write.ExecContext(t.Context(), `INSERT INTO learners (id, created_at) VALUES (?, 1)`, strings.Repeat(c.pragma, 10_000))
		if got := means(err); got == nil || !strings.Contains(got.Error(), c.want) {
			t.Errorf("after %s: got %v, want %q", c.pragma, got, c.want)
		}
	}
}

func TestFileErrorsSayWhatToDo(t *testing.T) {
	for err, want := range map[error]string{
		syscall.ENOSPC: "the disk is full",
		syscall.EROFS:  "it cannot be written",
		syscall.EACCES: "it cannot be written",
		syscall.EINVAL: "open joblab.db.lock",
	} {
		got := means(&fs.PathError{Op: "open", Path: "joblab.db.lock", Err: err})
		if !errors.Is(got, err) || !strings.HasPrefix(got.Error(), want) {
			t.Errorf("%v: got %v, want %q", err, got, want)
		}
	}
}

// execIn changes a file as another program does.
func execIn(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func writeFile(t *testing.T, path string, body []byte) {
	t.Helper()
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
}
