package schema

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/schema/schematest"
)

// fakeCluster is a cluster whose status the test sets.
type fakeCluster struct {
	cluster.Cluster
	config *rest.Config
	status cluster.Status
}

func (c *fakeCluster) Config() *rest.Config { return c.config }

func (c *fakeCluster) Status() (cluster.Status, <-chan struct{}) { return c.status, nil }

// serve returns a ready cluster with the schema of batch/v1, and what serves it.
func serve(t *testing.T, batch []byte) (*fakeCluster, *schematest.API) {
	t.Helper()
	api := schematest.Serve(t, batch)
	return &fakeCluster{config: api.Config, status: cluster.Status{State: cluster.Ready, Generation: 1}}, api
}

// read returns the schema of a kind of batch/v1.
func read(t *testing.T, c cluster.Cluster, kind string) Document {
	t.Helper()
	cut, err := NewReader(c).Kind(t.Context(), "batch/v1", kind)
	if err != nil {
		t.Fatal(err)
	}
	var d Document
	if err := json.Unmarshal(cut.JSON, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// at follows a path of fields, through lists and maps as well.
func (d Document) at(path string) (Field, bool) {
	f := Field{Of: d.Type}
	for name := range strings.SplitSeq(path, ".") {
		var ok bool
		if f, ok = d.Types[f.Of].Fields[name]; !ok {
			return Field{}, false
		}
	}
	return f, true
}

func TestKindOfARealCluster(t *testing.T) {
	c, _ := serve(t, nil)
	d := read(t, c, "CronJob")
	const job = "spec.jobTemplate.spec."
	const pod = job + "template.spec."
	for path, want := range map[string]Field{
		"spec":                                        {Type: "CronJobSpec", Of: "io.k8s.api.batch.v1.CronJobSpec", Required: true},
		"spec.schedule":                               {Type: "string", Required: true},
		"spec.concurrencyPolicy":                      {Type: "string", Enum: []any{"Allow", "Forbid", "Replace"}},
		job + "backoffLimit":                          {Type: "integer"},
		job + "suspend":                               {Type: "boolean"},
		job + "completionMode":                        {Type: "string", Enum: []any{"Indexed", "NonIndexed"}},
		pod + "restartPolicy":                         {Type: "string", Enum: []any{"Always", "Never", "OnFailure"}},
		pod + "nodeSelector":                          {Type: "map[string]string", Each: "map"},
		pod + "containers":                            {Type: "[]Container", Each: "list", Of: "io.k8s.api.core.v1.Container", Required: true},
		pod + "containers.command":                    {Type: "[]string", Each: "list"},
		pod + "containers.ports.protocol":             {Type: "string", Default: "TCP", Enum: []any{"SCTP", "TCP", "UDP"}},
		pod + "containers.resources.limits":           {Type: "map[string]Quantity", Each: "map"},
		pod + "containers.livenessProbe.httpGet.port": {Type: "IntOrString", Required: true},
		"metadata.creationTimestamp":                  {Type: "Time"},
	} {
		got, ok := d.at(path)
		if !ok {
			t.Errorf("there is no %s", path)
			continue
		}
		if got.Description == "" {
			t.Errorf("%s has no description", path)
		}
		got.Description = ""
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", path, diff)
		}
	}
	if _, ok := d.at("status"); ok {
		t.Error("the kind has its status")
	}
	for name, one := range d.Types {
		for field, f := range one.Fields {
			if _, ok := d.Types[f.Of]; f.Of != "" && !ok {
				t.Errorf("%s.%s is of %s, which is not there", name, field, f.Of)
			}
		}
	}
	text, _ := json.Marshal(d)
	t.Logf("%d types, %d bytes", len(d.Types), len(text))
}

// odd has a cycle, a type without a name, and a reference to nothing.
const odd = `{"openapi": "3.0.0", "components": {"schemas": {
	"x.Job": {"type": "object", "x-kubernetes-group-version-kind": [{"group": "batch", "version": "v1", "kind": "Job"}], "properties": {
		"child": {"$ref": "#/components/schemas/x.Node"},
		"inline": {"type": "object", "properties": {"deep": {"type": "array", "items": {"type": "object", "properties": {"end": {"type": "boolean", "default": false}}}}}},
		"nothing": {"$ref": "#/components/schemas/x.Nothing"},
		"loop": {"$ref": "#/components/schemas/x.Loop"},
		"free": {"type": "object", "additionalProperties": true}}},
	"x.Node": {"type": "object", "properties": {"next": {"allOf": [{"$ref": "#/components/schemas/x.Node"}]}, "all": {"type": "array", "items": {"$ref": "#/components/schemas/x.Node"}}}},
	"x.Loop": {"$ref": "#/components/schemas/x.Loop"}
}}}`

func TestOddSchemas(t *testing.T) {
	c, _ := serve(t, []byte(odd))
	want := Document{
		APIVersion: "batch/v1", Kind: "Job", Type: "x.Job",
		Types: map[string]Type{
			"x.Job": {Fields: map[string]Field{
				"child":   {Type: "Node", Of: "x.Node"},
				"inline":  {Type: "object", Of: "x.Job.inline"},
				"nothing": {Type: "any"},
				"loop":    {Type: "Loop"},
				"free":    {Type: "object"},
			}},
			"x.Job.inline":      {Fields: map[string]Field{"deep": {Type: "[]object", Each: "list", Of: "x.Job.inline.deep"}}},
			"x.Job.inline.deep": {Fields: map[string]Field{"end": {Type: "boolean"}}},
			"x.Node": {Fields: map[string]Field{
				"next": {Type: "Node", Of: "x.Node"},
				"all":  {Type: "[]Node", Each: "list", Of: "x.Node"},
			}},
		},
	}
	if diff := cmp.Diff(read(t, c, "Job"), want); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
}

func TestBounds(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, `{"openapi": "3.0.0", "components": {"schemas": {"x.Job": {"description": %q,
		"x-kubernetes-group-version-kind": [{"group": "batch", "version": "v1", "kind": "Job"}], "properties": {"a": {"$ref": "#/components/schemas/x.T0"}}}`, strings.Repeat("word ", maxDescription))
	for i := range 2 * maxTypes {
		fmt.Fprintf(&b, `, "x.T%d": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/x.T%d"}}}`, i, i+1)
	}
	b.WriteString(`}}}`)
	c, _ := serve(t, []byte(b.String()))
	d := read(t, c, "Job")
	if len(d.Types) != maxTypes {
		t.Errorf("got %d types, want %d", len(d.Types), maxTypes)
	}
	if n := len(d.Types["x.Job"].Description); n > maxDescription+len(" …") || n < maxDescription/2 {
		t.Errorf("the description has %d bytes", n)
	}
	if last := d.Types[fmt.Sprintf("x.T%d", maxTypes-2)].Fields["next"]; last.Of != "" || last.Type == "" {
		t.Errorf("the last type's field is %+v", last)
	}
}

func TestErrors(t *testing.T) {
	c, api := serve(t, nil)
	r := NewReader(c)
	for _, name := range [][2]string{{"batch/v1", "Pod"}, {"batch/v1", ""}, {"batch/v2", "Job"}, {"v1", "Pod"}, {"", "Job"}, {"a/b/c", "Job"}} {
		if _, err := r.Kind(t.Context(), name[0], name[1]); !errors.Is(err, ErrUnknown) {
			t.Errorf("%v: got %v, want %v", name, err, ErrUnknown)
		}
	}
	api.Down.Store(true)
	if _, err := r.Kind(t.Context(), "batch/v1", "Job"); !errors.Is(err, ErrNotReady) {
		t.Errorf("an API server that cannot answer: got %v, want %v", err, ErrNotReady)
	}
	api.Down.Store(false)
	c.status.State = cluster.Unreachable
	if _, err := r.Kind(t.Context(), "batch/v1", "Job"); !errors.Is(err, ErrNotReady) {
		t.Errorf("an unreachable cluster: got %v, want %v", err, ErrNotReady)
	}
	c.status.State = cluster.Ready
	if _, err := r.Kind(t.Context(), "batch/v1", "Job"); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.turn <- struct{}{}
	if _, err := r.Kind(ctx, "batch/v1", "Job"); !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone waits: %v", err)
	}
}

func TestOneQuestionForEachGeneration(t *testing.T) {
	c, api := serve(t, nil)
	r := NewReader(c)
	ask := func() []string {
		var tags [8]string
		var asking sync.WaitGroup
		for i := range tags {
			asking.Go(func() {
				cut, err := r.Kind(t.Context(), "batch/v1", "Job")
				if err != nil {
					t.Error(err)
				}
				tags[i] = cut.Tag
			})
		}
		asking.Wait()
		return slices.Compact(tags[:])
	}
	first := ask()
	if n := api.Asked.Load(); n != 1 || len(first) != 1 {
		t.Errorf("asked %d times for tags %v, want once for one", n, first)
	}
	c.status.Generation = 2
	second := ask()
	if n := api.Asked.Load(); n != 2 || !slices.Equal(first, second) {
		t.Errorf("of another cluster: asked %d times in all for tags %v, want 2 for %v", n, second, first)
	}
}
