package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"

	"github.com/joblab/joblab/internal/run"
)

// PodLog reads what was kept of a container's log, as [run.Run.PodLog] does. There
// is nothing to follow: it has ended.
func (r *Run) PodLog(ctx context.Context, pod, container string, previous, _ bool) (io.ReadCloser, error) {
	logs, err := r.store.logsOf(ctx, r.info.ID, pod)
	if err != nil {
		return nil, fmt.Errorf("read log of pod %q: %w", pod, err)
	}
	key, err := choose(logs, pod, container, previous)
	if err != nil {
		return nil, err
	}
	var packed []byte
	err = r.store.db.read.QueryRowContext(ctx, `SELECT gzip FROM logs WHERE run = ? AND number = ? AND place = ? AND start = ?`, r.info.ID, key.pod, key.place, key.start).Scan(&packed)
	if err != nil {
		return nil, fmt.Errorf("read log of pod %q: %w", pod, err)
	}
	log, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("read log of pod %q: %w", pod, err)
	}
	return log, nil
}

// logsOf lists the logs of the pod of a name, of the latest if there were several,
// by container and start.
func (s *Store) logsOf(ctx context.Context, id, pod string) ([]run.ContainerLog, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT number, place, container, init, start FROM logs
		WHERE run = ? AND pod = ? AND number = (SELECT max(number) FROM logs WHERE run = ? AND pod = ?) ORDER BY place, start`, id, pod, id, pod)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var logs []run.ContainerLog
	for rows.Next() {
		var l run.ContainerLog
		if err := rows.Scan(&l.PodNumber, &l.Place, &l.Container, &l.Init, &l.Start); err != nil {
			return nil, err
		}
		logs = append(logs, l)
	}
	return logs, rows.Err()
}

// choose finds the log of a container's last start, or of the one before. Without
// a name it is the first container that is no init container.
func choose(logs []run.ContainerLog, pod, container string, previous bool) (logKey, error) {
	if len(logs) == 0 {
		return logKey{}, fmt.Errorf("log of pod %q %w", pod, run.ErrNotFound)
	}
	var starts []run.ContainerLog
	for _, l := range logs {
		named := l.Container == container || container == "" && !l.Init
		if named && (len(starts) == 0 || starts[0].Place == l.Place) {
			starts = append(starts, l)
		}
	}
	n := len(starts)
	switch {
	case n == 0:
		return logKey{}, fmt.Errorf("log of container %q in pod %q %w", container, pod, run.ErrNotFound)
	case !previous:
		return keyOf(starts[n-1]), nil
	case n < 2:
		return logKey{}, fmt.Errorf("previous terminated container %q in pod %q %w", starts[0].Container, pod, run.ErrNotFound)
	}
	return keyOf(starts[n-2]), nil
}
