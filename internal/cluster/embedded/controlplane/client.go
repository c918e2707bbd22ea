package controlplane

import (
	"context"
	"fmt"
	"net"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/joblab/joblab/internal/cluster/embedded/pki"
)

// ClientConfig returns the configuration of a component that is a client of the
// API server at address, as the user that client says. It has no rate limit.
func ClientConfig(keys pki.Keys, client pki.Pair, address net.Addr, userAgent string) (*rest.Config, error) {
	material, err := keys.Read(client)
	if err != nil {
		return nil, fmt.Errorf("keys of %s: %w", userAgent, err)
	}
	return &rest.Config{
		Host: "https://" + address.String(),
		ContentConfig: rest.ContentConfig{
			ContentType:        runtime.ContentTypeProtobuf,
			AcceptContentTypes: runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON,
		},
		TLSClientConfig: rest.TLSClientConfig{CAData: material.CA, CertData: material.Cert, KeyData: material.Key},
		UserAgent:       userAgent,
		QPS:             -1,
		// On one machine compression costs time at both ends, and memory for
		// every watch.
		DisableCompression: true,
	}, nil
}

// schedulable reports whether the node is ready and has no taint that keeps
// pods away. A node that is not there yet is not schedulable.
func schedulable(ctx context.Context, client kubernetes.Interface, name string) (bool, error) {
	node, err := client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("get node %s: %w", name, err)
	}
	for _, taint := range node.Spec.Taints {
		if taint.Effect != corev1.TaintEffectPreferNoSchedule {
			return false, nil
		}
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue, nil
		}
	}
	return false, nil
}
