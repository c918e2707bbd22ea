package services

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/utils/ptr"

	"github.com/joblab/joblab/internal/sandbox/network"
)

// newServices is a cluster with the namespaces a and b. In a are: web, a Service
// with two ready pods of three; peers, headless with a pod for each hostname;
// empty and none without pods; and an alias for a name of the world.
func newServices() *Services {
	endpoint := func(address, hostname string, ready bool) discoveryv1.Endpoint {
		e := discoveryv1.Endpoint{Addresses: []string{address}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}}
		if hostname != "" {
			e.Hostname = &hostname
		}
		return e
	}
	slice := func(service string, ports []discoveryv1.EndpointPort, endpoints ...discoveryv1.Endpoint) *discoveryv1.EndpointSlice {
		return &discoveryv1.EndpointSlice{
			ObjectMeta:  metav1.ObjectMeta{Namespace: "a", Name: service + "-x", Labels: map[string]string{discoveryv1.LabelServiceName: service}},
			AddressType: discoveryv1.AddressTypeIPv4,
			Endpoints:   endpoints,
			Ports:       ports,
		}
	}
	service := func(name, address string, ports ...corev1.ServicePort) *corev1.Service {
		return &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: name},
			Spec:       corev1.ServiceSpec{ClusterIP: address, Ports: ports},
		}
	}
	http := corev1.ServicePort{Name: "http", Port: 80, Protocol: corev1.ProtocolTCP}
	target := []discoveryv1.EndpointPort{{Name: ptr.To("http"), Port: ptr.To(int32(8080)), Protocol: ptr.To(corev1.ProtocolTCP)}}
	last := endpoint("10.244.0.7", "", false)
	last.Conditions.Serving, last.Conditions.Terminating = ptr.To(true), ptr.To(true)
	alias := service("alias", "")
	alias.Spec.Type, alias.Spec.ExternalName = corev1.ServiceTypeExternalName, "example.com"
	return New(fake.NewClientset(
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "a"}}, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "b"}},
		service("web", "10.96.1.1", http),
		slice("web", target, endpoint("10.244.0.2", "", true), endpoint("10.244.0.3", "", false), endpoint("10.244.0.4", "", true)),
		service("peers", corev1.ClusterIPNone),
		slice("peers", nil, endpoint("10.244.0.5", "job-0", true), endpoint("10.244.0.6", "job-1", false)),
		service("empty", "10.96.1.2", http),
		service("none", corev1.ClusterIPNone),
		service("leaving", "10.96.1.3", http),
		slice("leaving", target, last),
		alias,
	))
}

var server = netip.MustParseAddr(NameServer)

func TestQuery(t *testing.T) {
	s := newServices()
	nothing := []string(nil)
	for _, c := range []struct {
		name, kind string
		code       network.Code
		want       []string
	}{
		{"web.a.svc.cluster.local", "A", network.Success, []string{"10.96.1.1"}},
		{"WEB.a.svc.Cluster.Local.", "A", network.Success, []string{"10.96.1.1"}},
		{"web.a.svc.cluster.local", "AAAA", network.Success, nothing},
		{"web.a.svc.cluster.local", "SRV", network.Success, []string{"0 100 80 web.a.svc.cluster.local"}},
		{"_http._tcp.web.a.svc.cluster.local", "SRV", network.Success, []string{"0 100 80 web.a.svc.cluster.local"}},
		{"_other._tcp.web.a.svc.cluster.local", "SRV", network.NoSuchName, nothing},
		{"10-244-0-2.web.a.svc.cluster.local", "A", network.Success, []string{"10.244.0.2"}},
		{"10-244-0-3.web.a.svc.cluster.local", "A", network.NoSuchName, nothing},
		{"web.b.svc.cluster.local", "A", network.NoSuchName, nothing},
		{"web.a.cluster.local", "A", network.NoSuchName, nothing},
		{"web", "A", network.NoSuchName, nothing},
		{"peers.a.svc.cluster.local", "A", network.Success, []string{"10.244.0.5"}},
		{"job-0.peers.a.svc.cluster.local", "A", network.Success, []string{"10.244.0.5"}},
		{"job-1.peers.a.svc.cluster.local", "A", network.NoSuchName, nothing},
		{"x.job-0.peers.a.svc.cluster.local", "A", network.NoSuchName, nothing},
		{"empty.a.svc.cluster.local", "A", network.Success, []string{"10.96.1.2"}},
		{"none.a.svc.cluster.local", "A", network.NoSuchName, nothing},
		{"alias.a.svc.cluster.local", "A", network.Success, []string{"example.com"}},
		{"1-2-3-4.a.pod.cluster.local", "A", network.Success, []string{"1.2.3.4"}},
		{"1-2-3-4.c.pod.cluster.local", "A", network.NoSuchName, nothing},
		{"1-2-3.a.pod.cluster.local", "A", network.NoSuchName, nothing},
		{"a.svc.cluster.local", "A", network.Success, nothing},
		{"c.svc.cluster.local", "A", network.NoSuchName, nothing},
		{"svc.cluster.local", "A", network.Success, nothing},
		{"cluster.local", "A", network.Success, nothing},
		{"1.1.96.10.in-addr.arpa", "PTR", network.Success, []string{"web.a.svc.cluster.local"}},
		{"5.0.244.10.in-addr.arpa", "PTR", network.Success, []string{"job-0.peers.a.svc.cluster.local"}},
		{"2.0.244.10.in-addr.arpa", "PTR", network.Success, []string{"10-244-0-2.web.a.svc.cluster.local"}},
		{"9.0.244.10.in-addr.arpa", "PTR", network.NoSuchName, nothing},
		{"0.244.10.in-addr.arpa", "PTR", network.NoSuchName, nothing},
		{"example.com", "A", network.NoSuchName, nothing},
	} {
		answer, err := s.Query(t.Context(), server, network.Question{Name: c.name, Type: c.kind})
		var got []string
		for _, r := range answer.Records {
			got = append(got, r.Value)
		}
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got); diff != "" || answer.Code != c.code || err != nil {
			t.Errorf("%s %s: got code %d, error %v, records (-want +got):\n%s", c.name, c.kind, answer.Code, err, diff)
		}
	}
	if _, err := s.Query(t.Context(), netip.MustParseAddr("8.8.8.8"), network.Question{Name: "web.a.svc.cluster.local", Type: "A"}); !errors.Is(err, syscall.ETIMEDOUT) {
		t.Errorf("another server: got %v, want that it does not answer", err)
	}
}

func TestRoute(t *testing.T) {
	s := newServices()
	for _, c := range []struct {
		to   string
		want []string
		err  error
	}{
		{"10.96.1.1:80", []string{"10.244.0.2:8080", "10.244.0.4:8080"}, nil},
		{"10.96.1.1:81", nil, syscall.ETIMEDOUT},
		{"10.96.1.2:80", nil, syscall.ECONNREFUSED},
		{"10.96.1.3:80", []string{"10.244.0.7:8080"}, nil},
		{"10.96.9.9:80", nil, syscall.ETIMEDOUT},
		{"10.244.0.99:80", nil, syscall.ETIMEDOUT},
		{"127.0.0.1:6443", nil, syscall.ENETUNREACH},
		{"192.168.1.1:80", nil, syscall.ENETUNREACH},
	} {
		seen := make(map[string]bool)
		for range 100 {
			got, err := s.Route(t.Context(), netip.MustParseAddrPort(c.to))
			if !errors.Is(err, c.err) {
				t.Fatalf("%s: got error %v, want %v", c.to, err, c.err)
			}
			if err == nil {
				seen[got.String()] = true
			}
		}
		for _, want := range c.want {
			if !seen[want] {
				t.Errorf("%s: never went to %s, but to %v", c.to, want, seen)
			}
			delete(seen, want)
		}
		if len(seen) > 0 {
			t.Errorf("%s: went also to %v", c.to, seen)
		}
	}
}
