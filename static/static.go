// Package static holds the built scripts, styles and pictures, and serves them.
//
// Guarantees:
//   - An address names the content of its file, so that it may be cached for
//     ever; another content has another address.
//   - Files are compressed once, not at each request.
//
// The sources are in src; "go generate" builds dist from them with esbuild, which
// the module pins. The libraries that they use are installed by npm (make assets);
// since dist is kept with the sources, nobody else needs Node.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:generate go tool esbuild src/main.ts src/boot.ts src/main.css src/icon.svg --bundle --minify --target=es2022 --charset=utf8 --legal-comments=none --loader:.svg=copy --outdir=dist --entry-names=[name] --log-level=warning
//go:generate go tool esbuild editor=src/editor/main.ts --bundle --minify --format=esm --target=es2022 --charset=utf8 --legal-comments=eof --outdir=dist --entry-names=[name] --log-level=warning

//go:embed dist
var dist embed.FS

// Prefix is the path under which the files are served.
const Prefix = "/static/"

// Files are the built files by name.
type Files struct {
	urls  map[string]string // by name: "main.js"
	files map[string]file   // by hashed name: "main.0123456789ab.js"
}

type file struct {
	contentType string
	plain, gzip []byte
}

// New reads and compresses the files.
func New() (*Files, error) {
	f := &Files{urls: map[string]string{}, files: map[string]file{}}
	entries, err := fs.ReadDir(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("list the built files: %w", err)
	}
	for _, e := range entries {
		b, err := fs.ReadFile(dist, path.Join("dist", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read a built file: %w", err)
		}
		sum := sha256.Sum256(b)
		ext := path.Ext(e.Name())
		hashed := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		compressed, err := compress(b)
		if err != nil {
			return nil, fmt.Errorf("compress %s: %w", e.Name(), err)
		}
		f.urls[e.Name()] = Prefix + hashed
		f.files[hashed] = file{contentType: contentType(ext), plain: b, gzip: compressed}
	}
	return f, nil
}

func compress(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// contentType is that of a file extension, the same on every machine.
func contentType(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// URL is the address of a file, "" if there is none of this name.
func (f *Files) URL(name string) string { return f.urls[name] }

// ServeHTTP serves the file that the path names after [Prefix], which has been
// stripped. It answers GET and HEAD.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	file, ok := f.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", file.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := file.plain
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = file.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	// An error means that the reader has gone.
	_, _ = w.Write(body)
}

// acceptsGzip reports whether the request takes gzip: it is named, and not with
// q=0.
func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, params, _ := strings.Cut(part, ";")
		if strings.TrimSpace(coding) == "gzip" {
			q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
			weight, err := strconv.ParseFloat(q, 64)
			return !found || (err == nil && weight > 0)
		}
	}
	return false
}
