package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// requestKey is the context key of a request's identifier.
type requestKey struct{}

// requestID is the identifier of the request that ctx belongs to.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// identify gives each request an identifier, which the log and error pages name.
func identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:12]
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

// observe logs and measures each request.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.now()
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		defer func() {
			took := s.now().Sub(start)
			status := ww.Status()
			if status == 0 {
				// A WebSocket's answer is written past the ResponseWriter.
				status = http.StatusOK
			}
			route := chi.RouteContext(r.Context()).RoutePattern()
			s.metrics.requests.WithLabelValues(route, counted(r.Method), fmt.Sprint(status)).Observe(took.Seconds())
			s.log.DebugContext(r.Context(), "request", "request", requestID(r.Context()), "method", r.Method, "path", r.URL.Path, "status", status, "bytes", ww.BytesWritten(), "took", took.Round(time.Microsecond))
		}()
		next.ServeHTTP(ww, r)
	})
}

// counted is a method as it is counted. Others than those of the routes are one, as
// a client may make up as many as it likes.
func counted(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return method
	}
	return "other"
}

// recoverPanic answers a request whose handler panicked, and logs where.
func (s *Server) recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			s.log.ErrorContext(r.Context(), "handler panicked", "request", requestID(r.Context()), "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
			s.fails(w, r, fmt.Errorf("panic: %v", v))
		}()
		next.ServeHTTP(w, r)
	})
}

// decodedPath finds routes by the path that is meant, however it is escaped:
// "/runs/recorded%3Anever" is "/runs/recorded:never".
func decodedPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chi.RouteContext(r.Context()).RoutePath = r.URL.Path
		next.ServeHTTP(w, r)
	})
}

// fails answers with an error in the form that fits the address.
func (s *Server) fails(w http.ResponseWriter, r *http.Request, err error) {
	h := func(http.ResponseWriter, *http.Request) error { return err }
	if strings.HasPrefix(r.URL.Path, "/api/") {
		s.api(h)(w, r)
		return
	}
	s.page(h)(w, r)
}

// secure forbids pages to load or run anything that is not the server's own.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses requests that change something and come from another
// site's page. Programs other than browsers are let through.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fails(w, r, errForbidden)
	}))
	return protection.Handler(next)
}
