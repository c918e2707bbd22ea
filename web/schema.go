package web

import "net/http"

// getSchema sends what a manifest of a kind may hold, as the cluster has it.
func (s *Server) getSchema(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	cut, err := s.schemas.Kind(r.Context(), query.Get("apiVersion"), query.Get("kind"))
	if err != nil {
		return err
	}
	// Weak, since the answer may be compressed or not.
	tag := `W/"` + cut.Tag + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/json")
	s.write(w, r, cut.JSON)
	return nil
}
