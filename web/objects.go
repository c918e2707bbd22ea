package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/joblab/joblab/internal/access"
	"github.com/joblab/joblab/internal/console"
	"github.com/joblab/joblab/internal/run"
)

// listObjects lists what a run has seen.
func (s *Server) listObjects(w http.ResponseWriter, r *http.Request) error {
	live, err := s.runs.Get(r.PathValue("id"))
	if err != nil {
		return err
	}
	objects := []run.Object{}
	if p, ok := live.(placed); ok {
		objects = p.Objects()
	}
	s.writeJSON(w, r, http.StatusOK, objects)
	return nil
}

// describeObject sends what kubectl describe prints of an object.
func (s *Server) describeObject(w http.ResponseWriter, r *http.Request) error {
	target, err := s.target(r)
	if err != nil {
		return err
	}
	ctx, cancel := s.untilClosed(r)
	defer cancel()
	text, err := s.console.Describe(ctx, target, r.PathValue("kind"), r.PathValue("name"))
	if err != nil {
		return s.missing(r, err)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	s.write(w, r, []byte(text))
	return nil
}

// objectYAML sends an object as it is now, or, if that cannot be had, as the run
// saw it last.
func (s *Server) objectYAML(w http.ResponseWriter, r *http.Request) error {
	kind, name := r.PathValue("kind"), r.PathValue("name")
	text, err := s.yamlNow(r, kind, name)
	deleted := errors.Is(err, errGone) || isGone(err)
	if deleted || errors.Is(err, access.ErrNotAllowed) {
		live, getErr := s.runs.Get(r.PathValue("id"))
		if getErr != nil {
			return getErr
		}
		if p, ok := live.(placed); ok {
			if object, lastErr := p.LastVersion(kind, name); lastErr == nil {
				text, err = console.YAML(object)
			}
		}
	}
	if err != nil {
		return s.missing(r, err)
	}
	if deleted {
		w.Header().Set("X-Joblab-Deleted", "true")
	}
	w.Header().Set("Content-Type", "application/yaml")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	s.write(w, r, text)
	return nil
}

func (s *Server) yamlNow(r *http.Request, kind, name string) ([]byte, error) {
	target, err := s.target(r)
	if err != nil {
		return nil, err
	}
	return s.console.YAML(r.Context(), target, kind, name)
}

// isGone reports whether an error means that an object, or the whole namespace
// with its identity, is not there.
func isGone(err error) bool { return apierrors.IsNotFound(err) || apierrors.IsUnauthorized(err) }

// missing tells what is gone from what never was.
func (s *Server) missing(r *http.Request, err error) error {
	if !isGone(err) {
		return unanswered(err)
	}
	live, getErr := s.runs.Get(r.PathValue("id"))
	if getErr != nil {
		return getErr
	}
	p, ok := live.(placed)
	seen := ok && slices.ContainsFunc(p.Objects(), func(o run.Object) bool {
		return o.Kind == r.PathValue("kind") && o.Name == r.PathValue("name")
	})
	if seen {
		return fmt.Errorf("%w: %w", errDeleted, err)
	}
	return fmt.Errorf("%w: %w", errNoObject, err)
}
