package services

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// errNoName says that a name does not exist.
var errNoName = errors.New("no such name")

// Query answers a question to the cluster's name server. Nobody answers at
// another address.
func (s *Services) Query(ctx context.Context, server netip.Addr, q network.Question) (network.Answer, error) {
	if server != s.server {
		return network.Answer{}, syscall.ETIMEDOUT
	}
	name := strings.ToLower(strings.TrimSuffix(q.Name, "."))
	records, err := s.resolve(ctx, name)
	switch {
	case errors.Is(err, errNoName):
		return network.Answer{Code: network.NoSuchName}, nil
	case err != nil:
		return network.Answer{Code: network.ServerFailure}, nil
	}
	var answer network.Answer
	for _, r := range records {
		if r.Type == q.Type || r.Type == "CNAME" {
			answer.Records = append(answer.Records, r)
		}
	}
	// Clients take the first: CoreDNS's loadbalance gives each its turn.
	rand.Shuffle(len(answer.Records), func(i, j int) {
		answer.Records[i], answer.Records[j] = answer.Records[j], answer.Records[i]
	})
	return answer, nil
}

// resolve returns the records of a name of whatever type. There may be none.
func (s *Services) resolve(ctx context.Context, name string) ([]network.Record, error) {
	if rest, ok := strings.CutSuffix(name, ".in-addr.arpa"); ok {
		return s.reverse(ctx, name, rest)
	}
	if name == Domain {
		return nil, nil
	}
	rest, ok := strings.CutSuffix(name, "."+Domain)
	if !ok {
		return nil, errNoName
	}
	parts := strings.Split(rest, ".")
	slices.Reverse(parts)
	kind := parts[0]
	switch {
	case kind != "svc" && kind != "pod":
		return nil, errNoName
	case len(parts) == 1:
		return nil, nil
	case len(parts) == 2 || kind == "pod":
		if err := s.namespace(ctx, parts[1]); err != nil {
			return nil, err
		}
	}
	switch {
	case len(parts) == 2:
		return nil, nil
	case kind == "pod" && len(parts) == 3:
		return podRecord(name, parts[2])
	case kind == "pod":
		return nil, errNoName
	}
	r := question{name: name, namespace: parts[1], service: parts[2]}
	switch parts := parts[3:]; {
	case len(parts) == 1:
		r.endpoint = parts[0]
	case len(parts) == 2:
		r.protocol, r.port = strings.TrimPrefix(parts[0], "_"), strings.TrimPrefix(parts[1], "_")
	case len(parts) > 2:
		return nil, errNoName
	}
	return s.ofService(ctx, r)
}

func (s *Services) namespace(ctx context.Context, name string) error {
	_, err := s.client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{ResourceVersion: cached})
	if apierrors.IsNotFound(err) {
		return errNoName
	}
	return err
}

// podRecord answers for A-B-C-D.NAMESPACE.pod, whether or not a pod has the
// address: CoreDNS's "pods insecure".
func podRecord(name, label string) ([]network.Record, error) {
	address, err := netip.ParseAddr(strings.ReplaceAll(label, "-", "."))
	if err != nil || !address.Is4() {
		return nil, errNoName
	}
	return []network.Record{{Name: name, Type: "A", Value: address.String()}}, nil
}

// question is a name below svc. Port and protocol, or endpoint, may be empty.
type question struct {
	name                     string
	namespace, service       string
	endpoint, port, protocol string
}

// wants reports whether a port is among those asked for.
func (q question) wants(name string, protocol corev1.Protocol) bool {
	return q.port == "" || q.port == strings.ToLower(name) && q.protocol == strings.ToLower(string(protocol))
}

func (q question) a(address string) network.Record {
	return network.Record{Name: q.name, Type: "A", Value: address}
}

func (q question) srv(port int32, target string) network.Record {
	return network.Record{Name: q.name, Type: "SRV", Value: fmt.Sprintf("0 100 %d %s", port, target)}
}

// domain is the Service's own name.
func (q question) domain() string { return domain(q.namespace, q.service) }

func domain(namespace, service string) string { return service + "." + namespace + ".svc." + Domain }

// ofService answers for a Service, one of its ports or one of its endpoints.
func (s *Services) ofService(ctx context.Context, q question) ([]network.Record, error) {
	service, err := s.client.CoreV1().Services(q.namespace).Get(ctx, q.service, metav1.GetOptions{ResourceVersion: cached})
	if apierrors.IsNotFound(err) || apierrors.IsInvalid(err) {
		return nil, errNoName
	}
	if err != nil {
		return nil, err
	}
	if service.Spec.Type == corev1.ServiceTypeExternalName {
		if q.endpoint != "" || q.port != "" {
			return nil, errNoName
		}
		return []network.Record{{Name: q.name, Type: "CNAME", Value: service.Spec.ExternalName}}, nil
	}
	var records []network.Record
	if service.Spec.ClusterIP != corev1.ClusterIPNone && q.endpoint == "" {
		for _, p := range service.Spec.Ports {
			if q.wants(p.Name, p.Protocol) {
				records = append(records, q.srv(p.Port, q.domain()))
			}
		}
		if len(records) > 0 {
			records = append(records, q.a(service.Spec.ClusterIP))
		}
	} else if records, err = s.ofEndpoints(ctx, q); err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, errNoName // as CoreDNS answers, also for a headless Service without ready pods
	}
	return records, nil
}

// ofEndpoints answers for the endpoints of a Service that are ready, which the
// controller says of all if the Service has publishNotReadyAddresses.
func (s *Services) ofEndpoints(ctx context.Context, q question) ([]network.Record, error) {
	list, err := s.slices(ctx, q.namespace, q.service)
	if err != nil {
		return nil, err
	}
	var records []network.Record
	for _, slice := range list {
		for _, e := range slice.Endpoints {
			address, err := address(e)
			if err != nil || !ptr.Deref(e.Conditions.Ready, true) {
				continue
			}
			host := hostname(e, address)
			if q.endpoint != "" && q.endpoint != host {
				continue
			}
			found := false
			for _, p := range slice.Ports {
				if p.Port != nil && q.wants(ptr.Deref(p.Name, ""), protocol(p)) {
					records = append(records, q.srv(*p.Port, host+"."+q.domain()))
					found = true
				}
			}
			if found || q.port == "" {
				records = append(records, q.a(address.String()))
			}
		}
	}
	return slices.Compact(records), nil
}

func protocol(p discoveryv1.EndpointPort) corev1.Protocol {
	return ptr.Deref(p.Protocol, corev1.ProtocolTCP)
}

// hostname is an endpoint's name below its Service: the pod's hostname if its
// subdomain is the Service's name, else its address with dashes.
func hostname(e discoveryv1.Endpoint, address netip.Addr) string {
	if name := ptr.Deref(e.Hostname, ""); name != "" {
		return strings.ToLower(name)
	}
	return strings.ReplaceAll(address.String(), ".", "-")
}

// reverse answers for an address: the Service's name, or the names of the
// endpoints that have it.
func (s *Services) reverse(ctx context.Context, name, reversed string) ([]network.Record, error) {
	parts := strings.Split(reversed, ".")
	slices.Reverse(parts)
	address, err := netip.ParseAddr(strings.Join(parts, "."))
	if err != nil || !address.Is4() {
		return nil, errNoName
	}
	service, err := s.withAddress(ctx, address)
	if err != nil {
		return nil, err
	}
	if service != nil {
		return []network.Record{{Name: name, Type: "PTR", Value: domain(service.Namespace, service.Name)}}, nil
	}
	list, err := s.client.DiscoveryV1().EndpointSlices(metav1.NamespaceAll).List(ctx, metav1.ListOptions{ResourceVersion: cached})
	if err != nil {
		return nil, err
	}
	var records []network.Record
	for _, slice := range list.Items {
		for _, e := range slice.Endpoints {
			if slices.Contains(e.Addresses, address.String()) && ptr.Deref(e.Conditions.Ready, true) {
				host := hostname(e, address) + "." + domain(slice.Namespace, slice.Labels[discoveryv1.LabelServiceName])
				records = append(records, network.Record{Name: name, Type: "PTR", Value: host})
			}
		}
	}
	if len(records) == 0 {
		return nil, errNoName
	}
	return records, nil
}
