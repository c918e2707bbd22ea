package watch

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/timeline"
)

// asTable asks for what kubectl get prints. It is JSON: Tables have no protobuf.
const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io"

// podRow is a pod with the cells that the API server prints for it.
type podRow struct {
	corev1.Pod
	row timeline.Row
}

func (o *podRow) deliver(s Sink, typ timeline.Type) { s.Pod(typ, o.row, &o.Pod) }

// DeepCopyObject makes a podRow a runtime.Object, which watches carry.
func (o *podRow) DeepCopyObject() runtime.Object {
	return &podRow{Pod: *o.Pod.DeepCopy(), row: o.row}
}

// table is a metav1.Table of pods, so that one pass over the JSON decodes a
// table, its rows and their pods.
type table struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ListMeta   `json:"metadata"`
	ColumnDefinitions []struct {
		Name string `json:"name"`
	} `json:"columnDefinitions"`
	Rows []struct {
		Cells  []any      `json:"cells"`
		Object corev1.Pod `json:"object"`
	} `json:"rows"`
}

// columns holds the places of the cells that make a timeline.Row.
type columns struct{ ready, status, restarts int }

// find looks the columns up by name.
func (t *table) find() (*columns, error) {
	place := func(name string) int {
		return slices.IndexFunc(t.ColumnDefinitions, func(c struct {
			Name string `json:"name"`
		}) bool {
			return c.Name == name
		})
	}
	c := &columns{place("Ready"), place("Status"), place("Restarts")}
	if c.ready < 0 || c.status < 0 || c.restarts < 0 {
		return nil, fmt.Errorf("table of pods without a column Ready, Status or Restarts: %v", t.ColumnDefinitions)
	}
	return c, nil
}

// pod makes a podRow of a row of the table.
func (t *table) pod(i int, c *columns) *podRow {
	r := &t.Rows[i]
	cell := func(n int) string {
		if n >= len(r.Cells) {
			return ""
		}
		return fmt.Sprint(r.Cells[n])
	}
	return &podRow{Pod: r.Object, row: timeline.Row{Ready: cell(c.ready), Status: cell(c.status), Restarts: cell(c.restarts)}}
}

// pods follows pods as Tables.
func pods(cfg *rest.Config, namespace string) (*resource, error) {
	d, err := newRowDecoder()
	if err != nil {
		return nil, err
	}
	info := d.info
	info.Serializer = d
	cfg = rest.CopyConfig(cfg)
	cfg.APIPath = "/api"
	cfg.GroupVersion = &corev1.SchemeGroupVersion
	cfg.NegotiatedSerializer = runtime.NewSimpleNegotiatedSerializer(info)
	cfg.ContentType, cfg.AcceptContentTypes = runtime.ContentTypeJSON, asTable
	client, err := rest.RESTClientFor(cfg)
	if err != nil {
		return nil, err
	}
	request := func(opts metav1.ListOptions) *rest.Request {
		return client.Get().Namespace(namespace).Resource("pods").
			Param("includeObject", string(metav1.IncludeObject)).VersionedParams(&opts, scheme.ParameterCodec)
	}
	return &resource{
		name: "pods",
		list: func(ctx context.Context, opts metav1.ListOptions) ([]object, string, error) {
			body, err := request(opts).Do(ctx).Raw()
			if err != nil {
				return nil, "", err
			}
			return d.list(body)
		},
		watch: func(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error) {
			opts.Watch = true
			return request(opts).Watch(ctx)
		},
		object: func(v any) object {
			if p, ok := v.(*podRow); ok {
				return p
			}
			return nil
		},
		deleted: func(ns, name, uid string) object { return &podRow{Pod: corev1.Pod{ObjectMeta: meta(ns, name, uid)}} },
	}, nil
}

// rowDecoder decodes the Tables of a watch to podRows and all else as usual.
type rowDecoder struct {
	runtime.Serializer
	info runtime.SerializerInfo // of the Serializer
	// columns are those of the newest list: a watch defines them only in its
	// first event, which may be a bookmark.
	columns atomic.Pointer[columns]
}

func newRowDecoder() (*rowDecoder, error) {
	info, ok := runtime.SerializerInfoForMediaType(scheme.Codecs.SupportedMediaTypes(), runtime.ContentTypeJSON)
	if !ok {
		return nil, fmt.Errorf("no serializer for %s", runtime.ContentTypeJSON)
	}
	return &rowDecoder{Serializer: info.Serializer, info: info}, nil
}

// list decodes a list of pods and takes its columns.
func (d *rowDecoder) list(body []byte) ([]object, string, error) {
	var t table
	if err := json.Unmarshal(body, &t); err != nil {
		return nil, "", fmt.Errorf("decode table of pods: %w", err)
	}
	c, err := t.find()
	if err != nil {
		return nil, "", err
	}
	d.columns.Store(c)
	pods := make([]object, len(t.Rows))
	for i := range t.Rows {
		pods[i] = t.pod(i, c)
	}
	return pods, t.ResourceVersion, nil
}

// Decode decodes the object of a watch event.
func (d *rowDecoder) Decode(data []byte, defaults *schema.GroupVersionKind, into runtime.Object) (runtime.Object, *schema.GroupVersionKind, error) {
	var t table
	if into == nil {
		if err := json.Unmarshal(data, &t); err != nil {
			return nil, nil, fmt.Errorf("decode table of pods: %w", err)
		}
	}
	if t.Kind != "Table" {
		return d.Serializer.Decode(data, defaults, into)
	}
	if len(t.Rows) != 1 {
		return nil, nil, fmt.Errorf("watch event with a table of %d pods", len(t.Rows))
	}
	p := t.pod(0, d.columns.Load())
	if p.ResourceVersion == "" { // a bookmark
		p.ResourceVersion = t.ResourceVersion
	}
	gvk := t.GroupVersionKind()
	return p, &gvk, nil
}
