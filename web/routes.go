package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// routes lists every route. What a route takes and gives is in doc/api.md.
func (s *Server) routes(gatherer prometheus.Gatherer) http.Handler {
	r := chi.NewRouter()
	r.Use(identify, s.observe, s.recoverPanic, secure, s.ownHost, s.sameOrigin, decodedPath, middleware.GetHead)
	r.NotFound(s.notFound)
	r.MethodNotAllowed(s.methodNotAllowed)

	r.Method(http.MethodGet, "/static/*", http.StripPrefix("/static/", s.static))
	r.Get("/healthz", s.api(s.healthz))
	r.Get("/readyz", s.api(s.readyz))
	r.Method(http.MethodGet, "/metrics", promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{}))

	// Answers that go on are neither compressed nor held back.
	r.Get("/api/runs/{id}/stream", s.api(s.streamRun))
	r.Get("/api/runs/{id}/pods/{pod}/log", s.api(s.podLog))
	r.Get("/api/cluster/events", s.api(s.clusterEvents))
	r.Post("/api/runs/{id}/console", s.api(s.runCommand))

	r.Group(func(r chi.Router) {
		r.Use(middleware.Compress(6, "text/html", "application/json"))

		r.Get("/", s.page(s.catalogue))
		r.Post("/progress/forget", s.page(s.forget))
		r.Get("/labs/{slug}", s.page(s.labPage))
		r.Post("/labs/{slug}/runs", s.page(s.startFromForm))
		r.Get("/labs/{slug}/trace.json", s.api(s.trace))
		r.Get("/labs/{slug}/recording.json", s.api(s.recording))
		r.Get("/runs/{id}", s.page(s.runPage))
		r.Post("/runs/{id}/steps/{step}", s.page(s.stepFromForm))
		r.Get("/runs/{id}/why", s.page(s.whyPage))
		r.Get("/runs/{id}/compare", s.page(s.compareChoice))
		r.Get("/runs/{id}/compare/{other}", s.page(s.comparePage))
		r.Get("/runs/{id}/export/{format}", s.page(s.exportRun))

		r.Get("/api/labs", s.api(s.listLabs))
		r.Post("/api/labs/{slug}/runs", s.api(s.startRun))
		r.Get("/api/runs", s.api(s.listRuns))
		r.Post("/api/labs/{slug}/check", s.api(s.checkManifest))
		r.Get("/api/runs/{id}", s.api(s.getRun))
		r.Get("/api/runs/{id}/timeline", s.api(s.getTimeline))
		r.Get("/api/runs/{id}/explain", s.api(s.explain))
		r.Get("/api/runs/{id}/answers", s.api(s.getAnswers))
		r.Post("/api/runs/{id}/stop", s.api(s.stopRun))
		r.Post("/api/runs/{id}/steps/{step}", s.api(s.doStep))
		r.Get("/api/runs/{id}/console/complete", s.api(s.completeCommand))
		r.Get("/api/runs/{id}/kubeconfig", s.api(s.kubeconfig))
		r.Get("/api/runs/{id}/objects", s.api(s.listObjects))
		r.Get("/api/runs/{id}/objects/{kind}/{name}/describe", s.api(s.describeObject))
		r.Get("/api/runs/{id}/objects/{kind}/{name}/yaml", s.api(s.objectYAML))
		r.Get("/api/cluster", s.api(s.getCluster))
		r.Get("/api/cluster/schema", s.api(s.getSchema))
	})
	return r
}
