package web

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what the server counts itself.
type metrics struct {
	requests *prometheus.HistogramVec
	streams  prometheus.Gauge
}

// newMetrics registers the server's collectors, Go's and the process's.
func newMetrics(r prometheus.Registerer, runs runs) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "joblab_http_request_duration_seconds",
			Help:    "How long requests took, by route; streams count until they ended.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
		}, []string{"route", "method", "code"}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "joblab_stream_connections",
			Help: "WebSocket connections that are open.",
		}),
	}
	for _, c := range []prometheus.Collector{
		m.requests, m.streams, &runCollector{runs},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

// runCollector counts the runs in memory, when it is asked.
type runCollector struct{ runs runs }

var (
	runsDesc    = prometheus.NewDesc("joblab_runs", "Runs that are in memory, by state.", []string{"state"}, nil)
	entriesDesc = prometheus.NewDesc("joblab_timeline_entries", "Timeline entries of the runs in memory.", nil, nil)
)

// Describe sends the descriptions of what is counted.
func (c *runCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- runsDesc
	ch <- entriesDesc
}

// Collect counts.
func (c *runCollector) Collect(ch chan<- prometheus.Metric) {
	entries := 0
	states := map[string]int{}
	for _, r := range c.runs.All() {
		states[string(r.Info().State)]++
		entries += r.Log().Len()
	}
	for state, n := range states {
		ch <- prometheus.MustNewConstMetric(runsDesc, prometheus.GaugeValue, float64(n), state)
	}
	ch <- prometheus.MustNewConstMetric(entriesDesc, prometheus.GaugeValue, float64(entries))
}
