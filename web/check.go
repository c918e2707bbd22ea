package web

import (
	"net/http"

	"github.com/joblab/joblab/web/view"
)

// checkManifest says for which problems a run of the body would be refused. It ends
// with the request, so that who types on leaves no work behind.
func (s *Server) checkManifest(w http.ResponseWriter, r *http.Request) error {
	l, err := s.lab(r)
	if err != nil {
		return err
	}
	manifest, err := readManifest(w, r)
	if err != nil {
		return err
	}
	found, err := s.runs.Check(r.Context(), l.Lab, manifest)
	if err != nil {
		return err
	}
	answer := struct {
		Problems []view.Problem `json:"problems"`
	}{problems(found)}
	if answer.Problems == nil {
		answer.Problems = []view.Problem{}
	}
	s.writeJSON(w, r, http.StatusOK, answer)
	return nil
}
