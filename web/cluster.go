package web

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/web/view"
)

// clusterNow is the cluster as the badge shows it.
func (s *Server) clusterNow() view.Cluster {
	status, _ := s.cluster.Status()
	return newCluster(s.cluster.Info(), status)
}

func newCluster(info cluster.Info, status cluster.Status) view.Cluster {
	c := view.Cluster{
		Backend:    info.Backend,
		Version:    info.Version,
		State:      string(status.State),
		Step:       status.Step,
		Generation: status.Generation,
		Restarts:   status.Restarts,
		Since:      status.Since.UTC(),
	}
	if status.Err != nil {
		c.Error = status.Err.Error()
	}
	return c
}

// getCluster says how the cluster is.
func (s *Server) getCluster(w http.ResponseWriter, r *http.Request) error {
	s.writeJSON(w, r, http.StatusOK, s.clusterNow())
	return nil
}

// clusterEvents sends the cluster's state, and each later one, as server-sent
// events, until the reader goes or the server closes.
func (s *Server) clusterEvents(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := s.untilClosed(r)
	defer cancel()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	for {
		status, changed := s.cluster.Status()
		b, err := json.Marshal(newCluster(s.cluster.Info(), status))
		if err != nil {
			return fmt.Errorf("encode the cluster's state: %w", err)
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", b); err != nil {
			return err
		}
		if err := flush.Flush(); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}
