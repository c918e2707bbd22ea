package run

import (
	"context"
	"fmt"

	"github.com/joblab/joblab/internal/cluster"
)

// serve lets runs start.
func (m *Manager) serve(gen *generation) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gen = gen
	m.signalLocked()
}

// lose lets no run start and interrupts those that are going on.
func (m *Manager) lose(why error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gen = nil
	m.signalLocked()
	for _, r := range m.all {
		r.end(why)
	}
}

// lost says why the runs of a generation cannot go on.
func lost(status cluster.Status) reason {
	switch {
	case status.State == cluster.Ready:
		return "The cluster was lost: another one is in its place."
	case status.Err != nil:
		return reason(fmt.Sprintf("The cluster was lost: %v.", status.Err))
	}
	return reason(fmt.Sprintf("The cluster was lost: it is %s.", status.State))
}

// ready returns the generation in which a run can start now.
func (m *Manager) ready() (*generation, error) {
	gen, err := m.current()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return gen, m.placeLocked()
}

// current returns the generation in which manifests can be checked, and in which a
// run can start if there is a place.
func (m *Manager) current() (*generation, error) {
	status, _ := m.cfg.Cluster.Status()
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return nil, ErrClosed
	case status.State == cluster.Unreachable:
		return nil, unreachable(status)
	case m.gen == nil:
		return nil, notReady(status)
	}
	return m.gen, nil
}

// Ready says whether a run can start now, but for a place: the error is nil,
// [ErrNotReady] or [ErrUnreachable] with what the cluster is doing, or
// [ErrClosed].
func (m *Manager) Ready() error {
	_, err := m.current()
	return err
}

// notReady says why no run can start yet.
func notReady(status cluster.Status) error {
	switch {
	case status.State == cluster.Ready:
		return fmt.Errorf("%w: its watches are being established", ErrNotReady)
	case status.Step != "":
		return fmt.Errorf("%w: it is %s (%s)", ErrNotReady, status.State, status.Step)
	}
	return fmt.Errorf("%w: it is %s", ErrNotReady, status.State)
}

// WaitReady waits until a run can start. It fails with [ErrClosed], with why the
// cluster failed, or when ctx ends. Run must have been called.
func (m *Manager) WaitReady(ctx context.Context) error {
	for {
		status, clusterChanged := m.cfg.Cluster.Status()
		m.mu.Lock()
		closed, watched, changed := m.closed, m.gen != nil, m.changed
		m.mu.Unlock()
		switch {
		case closed:
			return ErrClosed
		case watched && status.State == cluster.Ready:
			return nil
		}
		if status.State == cluster.Failed {
			return fmt.Errorf("start cluster: %w", status.Err)
		}
		select {
		case <-changed:
		case <-clusterChanged:
		case <-ctx.Done():
			return fmt.Errorf("wait for the cluster: %w", ctx.Err())
		}
	}
}

// signalLocked wakes those who wait for the manager to be ready.
func (m *Manager) signalLocked() {
	close(m.changed)
	m.changed = make(chan struct{})
}
