package watch

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/timeline"
)

// api is an API server of pods, Jobs, CronJobs and Events: it lists, and it
// watches from a resource version on. What it serves is published by the test,
// and it misbehaves as the test says. Connections are in memory.
type api struct {
	t testing.TB

	mu      sync.Mutex
	log     map[string][]published // by resource, in order of version
	gone    map[string]int         // versions below are forgotten
	changed chan struct{}          // closed at the next change

	// interfere is asked before each event of each connection; nil: nothing.
	interfere func(resource string, p *published) fault
	// goneAsEvent answers a version that is gone with 200 and an ERROR event
	// instead of the status 410.
	goneAsEvent bool
	// keeps: versions that no watch can resume at can still be listed.
	keeps bool
	// refuse is a status for all requests of a resource; 0: none.
	refuse map[string]int

	lists, watches map[string]int  // requests by resource
	asked          map[string]bool // the namespaces of all requests, "" for all
}

// published is one change of one object.
type published struct {
	typ       string
	version   int
	namespace string
	uid       string
	object    map[string]any
	row       timeline.Row
}

// fault is what happens to an event on one connection.
type fault int

const (
	none        fault = iota
	cutBefore         // the connection ends before it
	cutInside         // half of it is sent
	bookmark          // a bookmark is sent first
	serverError       // an ERROR event with 500 is sent instead, and the end
	expire            // its version and all before are forgotten, and the end
)

func newAPI(t testing.TB) (*api, *rest.Config) {
	a := &api{
		t: t, log: map[string][]published{}, gone: map[string]int{}, changed: make(chan struct{}),
		refuse: map[string]int{}, lists: map[string]int{}, watches: map[string]int{}, asked: map[string]bool{},
	}
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	s := &http.Server{Handler: a}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = s.Serve(l) // ends with ErrServerClosed
	}()
	transport := &http.Transport{DialContext: l.dial, MaxIdleConnsPerHost: 10}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = s.Close()
		<-served
	})
	return a, &rest.Config{Host: "http://api", Transport: transport}
}

// publish makes one change. Versions only rise.
func (a *api) publish(resource, typ string, object map[string]any, row timeline.Row) {
	a.mu.Lock()
	defer a.mu.Unlock()
	object["apiVersion"], object["kind"] = kinds[resource][0], kinds[resource][1]
	meta := object["metadata"].(map[string]any)
	version, err := strconv.Atoi(meta["resourceVersion"].(string))
	if err != nil {
		a.t.Fatalf("publish: %v", err)
	}
	a.log[resource] = append(a.log[resource], published{
		typ: typ, version: version, namespace: meta["namespace"].(string), uid: meta["uid"].(string), object: object, row: row,
	})
	a.wakeLocked()
}

// replace publishes an object's next version and keeps no other.
func (a *api) replace(resource string, object map[string]any) {
	meta := object["metadata"].(map[string]any)
	a.mu.Lock()
	meta["resourceVersion"] = strconv.Itoa(a.latestLocked(resource) + 1)
	a.log[resource] = nil
	a.mu.Unlock()
	a.publish(resource, "MODIFIED", object, timeline.Row{Ready: "1/1", Status: "Running", Restarts: "0"})
}

func (a *api) wakeLocked() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// latestLocked is the newest version of a resource; 1 of one without objects.
func (a *api) latestLocked(resource string) int {
	if l := a.log[resource]; len(l) > 0 {
		return l[len(l)-1].version
	}
	return 1
}

// live returns the newest state of each object of a resource that is there.
func (a *api) live(resource, namespace string) (objects []published, version int) {
	return a.at(resource, namespace, math.MaxInt)
}

// at returns the same as it was at a version.
func (a *api) at(resource, namespace string, version int) (objects []published, newest int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	byUID := map[string]published{}
	for _, p := range a.log[resource] {
		if p.version > version {
			break
		}
		if p.typ == "DELETED" {
			delete(byUID, p.uid)
		} else if namespace == "" || p.namespace == namespace {
			byUID[p.uid] = p
		}
	}
	objects = slices.Collect(maps.Values(byUID))
	slices.SortFunc(objects, func(a, b published) int { return cmp.Compare(a.uid, b.uid) })
	return objects, min(version, a.latestLocked(resource))
}

var kinds = map[string][2]string{
	"pods": {"v1", "Pod"}, "jobs": {"batch/v1", "Job"}, "cronjobs": {"batch/v1", "CronJob"}, "events": {"v1", "Event"},
}

// ServeHTTP answers /api/v1[/namespaces/NS]/pods and the like.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	resource, namespace := path[len(path)-1], ""
	if i := slices.Index(path, "namespaces"); i >= 0 {
		namespace = path[i+1]
	}
	kind, ok := kinds[resource]
	if !ok {
		a.t.Errorf("request for %s", r.URL)
	}
	watching := r.URL.Query().Get("watch") == "true" || r.URL.Query().Get("watch") == "1"
	a.mu.Lock()
	refused := a.refuse[resource]
	a.asked[namespace] = true
	if watching {
		a.watches[resource]++
	} else {
		a.lists[resource]++
	}
	a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if refused != 0 {
		a.status(w, refused)
		return
	}
	asTable := strings.Contains(r.Header.Get("Accept"), "as=Table")
	if asTable && r.URL.Query().Get("includeObject") != "Object" {
		a.t.Errorf("a Table without its objects: %s", r.URL)
	}
	if watching {
		a.serveWatch(w, r, resource, namespace, asTable)
		return
	}
	at := math.MaxInt
	if q := r.URL.Query(); q.Get("resourceVersionMatch") == "Exact" {
		a.mu.Lock()
		keeps := a.keeps
		a.mu.Unlock()
		var err error
		if at, err = strconv.Atoi(q.Get("resourceVersion")); err != nil {
			a.t.Errorf("list at no version: %s", r.URL)
		}
		if !keeps {
			a.status(w, http.StatusGone)
			return
		}
	}
	objects, version := a.at(resource, namespace, at)
	meta := map[string]any{"resourceVersion": strconv.Itoa(version)}
	if asTable {
		a.encode(w, tableOf(meta, true, objects...))
		return
	}
	items := make([]any, len(objects))
	for i := range objects {
		items[i] = objects[i].object
	}
	a.encode(w, map[string]any{"apiVersion": kind[0], "kind": kind[1] + "List", "metadata": meta, "items": items})
}

func (a *api) serveWatch(w http.ResponseWriter, r *http.Request, resource, namespace string, asTable bool) {
	from, err := strconv.Atoi(r.URL.Query().Get("resourceVersion"))
	if err != nil {
		a.t.Errorf("watch without a version: %s", r.URL)
	}
	a.mu.Lock()
	gone, asEvent := from < a.gone[resource], a.goneAsEvent
	a.mu.Unlock()
	if gone && !asEvent {
		a.status(w, http.StatusGone)
		return
	}
	flusher := w.(http.Flusher)
	w.WriteHeader(http.StatusOK)
	flusher.Flush()
	if gone {
		a.encode(w, map[string]any{"type": "ERROR", "object": statusOf(http.StatusGone)})
		return
	}
	columns := true // only in a connection's first event
	object := func(p *published) any {
		if !asTable {
			return p.object
		}
		defer func() { columns = false }()
		return tableOf(map[string]any{"resourceVersion": strconv.Itoa(p.version)}, columns, *p)
	}
	for {
		a.mu.Lock()
		events, changed, interfere := a.log[resource], a.changed, a.interfere
		a.mu.Unlock()
		for i := range events {
			p := &events[i]
			if p.version <= from || namespace != "" && p.namespace != namespace {
				continue
			}
			f := none
			if interfere != nil {
				f = interfere(resource, p)
			}
			switch f {
			case cutBefore:
				return
			case cutInside:
				b, _ := json.Marshal(map[string]any{"type": p.typ, "object": object(p)})
				_, _ = w.Write(b[:len(b)/2])
				flusher.Flush()
				return
			case serverError:
				a.encode(w, map[string]any{"type": "ERROR", "object": statusOf(http.StatusInternalServerError)})
				return
			case expire:
				a.mu.Lock()
				a.gone[resource] = p.version
				a.mu.Unlock()
				return
			case bookmark:
				// A bookmark holds the version of the event before: of Tables, the
				// Table has it.
				meta := map[string]any{"creationTimestamp": nil}
				if !asTable {
					meta["resourceVersion"] = strconv.Itoa(max(from, 1))
				}
				mark := map[string]any{"apiVersion": kinds[resource][0], "kind": kinds[resource][1], "metadata": meta}
				a.encode(w, map[string]any{"type": "BOOKMARK", "object": object(&published{version: max(from, 1), object: mark})})
			}
			a.encode(w, map[string]any{"type": p.typ, "object": object(p)})
			flusher.Flush()
			from = p.version
		}
		a.mu.Lock()
		gone := from < a.gone[resource]
		a.mu.Unlock()
		if gone {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// tableOf is what the API server answers for pods as a Table. The columns are not
// in the order of a timeline.Row.
func tableOf(meta map[string]any, columns bool, pods ...published) map[string]any {
	rows := make([]any, len(pods))
	for i, p := range pods {
		name, _ := p.object["metadata"].(map[string]any)["name"].(string)
		rows[i] = map[string]any{"cells": []any{name, p.row.Status, p.row.Ready, p.row.Restarts, "5s"}, "object": p.object}
	}
	t := map[string]any{"apiVersion": "meta.k8s.io/v1", "kind": "Table", "metadata": meta, "columnDefinitions": nil, "rows": rows}
	if columns {
		var defs []any
		for _, name := range []string{"Name", "Status", "Ready", "Restarts", "Age"} {
			defs = append(defs, map[string]any{"name": name, "type": "string", "format": "", "description": "", "priority": 0})
		}
		t["columnDefinitions"] = defs
	}
	return t
}

func statusOf(code int) map[string]any {
	reason := map[int]string{http.StatusGone: "Expired", http.StatusInternalServerError: "InternalError", http.StatusForbidden: "Forbidden", http.StatusUnauthorized: "Unauthorized"}[code]
	return map[string]any{"apiVersion": "v1", "kind": "Status", "status": "Failure", "reason": reason, "message": "no: " + reason, "code": code}
}

func (a *api) status(w http.ResponseWriter, code int) {
	w.WriteHeader(code)
	a.encode(w, statusOf(code))
}

// encode writes one JSON value. A client that has gone is no error.
func (a *api) encode(w http.ResponseWriter, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		a.t.Errorf("encode: %v", err)
	}
	_, _ = fmt.Fprintf(w, "%s\n", b)
}
