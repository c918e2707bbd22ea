// Package stream sends a run's timeline to browsers over WebSockets: the log's
// entries as text messages, one entry each, from any sequence number on.
//
// Guarantees:
//   - Order and loss: a viewer gets the entries after the one that it names, in
//     order and without holes, each exactly once per connection. Who was cut off
//     asks again for those after the last one that it got.
//   - Copies: every viewer is sent the same bytes, which the log encoded once. A
//     message that is sent costs no memory.
//   - Blocking: viewers read the log at their own pace and hold up neither its
//     writer nor each other. There is no queue and nothing is dropped; who takes
//     nothing for [WriteTimeout] is cut off.
//   - The end: a viewer that has got the last entry of a sealed log is closed
//     with 1000, at a shutdown all others with 1001. A message is never cut in two
//     by a shutdown.
//   - Origin: a browser's page may connect only to the host that it came from.
//
// All methods may be called from several goroutines at once.
package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"nhooyr.io/websocket"

	"github.com/joblab/joblab/internal/timeline"
)

// Limits of a connection.
const (
	// PingInterval is how often a viewer is asked whether it is there, and the
	// time that it has to answer. It keeps proxies from closing a quiet stream.
	PingInterval = 20 * time.Second
	// WriteTimeout is how long one message may take to be handed to the
	// viewer's connection.
	WriteTimeout = 5 * time.Second
)

// Errors of [Server.Serve]. When it returns one, nothing has been written yet.
var (
	// ErrAfter: the query's "after" is not a sequence number (400).
	ErrAfter = errors.New("after must be a sequence number: a whole number, 0 or more")
	// ErrShutdown: the server takes no more viewers (503).
	ErrShutdown = errors.New("the server is shutting down")
)

// Server keeps the connections of all viewers.
type Server struct {
	log *slog.Logger

	mu sync.Mutex
	// viewers holds what ends each viewer's stream.
	viewers map[*viewer]context.CancelCauseFunc
	// idle is nil until Shutdown; then it is closed when the last viewer has gone.
	idle chan struct{}
}

// New returns a server without viewers.
func New(log *slog.Logger) *Server {
	return &Server{log: log, viewers: make(map[*viewer]context.CancelCauseFunc)}
}

// Serve makes the request a WebSocket and sends it the entries of l after the
// sequence number in the query's "after" (0 if there is none), until the log
// has ended, the viewer has gone, or the server shuts down.
//
// A request that cannot be made a WebSocket, or comes from another origin, is
// answered here. An error, [ErrAfter] or [ErrShutdown], means that nothing was
// written and the caller has to answer. Whatever happens to the connection
// later is not an error.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, l *timeline.Log) error {
	after, err := After(r)
	if err != nil {
		return err
	}
	follow, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	v := &viewer{log: s.log, wire: &wire{}}
	if !s.enter(v, cancel) {
		return ErrShutdown
	}
	defer s.leave(v)

	conn, err := websocket.Accept(&hijacker{w, v.wire}, r, nil)
	if err != nil {
		s.log.DebugContext(r.Context(), "stream refused", "err", err)
		return nil
	}
	v.conn = conn
	// The request's context ends when the HTTP server shuts down, which would cut
	// the connection before it could be closed with a code.
	gone := conn.CloseRead(context.Background())
	defer context.AfterFunc(gone, func() { cancel(errGone) })()
	v.serve(follow, l, after)
	return nil
}

// After returns the sequence number in the query's "after", 0 if there is none, or
// an [ErrAfter].
func After(r *http.Request) (timeline.Seq, error) {
	query := r.URL.Query()
	if !query.Has("after") {
		return 0, nil
	}
	n, err := strconv.ParseUint(query.Get("after"), 10, 63)
	if err != nil {
		return 0, fmt.Errorf("%w, not %q", ErrAfter, query.Get("after"))
	}
	return timeline.Seq(n), nil
}

// enter counts a viewer; it refuses once a shutdown has begun.
func (s *Server) enter(v *viewer, cancel context.CancelCauseFunc) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.idle != nil {
		return false
	}
	s.viewers[v] = cancel
	return true
}

func (s *Server) leave(v *viewer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.viewers, v)
	if s.idle != nil && len(s.viewers) == 0 {
		close(s.idle)
	}
}

// Viewers is the number of connections now.
func (s *Server) Viewers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.viewers)
}

// Shutdown refuses new viewers, closes those that are connected with 1001 and
// waits until all have gone: at most [WriteTimeout] for a message on its way, and
// ten seconds more for a viewer that does not answer the close. If ctx ends
// first, Shutdown returns its error and the connections end by themselves. It
// may be called again to go on waiting.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if s.idle == nil {
		s.idle = make(chan struct{})
		if len(s.viewers) == 0 {
			close(s.idle)
		}
		for _, cancel := range s.viewers {
			cancel(ErrShutdown)
		}
	}
	s.mu.Unlock()
	select {
	case <-s.idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for viewers: %w", ctx.Err())
	}
}
