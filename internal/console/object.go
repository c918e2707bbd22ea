package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/printers"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubectl/pkg/describe"
)

// ErrNoKind is why an object of a kind is not shown.
var ErrNoKind = errors.New("objects of this kind are not shown")

// kinds are those whose objects are shown.
var kinds = map[string]string{
	"Pod": "", "Event": "", "ConfigMap": "", "Service": "", "Job": "batch", "CronJob": "batch",
}

// Describe returns what kubectl describe prints of an object. The error is
// [ErrNoKind], or the API server's.
func (c *Console) Describe(ctx context.Context, t Target, kind, name string) (string, error) {
	factory, mapping, err := c.object(ctx, t, kind)
	if err != nil {
		return "", err
	}
	describer, err := describe.DescriberFn(factory, mapping)
	if err != nil {
		return "", err
	}
	text, err := describer.Describe(t.Namespace, name, describe.DescriberSettings{ShowEvents: true, ChunkSize: cmdutil.DefaultChunkSize})
	if err != nil {
		return "", fmt.Errorf("describe %s %s: %w", kind, name, err)
	}
	return text, nil
}

// YAML returns what kubectl get -o yaml --show-managed-fields prints of an object.
// The error is [ErrNoKind], or the API server's.
func (c *Console) YAML(ctx context.Context, t Target, kind, name string) ([]byte, error) {
	factory, mapping, err := c.object(ctx, t, kind)
	if err != nil {
		return nil, err
	}
	client, err := factory.DynamicClient()
	if err != nil {
		return nil, err
	}
	object, err := client.Resource(mapping.Resource).Namespace(t.Namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("get %s %s: %w", kind, name, err)
	}
	return YAML(object)
}

// YAML prints an object as kubectl does.
func YAML(object runtime.Object) ([]byte, error) {
	var b bytes.Buffer
	if err := (&printers.YAMLPrinter{}).PrintObj(object, &b); err != nil {
		return nil, fmt.Errorf("print as YAML: %w", err)
	}
	return b.Bytes(), nil
}

func (c *Console) object(ctx context.Context, t Target, kind string) (cmdutil.Factory, *meta.RESTMapping, error) {
	group, ok := kinds[kind]
	if !ok {
		return nil, nil, fmt.Errorf("%w: %s", ErrNoKind, kind)
	}
	api, err := c.discovery()
	if err != nil {
		return nil, nil, err
	}
	factory := cmdutil.NewFactory(&client{ctx: ctx, target: t, discovery: api, warnings: io.Discard})
	mapper, err := factory.ToRESTMapper()
	if err != nil {
		return nil, nil, err
	}
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: group, Kind: kind})
	if err != nil {
		return nil, nil, fmt.Errorf("look up %s: %w", kind, err)
	}
	return factory, mapping, nil
}
