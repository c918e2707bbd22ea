// Package schema says what a manifest of a kind may hold, in the words of the
// cluster: its OpenAPI v3, cut to what an editor needs of it.
//
// Guarantees:
//   - A cut holds the types that can be reached from the kind, each once, whatever
//     cycles there are, and at most a fixed number of them.
//   - The cluster is asked once for a kind and a generation, whoever asks, and for
//     one kind at a time. Nobody waits longer than their context.
//   - Nothing is made up: without a cluster there is no schema.
package schema

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/openapi"
	"k8s.io/kube-openapi/pkg/spec3"

	"github.com/joblab/joblab/internal/cluster"
)

// Errors of this package. Callers compare with [errors.Is].
var (
	// ErrUnknown: the cluster has no such kind.
	ErrUnknown = errors.New("the cluster has no such kind")
	// ErrNotReady: the cluster cannot be asked now.
	ErrNotReady = errors.New("the cluster is not ready")
)

const (
	// askTimeout bounds a question to the API server.
	askTimeout = 10 * time.Second
	// maxKept is how many kinds are kept.
	maxKept = 50
)

// Cut is the schema of a kind, encoded.
type Cut struct {
	JSON []byte // a [Document]
	// Tag names the content.
	Tag string
}

// Reader reads the schemas of a cluster.
type Reader struct {
	cluster cluster.Cluster
	// turn holds a token while it is somebody's turn to use what is below.
	turn       chan struct{}
	generation int
	kept       map[schema.GroupVersionKind]Cut
}

// NewReader returns a Reader of a cluster, which may still be starting.
func NewReader(c cluster.Cluster) *Reader {
	return &Reader{cluster: c, turn: make(chan struct{}, 1), kept: map[schema.GroupVersionKind]Cut{}}
}

// Kind returns the schema of a kind. The error is [ErrUnknown] or [ErrNotReady],
// with what is the matter.
func (r *Reader) Kind(ctx context.Context, apiVersion, kind string) (Cut, error) {
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil || gv.Empty() || kind == "" {
		return Cut{}, fmt.Errorf("%w: %q of %q", ErrUnknown, kind, apiVersion)
	}
	gvk := gv.WithKind(kind)
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return Cut{}, fmt.Errorf("wait for other schemas: %w", ctx.Err())
	}
	status, _ := r.cluster.Status()
	if status.State != cluster.Ready {
		return Cut{}, fmt.Errorf("%w: it is %s", ErrNotReady, status.State)
	}
	if r.generation != status.Generation || len(r.kept) >= maxKept {
		r.generation = status.Generation
		clear(r.kept)
	}
	if cut, ok := r.kept[gvk]; ok {
		return cut, nil
	}
	api, err := r.ask(ctx, gv)
	if err != nil {
		return Cut{}, err
	}
	document, ok := cutKind(api, gvk)
	if !ok {
		return Cut{}, fmt.Errorf("%w: %s", ErrUnknown, gvk)
	}
	cut, err := encode(document)
	if err != nil {
		return Cut{}, err
	}
	r.kept[gvk] = cut
	return cut, nil
}

// ask reads the OpenAPI of a group's version.
func (r *Reader) ask(ctx context.Context, gv schema.GroupVersion) (*spec3.OpenAPI, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	client, err := discovery.NewDiscoveryClientForConfig(r.cluster.Config())
	if err != nil {
		return nil, fmt.Errorf("make a client: %w", err)
	}
	paths, err := openapi.NewClientWithContext(client.RESTClient()).PathsWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: list its schemas: %w", ErrNotReady, err)
	}
	path := "apis/" + gv.String()
	if gv.Group == "" {
		path = "api/" + gv.Version
	}
	group, ok := paths[path]
	if !ok {
		return nil, fmt.Errorf("%w: it does not serve %s", ErrUnknown, gv)
	}
	text, err := group.SchemaWithContext(ctx, runtime.ContentTypeJSON)
	if err != nil {
		return nil, fmt.Errorf("%w: read the schema of %s: %w", ErrNotReady, gv, err)
	}
	api := new(spec3.OpenAPI)
	if err := json.Unmarshal(text, api); err != nil {
		return nil, fmt.Errorf("read the schema of %s: %w", gv, err)
	}
	return api, nil
}

func encode(d Document) (Cut, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return Cut{}, fmt.Errorf("encode the schema of %s: %w", d.Kind, err)
	}
	sum := sha256.Sum256(text)
	return Cut{JSON: text, Tag: hex.EncodeToString(sum[:8])}, nil
}
