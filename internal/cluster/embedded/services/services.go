// Package services is what a cluster has to make Services work: a name server,
// as CoreDNS with kubeadm's settings is one, and the choice of a pod behind a
// Service's address, as kube-proxy makes it.
//
// It holds nothing: each question is answered from what the API server's cache
// has at that time, which is as new as what CoreDNS and kube-proxy watch. While
// nobody asks it costs nothing.
//
//   - Names and answers are those of Kubernetes' DNS specification, version
//     1.1.0 (github.com/kubernetes/dns), for IPv4. Nothing outside the cluster has
//     a name: other names do not exist.
//   - A connection goes to a ready endpoint, chosen at random; if none is ready,
//     to one that is terminating and still serves. Session affinity, node ports,
//     external addresses and traffic policies are not there.
package services

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// NameServer is the address of the cluster's name server, as on kind.
const NameServer = "10.96.0.10"

// Domain is the cluster's domain.
const Domain = "cluster.local"

// Ranges of addresses that belong to the cluster, as on kind. An address in
// them that nobody has does not answer; to others there is no way.
var (
	Pods       = netip.MustParsePrefix("10.244.0.0/16")
	clusterIPs = netip.MustParsePrefix("10.96.0.0/16")
)

// Services implements [network.Cluster].
type Services struct {
	client kubernetes.Interface
	server netip.Addr
}

var _ network.Cluster = (*Services)(nil)

// New returns the Services of the cluster that client is of.
func New(client kubernetes.Interface) *Services {
	return &Services{client: client, server: netip.MustParseAddr(NameServer)}
}

// Route chooses an endpoint of the Service that has the address to.
func (s *Services) Route(ctx context.Context, to netip.AddrPort) (netip.AddrPort, error) {
	if !clusterIPs.Contains(to.Addr()) {
		if Pods.Contains(to.Addr()) {
			return netip.AddrPort{}, syscall.ETIMEDOUT
		}
		return netip.AddrPort{}, syscall.ENETUNREACH
	}
	service, err := s.withAddress(ctx, to.Addr())
	if err != nil {
		return netip.AddrPort{}, err
	}
	if service == nil {
		return netip.AddrPort{}, syscall.ETIMEDOUT
	}
	for _, port := range service.Spec.Ports {
		if port.Protocol == corev1.ProtocolTCP && uint16(port.Port) == to.Port() {
			return s.endpoint(ctx, service, port.Name)
		}
	}
	return netip.AddrPort{}, syscall.ETIMEDOUT
}

// withAddress is the Service with this address, nil if there is none.
func (s *Services) withAddress(ctx context.Context, address netip.Addr) (*corev1.Service, error) {
	list, err := s.client.CoreV1().Services(metav1.NamespaceAll).List(ctx, metav1.ListOptions{
		ResourceVersion: cached,
		FieldSelector:   fields.OneTermEqualSelector("spec.clusterIP", address.String()).String(),
	})
	if err != nil {
		return nil, fmt.Errorf("find the Service with the address %s: %w", address, err)
	}
	for i := range list.Items {
		if list.Items[i].Spec.ClusterIP == address.String() {
			return &list.Items[i], nil
		}
	}
	return nil, nil
}

// endpoint chooses one behind the port of a Service that has this name.
func (s *Services) endpoint(ctx context.Context, service *corev1.Service, port string) (netip.AddrPort, error) {
	slices, err := s.slices(ctx, service.Namespace, service.Name)
	if err != nil {
		return netip.AddrPort{}, err
	}
	var ready, serving []netip.AddrPort
	for _, slice := range slices {
		number, ok := portNamed(slice, port)
		if !ok {
			continue
		}
		for _, e := range slice.Endpoints {
			address, err := address(e)
			if err != nil {
				continue
			}
			switch at := netip.AddrPortFrom(address, number); {
			case ptr.Deref(e.Conditions.Ready, true):
				ready = append(ready, at)
			case ptr.Deref(e.Conditions.Serving, false) && ptr.Deref(e.Conditions.Terminating, false):
				serving = append(serving, at)
			}
		}
	}
	if len(ready) == 0 {
		ready = serving
	}
	if len(ready) == 0 {
		return netip.AddrPort{}, syscall.ECONNREFUSED
	}
	return ready[rand.IntN(len(ready))], nil
}

// cached asks the API server for what its cache has.
const cached = "0"

// slices are the EndpointSlices of a Service.
func (s *Services) slices(ctx context.Context, namespace, service string) ([]discoveryv1.EndpointSlice, error) {
	list, err := s.client.DiscoveryV1().EndpointSlices(namespace).List(ctx, metav1.ListOptions{
		ResourceVersion: cached,
		LabelSelector:   labels.Set{discoveryv1.LabelServiceName: service}.String(),
	})
	if err != nil {
		return nil, fmt.Errorf("list the endpoints of Service %s/%s: %w", namespace, service, err)
	}
	return list.Items, nil
}

func portNamed(slice discoveryv1.EndpointSlice, name string) (uint16, bool) {
	for _, p := range slice.Ports {
		if p.Port != nil && protocol(p) == corev1.ProtocolTCP && ptr.Deref(p.Name, "") == name {
			return uint16(*p.Port), true
		}
	}
	return 0, false
}

var errNoAddress = errors.New("endpoint without address")

// address is an endpoint's address; consumers use the first.
func address(e discoveryv1.Endpoint) (netip.Addr, error) {
	if len(e.Addresses) == 0 {
		return netip.Addr{}, errNoAddress
	}
	return netip.ParseAddr(e.Addresses[0])
}
