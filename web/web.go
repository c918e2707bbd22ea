// Package web serves the pages and the JSON API.
//
// Guarantees:
//   - routes.go lists every route; errors.go is the only place where an error
//     becomes a status and words.
//   - Pages can be read without JavaScript, in the language that the browser or
//     the reader chose, and load nothing from elsewhere.
//   - A request that changes something and comes from another site's page is
//     refused.
//   - A request that calls the server by a name it was not given is refused.
//   - No state of its own: what a page shows is read from the run, in memory or in
//     the history, the lab and the cluster when it is asked for.
package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/joblab/joblab/internal/access"
	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/console"
	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/schema"
	"github.com/joblab/joblab/internal/store"
	"github.com/joblab/joblab/internal/stream"
	"github.com/joblab/joblab/internal/timeline"
	"github.com/joblab/joblab/static"
	"github.com/joblab/joblab/web/view"
)

// Config is what the server shows. Every field but History, Hosts and Metrics is
// needed.
type Config struct {
	Labs lab.Collection
	Runs *run.Manager
	// History has the runs that are in memory no more; nil if none are kept.
	History *store.Store
	Cluster cluster.Cluster
	Stream  *stream.Server
	Logger  *slog.Logger
	// Version is the program's, for the foot of the pages.
	Version string
	// Hosts are the names, in lower case, by which browsers may call the server,
	// besides localhost and any address.
	Hosts []string
	// Metrics is where the server registers its collectors, and what /metrics
	// shows; nil for one of its own.
	Metrics *prometheus.Registry
}

// runs are all runs: those that a *run.Manager has, and those that are kept in a
// history.
type runs interface {
	Ready() error
	StartFor(ctx context.Context, learner string, l *lab.Lab, manifest []byte) (liveRun, error)
	Check(ctx context.Context, l *lab.Lab, manifest []byte) ([]run.Problem, error)
	Get(id string) (liveRun, error)
	// All are those in memory.
	All() []liveRun
	// Latest are the latest runs of a learner, of a lab unless the slug is empty,
	// the latest first, without their manifests.
	Latest(ctx context.Context, learner, slug string, limit int) ([]run.Info, error)
	// Progress is what a learner has done, by the slugs of labs.
	Progress(ctx context.Context, learner string) (map[string]store.Progress, error)
	// Judge notes how a lab went whose manifest was refused, so that there is no run.
	Judge(ctx context.Context, learner, slug string, verdict timeline.Verdict) error
	// Forget forgets what a learner has done.
	Forget(ctx context.Context, learner string) error
}

// liveRun is what the server needs of a run: a *run.Run, or one that has ended and
// is read from the history.
type liveRun interface {
	Info() run.Info
	Log() *timeline.Log
	Why() *explain.Live
	Stop(ctx context.Context) error
	Step(ctx context.Context, id string) error
	// Lab is nil for a run of a lab that is not there any more; see pagesOf.
	Lab() *lab.Lab
	PodLog(ctx context.Context, pod, container string, previous, follow bool) (io.ReadCloser, error)
}

// Server answers HTTP requests.
type Server struct {
	handler http.Handler

	shelf   atomic.Pointer[shelf]
	runs    runs
	cluster cluster.Cluster
	schemas *schema.Reader
	stream  *stream.Server
	log     *slog.Logger
	hosts   []string
	version string
	static  *static.Files
	metrics *metrics
	now     func() time.Time

	// identities are those of the runs' consoles.
	identities *access.Identities
	console    *console.Console

	// life is done once Close was called; it ends the answers that have no end
	// of their own. It belongs to the server, not to a request.
	life context.Context
	end  context.CancelFunc
}

// New returns a server.
func New(c Config) (*Server, error) {
	all := &allRuns{manager: c.Runs, history: c.History}
	s, err := newServer(c, all)
	if err != nil {
		return nil, err
	}
	all.lab = s.labOf
	return s, nil
}

func newServer(c Config, runs runs) (*Server, error) {
	s := &Server{
		runs:    runs,
		cluster: c.Cluster,
		schemas: schema.NewReader(c.Cluster),
		stream:  c.Stream,
		log:     c.Logger,
		hosts:   c.Hosts,
		version: c.Version,
		now:     time.Now,
	}
	s.identities = access.New(c.Cluster.Config, func() bool { return c.Cluster.Info().Shared })
	s.console = console.New(c.Cluster.Config, c.Logger)
	s.life, s.end = context.WithCancel(context.Background())
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	var err error
	if s.static, err = static.New(); err != nil {
		return nil, err
	}
	s.SetLabs(c.Labs)
	if s.metrics, err = newMetrics(c.Metrics, runs); err != nil {
		return nil, err
	}
	s.handler = s.routes(c.Metrics)
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close ends the answers that go on for as long as the reader stays: the
// cluster's events, followed logs and commands of the console. Call it when the HTTP server begins to shut
// down, which otherwise waits for them. Calling it again is harmless.
func (s *Server) Close() { s.end() }

// untilClosed returns a context that ends with r's or when the server closes.
// Its function must be called; it waits for nothing.
func (s *Server) untilClosed(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(s.life, cancel)
	return ctx, func() { stop(); cancel() }
}

// assets are the addresses of the built files.
func (s *Server) assets() view.Assets {
	return view.Assets{
		Boot:   s.static.URL("boot.js"),
		Script: s.static.URL("main.js"),
		Style:  s.static.URL("main.css"),
		Icon:   s.static.URL("icon.svg"),
	}
}
