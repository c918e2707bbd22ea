package web

import "net/http"

// healthz says that the server answers.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	s.write(w, r, []byte("ok\n"))
	return nil
}

// readyz says whether a run can start now.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	if err := s.runs.Ready(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	s.write(w, r, []byte("ok\n"))
	return nil
}
