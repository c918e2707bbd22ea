package stream

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"github.com/joblab/joblab/internal/timeline"
)

// BenchmarkStream sends each entry to all viewers. One operation is one entry
// handed to one viewer, its client's read included.
func BenchmarkStream(b *testing.B) {
	for _, viewers := range []int{1, 30, 200} {
		b.Run(fmt.Sprintf("viewers=%d", viewers), func(b *testing.B) {
			r := timeline.NewRecorder(nil, time.Now)
			note(r, 1, b.N/viewers+1)
			r.Seal(true)
			_, url := serve(b, r.Log())
			b.ReportAllocs()
			b.ResetTimer()
			var done sync.WaitGroup
			for range viewers {
				done.Go(func() { drain(b, url) })
			}
			done.Wait()
		})
	}
}

// BenchmarkSend is the server's side of an entry for one viewer: what a message
// costs beyond the entry itself.
func BenchmarkSend(b *testing.B) {
	r := timeline.NewRecorder(nil, time.Now)
	note(r, 1, b.N)
	r.Seal(true)
	_, url := serve(b, r.Log())
	c := dial(b, url)
	b.ReportAllocs()
	b.ResetTimer()
	buf := make([]byte, 4096)
	for range b.N {
		_, msg, err := c.Reader(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = msg.Read(buf)
		}
	}
}

// BenchmarkLatency is the time from an entry's being written to its arrival at
// the last of the viewers.
func BenchmarkLatency(b *testing.B) {
	for _, viewers := range []int{1, 30, 200} {
		b.Run(fmt.Sprintf("viewers=%d", viewers), func(b *testing.B) {
			r := timeline.NewRecorder(nil, time.Now)
			_, url := serve(b, r.Log())
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			arrived := make(chan struct{}, viewers)
			var done sync.WaitGroup
			for range viewers {
				c := dial(b, url)
				done.Go(func() {
					for {
						if _, _, err := c.Read(ctx); err != nil {
							return
						}
						arrived <- struct{}{}
					}
				})
			}
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				note(r, 1, 1)
				for range viewers {
					<-arrived
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
			cancel()
			done.Wait()
		})
	}
}

func drain(b *testing.B, url string) {
	c, _, err := websocket.Dial(b.Context(), url, nil)
	if err != nil {
		b.Error(err)
		return
	}
	defer c.CloseNow()
	for {
		if _, _, err := c.Read(b.Context()); err != nil {
			if websocket.CloseStatus(err) != websocket.StatusNormalClosure {
				b.Error(err)
			}
			return
		}
	}
}
