package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/joblab/joblab/web/view"
)

// handler answers a request, or returns an error before it has written anything.
type handler func(w http.ResponseWriter, r *http.Request) error

// page makes a handler of a page: its errors become pages.
func (s *Server) page(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.errorPage(w, r, err)
		}
	}
}

// api makes a handler of the API: its errors become JSON, in English.
func (s *Server) api(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil || s.tooLate(w, r, err) {
			return
		}
		f := fail(err, view.In(view.English))
		s.report(r, f, err)
		f.answer(w.Header())
		s.writeJSON(w, r, f.status, newAPIError(err, f, requestID(r.Context())))
	}
}

// errorPage answers with a page that says what happened and what to do.
func (s *Server) errorPage(w http.ResponseWriter, r *http.Request, err error) {
	if s.tooLate(w, r, err) {
		return
	}
	words := s.words(w, r)
	f := fail(err, words)
	s.report(r, f, err)
	f.answer(w.Header())
	p := view.ErrorPage{Frame: s.frame(r, words, f.heading), Status: f.status, Heading: f.heading, Means: f.means}
	if f.status == http.StatusNotFound {
		p.Near = s.near(r.PathValue("slug"), words.Lang, s.progress(r))
	}
	if f.status == http.StatusInternalServerError {
		p.Request = requestID(r.Context())
	}
	s.render(w, r, f.status, view.Error(p))
}

// report logs what a person must look at.
func (s *Server) report(r *http.Request, f failure, err error) {
	if f.status == http.StatusInternalServerError && !errors.Is(err, http.ErrAbortHandler) {
		s.log.ErrorContext(r.Context(), "request failed", "request", requestID(r.Context()), "method", r.Method, "path", r.URL.Path, "err", err)
	}
}

// tooLate reports whether the answer has begun, so that an error can only end
// the connection, or the reader has gone.
func (s *Server) tooLate(w http.ResponseWriter, r *http.Request, err error) bool {
	if r.Context().Err() != nil {
		return true
	}
	if ww, ok := w.(middleware.WrapResponseWriter); ok && ww.Status() != 0 {
		s.log.WarnContext(r.Context(), "answer broke off", "request", requestID(r.Context()), "path", r.URL.Path, "err", err)
		return true
	}
	return false
}

// render writes a component with a status. Nothing is written if it fails.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		s.log.ErrorContext(r.Context(), "page not rendered", "request", requestID(r.Context()), "path", r.URL.Path, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	s.write(w, r, b.Bytes())
}

// writeJSON writes v with a status.
func (s *Server) writeJSON(w http.ResponseWriter, r *http.Request, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		// The API's shapes hold only numbers, strings and times.
		panic(fmt.Sprintf("web: encode %T: %v", v, err))
	}
	w.Header().Set("Content-Type", "application/json")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	s.write(w, r, append(b, '\n'))
}

// write writes the rest of an answer; that the reader has gone is not an error.
func (s *Server) write(w http.ResponseWriter, r *http.Request, b []byte) {
	if _, err := w.Write(b); err != nil {
		s.log.DebugContext(r.Context(), "reader has gone", "request", requestID(r.Context()), "err", err)
	}
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) { s.fails(w, r, errNoPage) }

// methodNotAllowed answers a request for an address that takes others only, and
// says which.
func (s *Server) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	at := chi.RouteContext(r.Context())
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if at.Routes.Match(chi.NewRouteContext(), method, at.RoutePath) {
			w.Header().Add("Allow", method)
		}
	}
	s.fails(w, r, errMethod)
}
