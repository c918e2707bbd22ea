package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"

	"github.com/joblab/joblab/internal/run"
)

// Space is the namespace that the run had, which is gone.
func (r *Run) Space() (space run.Space, gone bool) {
	return run.Space{Name: r.info.Namespace, Expires: *r.info.FinishedAt}, true
}

// Objects returns the objects that the run has seen, in that order. There are none
// of a run in the middle of which its server was killed.
func (r *Run) Objects() []run.Object { return slices.Clone(r.objects) }

// LastVersion is [run.Run.LastVersion].
func (r *Run) LastVersion(kind, name string) (runtime.Object, error) {
	seen := run.SeenObject{Object: run.Object{Kind: kind, Name: name}}
	var packed []byte
	// As with the run itself, it is nobody's request that ends the reading.
	err := r.store.db.read.QueryRowContext(r.store.life, `SELECT gzip FROM objects
		WHERE run = ? AND kind = ? AND name = ? AND gzip IS NOT NULL ORDER BY number DESC LIMIT 1`, r.info.ID, kind, name).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%s %q %w", kind, name, run.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s %q: %w", kind, name, err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("read %s %q: %w", kind, name, err)
	}
	if seen.Newest, err = io.ReadAll(unpacked); err != nil {
		return nil, fmt.Errorf("read %s %q: %w", kind, name, err)
	}
	return seen.Decode()
}

// insertObjects writes what a run has seen by its end.
func insertObjects(ctx context.Context, tx *sql.Tx, id string, objects []run.SeenObject) error {
	for i, o := range objects {
		var packed []byte
		if o.Newest != nil {
			var err error
			if packed, err = compress(o.Newest); err != nil {
				return fmt.Errorf("compress object: %w", err)
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO objects (run, number, kind, api_version, name, uid, gzip) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			id, i, o.Kind, o.APIVersion, o.Name, string(o.UID), packed)
		if err != nil {
			return fmt.Errorf("write object: %w", err)
		}
	}
	return nil
}

// readObjects lists what a run has seen. All of it went with the namespace.
func readObjects(ctx context.Context, q querier, id string) ([]run.Object, error) {
	rows, err := q.QueryContext(ctx, `SELECT kind, api_version, name, uid FROM objects WHERE run = ? ORDER BY number`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	objects := []run.Object{}
	for rows.Next() {
		o := run.Object{Deleted: true}
		if err := rows.Scan(&o.Kind, &o.APIVersion, &o.Name, &o.UID); err != nil {
			return nil, err
		}
		objects = append(objects, o)
	}
	return objects, rows.Err()
}
