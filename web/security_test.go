package web

import (
	"net/http"
	"strings"
	"testing"
)

// pages are one address of each kind of page.
var pages = []string{"/", "/labs/first-job", "/labs/first-job?run=abc", "/runs/abc", "/nothing", "/labs/nothing"}

func TestPagesHoldToTheirPolicy(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job").complete()
	for _, path := range pages {
		a := s.get(t, path)
		if csp := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'self';") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s %q, want %q", path, name, got, want)
			}
		}
		p := parse(t, a.body)
		if n := len(p.all("[style], style")); n > 0 {
			t.Errorf("%s: %d inline styles", path, n)
		}
		for _, n := range p.all("script") {
			if attr(n, "type") != "application/json" && !strings.HasPrefix(attr(n, "src"), "/static/") {
				t.Errorf("%s: a script that is not the server's own", path)
			}
		}
		for _, n := range p.all("*") {
			for _, at := range n.Attr {
				if strings.HasPrefix(at.Key, "on") {
					t.Errorf("%s: inline handler %s", path, at.Key)
				}
			}
		}
		for _, n := range p.all("link[href], img[src], script[src]") {
			if address := attr(n, "href") + attr(n, "src"); !strings.HasPrefix(address, "/static/") {
				t.Errorf("%s loads %s", path, address)
			} else if got := s.get(t, address); got.StatusCode != http.StatusOK || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s answers %d, Cache-Control %q", address, got.StatusCode, got.Header.Get("Cache-Control"))
			}
		}
	}
}

func TestOtherSitesMayChangeNothing(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job")
	for _, path := range []string{"/labs/first-job/runs", "/api/labs/first-job/runs", "/api/runs/abc/stop"} {
		for _, c := range []struct {
			site string
			want bool
		}{{"cross-site", false}, {"same-site", false}, {"same-origin", true}} {
			a := s.do(t, http.MethodPost, path, "", "Sec-Fetch-Site: "+c.site, "Content-Type: application/x-www-form-urlencoded")
			if got := a.StatusCode != http.StatusForbidden; got != c.want {
				t.Errorf("POST %s, %s: %d", path, c.site, a.StatusCode)
			}
		}
	}
	if a := s.get(t, "/runs/abc", "Sec-Fetch-Site: cross-site"); a.StatusCode != http.StatusOK {
		t.Errorf("a link from another site answers %d", a.StatusCode)
	}
}

func TestOnlyItsOwnNames(t *testing.T) {
	s := newSite(t)
	s.web.hosts = []string{"labs.example.org"}
	for host, want := range map[string]int{
		"127.0.0.1:8080":        http.StatusOK,
		"[::1]:8080":            http.StatusOK,
		"192.168.7.7":           http.StatusOK,
		"localhost:8080":        http.StatusOK,
		"LocalHost.":            http.StatusOK,
		"joblab.localhost":      http.StatusOK,
		"labs.example.org":      http.StatusOK,
		"Labs.Example.Org:443":  http.StatusOK,
		"example.org":           http.StatusMisdirectedRequest,
		"notlocalhost":          http.StatusMisdirectedRequest,
		"127.0.0.1.example.org": http.StatusMisdirectedRequest,
		"labs.example.org.evil": http.StatusMisdirectedRequest,
	} {
		for _, path := range []string{"/", "/api/labs", "/readyz", "/static/nothing"} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Host = host
			got, err := s.Client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			got.Body.Close()
			if refused := got.StatusCode == http.StatusMisdirectedRequest; refused != (want == http.StatusMisdirectedRequest) {
				t.Errorf("%s of host %s answers %d", path, host, got.StatusCode)
			}
		}
	}
}

func TestPanicIsAnswered(t *testing.T) {
	s := newSite(t)
	s.runs.add("abc", "first-job").rec = nil // its Log panics
	for _, path := range []string{"/runs/abc", "/api/runs/abc/timeline"} {
		a := s.get(t, path)
		if a.StatusCode != http.StatusInternalServerError || strings.Contains(a.body, "nil pointer") {
			t.Errorf("%s answers %d: %s", path, a.StatusCode, a.body)
		}
		if !strings.Contains(s.logged.String(), a.Header.Get("X-Request-Id")) {
			t.Errorf("the log does not name request %s", a.Header.Get("X-Request-Id"))
		}
	}
}
