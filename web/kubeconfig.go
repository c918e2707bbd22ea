package web

import (
	"fmt"
	"net/http"
)

// kubeconfig sends a file for the learner's own kubectl, with the rights of the
// run's console.
func (s *Server) kubeconfig(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	who, err := s.identity(r.Context(), live)
	if err != nil {
		return err
	}
	file, err := who.Kubeconfig(s.cluster.Config())
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/yaml")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="joblab-%s.kubeconfig"`, live.Info().ID))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	s.write(w, r, file)
	return nil
}
