package watch

import (
	"encoding/json"
	"io"
	"log/slog"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/joblab/joblab/internal/timeline"
)

// BenchmarkDecode measures what the Hub does to a pod's watch event between the
// network and the sink: one pass over a Table with its pod.
func BenchmarkDecode(b *testing.B) {
	rec := read(b, "job-ok")
	d, err := newRowDecoder()
	if err != nil {
		b.Fatal(err)
	}
	d.columns.Store(&columns{ready: 2, status: 1, restarts: 3})
	var last published
	for i := range rec.Changes {
		if c := &rec.Changes[i]; c.Pod != nil {
			last = published{row: c.Row}
			if err := json.Unmarshal(c.Object, &last.object); err != nil {
				b.Fatal(err)
			}
		}
	}
	body, err := json.Marshal(tableOf(map[string]any{"resourceVersion": "7"}, false, last))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := d.Decode(body, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDelivery measures from a change in the API server to the sink, over an
// in-memory connection, the fake server's own encoding included.
func BenchmarkDelivery(b *testing.B) {
	rec := read(b, "job-ok")
	a, cfg := newAPI(b)
	h, err := New(cfg, "", slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- h.Run(b.Context()) }()
	b.Cleanup(func() { <-done })
	sink := make(podSink, 1)
	defer h.Route(namespaceOf(rec), sink)()
	<-h.Established()
	var object map[string]any
	for i := range rec.Changes {
		if c := &rec.Changes[i]; c.Pod != nil {
			if err := json.Unmarshal(c.Object, &object); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		a.replace("pods", object)
		<-sink
	}
}

// podSink is a sink that says when a pod has come.
type podSink chan struct{}

func (s podSink) Pod(timeline.Type, timeline.Row, *corev1.Pod) { s <- struct{}{} }
func (podSink) Job(timeline.Type, *batchv1.Job)                {}
func (podSink) CronJob(timeline.Type, *batchv1.CronJob)        {}
func (podSink) Event(timeline.Type, *corev1.Event)             {}
func (podSink) Note(timeline.Note)                             {}
