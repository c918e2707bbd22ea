package remote_test

import (
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
)

// api is an API server with no more than what is asked of one here. It can be
// frozen, as a process that is stopped, and taken down.
type api struct {
	address string
	ca      []byte

	mu        sync.Mutex
	server    *httptest.Server
	listener  *freezer
	version   string        // the body of /version
	uid       string        // of the namespace kube-system
	status    int           // of every answer; 0: as it should be
	unwatched bool          // watches are forbidden
	watched   chan struct{} // receives for each watch that is established
}

func newAPI(t *testing.T) *api {
	t.Helper()
	a := &api{version: `{"gitVersion":"v1.37.2"}`, uid: "one", watched: make(chan struct{}, 100)}
	a.start(t)
	t.Cleanup(a.stop)
	return a
}

// start listens, at the same address each time.
func (a *api) start(t *testing.T) {
	t.Helper()
	address := a.address
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	a.address = listener.Addr().String()
	frozen := &freezer{Listener: listener}
	server := httptest.NewUnstartedServer(a)
	server.Listener.Close()
	server.Listener, server.EnableHTTP2 = frozen, true
	server.StartTLS()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.server, a.listener = server, frozen
	a.ca = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// stop ends all connections and refuses new ones.
func (a *api) stop() {
	a.listener.thaw()
	a.server.CloseClientConnections()
	a.server.Close()
}

func (a *api) config() *rest.Config {
	return &rest.Config{Host: "https://" + a.address, TLSClientConfig: rest.TLSClientConfig{CAData: a.ca}}
}

// set changes what the server says.
func (a *api) set(change func(*api)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(a)
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	version, uid, status := a.version, a.uid, a.status
	if a.unwatched && r.URL.Query().Get("watch") != "" {
		status = http.StatusForbidden
		a.watched <- struct{}{}
	}
	a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case status != 0:
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":%[1]q,"message":%[1]q,"code":%[2]d}`, http.StatusText(status), status)
	case r.URL.Path == "/version":
		fmt.Fprint(w, version)
	case r.URL.Path == "/api/v1/namespaces/kube-system":
		fmt.Fprintf(w, `{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"kube-system","uid":%q,"resourceVersion":"7"}}`, uid)
	case r.URL.Path == "/api/v1/namespaces" && r.URL.Query().Get("watch") != "":
		w.(http.Flusher).Flush()
		a.watched <- struct{}{}
		<-r.Context().Done()
	default:
		http.NotFound(w, r)
	}
}

// freezer is a listener whose connections say nothing more while it is frozen.
type freezer struct {
	net.Listener

	mu     sync.Mutex
	frozen chan struct{} // closed when it thaws; nil if it is not frozen
}

func (f *freezer) Accept() (net.Conn, error) {
	conn, err := f.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &freezing{conn, f}, nil
}

func (f *freezer) freeze() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.frozen = make(chan struct{})
}

func (f *freezer) thaw() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.frozen != nil {
		close(f.frozen)
		f.frozen = nil
	}
}

func (f *freezer) wait() {
	f.mu.Lock()
	frozen := f.frozen
	f.mu.Unlock()
	if frozen != nil {
		<-frozen
	}
}

type freezing struct {
	net.Conn
	f *freezer
}

func (c *freezing) Write(p []byte) (int, error) {
	c.f.wait()
	return c.Conn.Write(p)
}
