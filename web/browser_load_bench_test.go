package web

import (
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/joblab/joblab/internal/browsertest"
)

// BenchmarkFirstPaint measures after how many milliseconds a page shows something to who
// comes for the first time, and to whom nothing is cached.
func BenchmarkFirstPaint(b *testing.B) {
	s := newLabSite(b)
	tab := browsertest.Start(b).Tab(b)
	browsertest.Call(tab, "do without a cache", network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	tab.Resize(1440, 900)
	for _, page := range []struct{ name, path string }{{"catalogue", "/"}, {"lab", "/labs/never-with-limit"}, {"run", "/runs/never-with-limit"}} {
		b.Run(page.name, func(b *testing.B) {
			var times []float64
			for b.Loop() {
				tab.Open(s.URL + page.path + "?lang=en")
				times = append(times, browsertest.Evaluate[float64](tab, `new Promise((done) => new PerformanceObserver((list) => {
					const paint = list.getEntriesByName("first-contentful-paint")[0];
					if (paint) done(paint.startTime);
				}).observe({ type: "paint", buffered: true }))`, chromedp.EvalAwaitPromise))
			}
			report(b, times, "ms/paint")
		})
	}
}
