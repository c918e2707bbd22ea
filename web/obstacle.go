package web

import (
	"fmt"
	"strings"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/web/view"
)

// obstacle says why the cluster cannot run a lab, nothing if it can, or if that is
// not known yet.
func (s *Server) obstacle(l *labPages, w *view.Words) string {
	info := s.cluster.Info()
	return obstacleText(l.Obstacle(info.Backend, info.Version), w)
}

func obstacleText(o *lab.Obstacle, w *view.Words) string {
	switch {
	case o == nil:
		return ""
	case o.Gate != "":
		return fmt.Sprintf(w.NeedsGate, o.Gate, o.Since, o.Has)
	case o.Version != "":
		return fmt.Sprintf(w.NeedsVersion, o.Version, o.Has)
	}
	var names []string
	for _, b := range o.Backends {
		names = append(names, w.Backends[b])
	}
	return fmt.Sprintf(w.NeedsBackend, strings.Join(names, ", "), w.Backends[o.Has])
}
