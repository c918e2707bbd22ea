package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(t *testing.T, f *Files, method, address, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, address, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	http.StripPrefix(Prefix, f).ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFiles(t *testing.T) {
	f, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for name, contentType := range map[string]string{
		"main.js": "text/javascript; charset=utf-8", "boot.js": "text/javascript; charset=utf-8",
		"main.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml",
	} {
		t.Run(name, func(t *testing.T) {
			address := f.URL(name)
			plain := get(t, f, http.MethodGet, address, "")
			if plain.StatusCode != http.StatusOK || plain.Header.Get("Content-Type") != contentType || !strings.Contains(plain.Header.Get("Cache-Control"), "immutable") {
				t.Fatalf("%s answers %d, %v", address, plain.StatusCode, plain.Header)
			}
			want := body(t, plain.Body)
			packed := get(t, f, http.MethodGet, address, "br;q=1.0, gzip;q=0.8")
			if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Vary") != "Accept-Encoding" {
				t.Fatalf("compressed: %v", packed.Header)
			}
			unpack, err := gzip.NewReader(packed.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got := body(t, unpack); !bytes.Equal(got, want) || len(want) == 0 {
				t.Errorf("compressed, it is %d bytes, otherwise %d", len(got), len(want))
			}
			if refused := get(t, f, http.MethodGet, address, "gzip;q=0"); refused.Header.Get("Content-Encoding") != "" {
				t.Error("gzip is sent to who refuses it")
			}
			head := get(t, f, http.MethodHead, address, "")
			if got := body(t, head.Body); len(got) > 0 || head.ContentLength != int64(len(want)) {
				t.Errorf("HEAD has %d bytes, Content-Length %d", len(got), head.ContentLength)
			}
		})
	}
	if f.URL("nothing.js") != "" {
		t.Error("a file that is not there has an address")
	}
	for _, address := range []string{"/static/main.js", "/static/main.000000000000.js", "/static/", "/static/../static.go"} {
		if got := get(t, f, http.MethodGet, address, ""); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", address, got.StatusCode)
		}
	}
}
