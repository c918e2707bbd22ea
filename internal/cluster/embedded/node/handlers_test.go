package node_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
)

// netexec is a container of agnhost that serves HTTP on port 8080, named http.
func netexec() corev1.Container {
	return corev1.Container{
		Name: "c", Image: "registry.k8s.io/e2e-test-images/agnhost:2.63.0", Args: []string{"netexec"},
		Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}},
	}
}

func probeOf(h corev1.ProbeHandler) *corev1.Probe {
	return &corev1.Probe{ProbeHandler: h, PeriodSeconds: 1, FailureThreshold: 1}
}

func httpGet(path string, port intstr.IntOrString) *corev1.HTTPGetAction {
	return &corev1.HTTPGetAction{Path: path, Port: port}
}

func TestNetworkProbes(t *testing.T) {
	t.Parallel()
	named := intstr.FromString("http")
	var server int32
	if _, err := fmt.Sscanf(config.Host, "https://127.0.0.1:%d", &server); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		handler corev1.ProbeHandler
		message string // of the event; empty: the probe succeeds
	}{
		{"httpGet", corev1.ProbeHandler{HTTPGet: httpGet("/echo?msg=$(X)", named)}, ""},
		{"httpGet with an error", corev1.ProbeHandler{HTTPGet: httpGet("/echo?msg=x&code=503", named)},
			"Readiness probe failed: HTTP probe failed with statuscode: 503"},
		{"httpGet of a port that is closed", corev1.ProbeHandler{HTTPGet: httpGet("/", intstr.FromInt32(81))},
			": connect: connection refused"},
		{"tcpSocket", corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: named}}, ""},
		{"tcpSocket of a port that is closed", corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(81)}},
			":81: connect: connection refused"},
		{"tcpSocket of the API server", corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Host: "127.0.0.1", Port: intstr.FromInt32(server)}},
			"connect: network is unreachable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ns := namespace(t)
			server := netexec()
			server.ReadinessProbe = probeOf(c.handler)
			createPod(t, ns, nil, server)
			if c.message == "" {
				pod := untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return container(pod, "c").Ready })
				if pod.Spec.Containers[0].ReadinessProbe.Exec != nil {
					t.Error("the probe's handler changed in the API server")
				}
				return
			}
			until(t, "events", ns, "", func(event *corev1.Event) bool {
				if event.Reason == "Unhealthy" && !strings.Contains(event.Message, c.message) && !strings.Contains(event.Message, "8080: connect: connection refused") {
					t.Errorf("got %q, want %q in it", event.Message, c.message)
				}
				return event.Reason == "Unhealthy" && strings.Contains(event.Message, c.message)
			})
		})
	}
}

func TestNetworkHooks(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	// The pod that is told of both hooks.
	createPod(t, ns, nil, netexec())
	told := untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return container(pod, "c").Ready })
	c := bash("c", "trap 'exit 0' TERM; while :; do sleep 0.1; done")
	hook := func(msg string) *corev1.LifecycleHandler {
		h := httpGet("/echo?msg="+msg, intstr.FromInt32(8080))
		h.Host = told.Status.PodIP
		return &corev1.LifecycleHandler{HTTPGet: h}
	}
	c.Lifecycle = &corev1.Lifecycle{PostStart: hook("started"), PreStop: hook("stopping")}
	pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{c}}}
	pod.Name = "hooked"
	if _, err := client.CoreV1().Pods(ns).Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	untilPod(t, ns, "hooked", func(pod *corev1.Pod) bool { return container(pod, "c").Ready })
	if got := logs(t, ns, "pod", &corev1.PodLogOptions{}); !strings.Contains(got, "GET /echo?msg=started") {
		t.Errorf("after the start the log is %q", got)
	}
	if err := client.CoreV1().Pods(ns).Delete(t.Context(), "hooked", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	stream, err := client.CoreV1().Pods(ns).GetLogs("pod", &corev1.PodLogOptions{Follow: true}).Stream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	var all strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(all.String(), "GET /echo?msg=stopping") {
		n, err := stream.Read(buffer)
		if err != nil {
			t.Fatalf("%v, after %q", err, all.String())
		}
		all.Write(buffer[:n])
	}
}

func TestPortForward(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	createPod(t, ns, nil, netexec())
	untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return container(pod, "c").Ready })
	roundTripper, upgrader, err := spdy.RoundTripperFor(config)
	if err != nil {
		t.Fatal(err)
	}
	url := client.CoreV1().RESTClient().Post().Namespace(ns).Resource("pods").Name("pod").SubResource("portforward").URL()
	stop, ready := make(chan struct{}), make(chan struct{})
	forwarder, err := portforward.New(spdy.NewDialer(upgrader, &http.Client{Transport: roundTripper}, "POST", url),
		[]string{"0:8080"}, stop, ready, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- forwarder.ForwardPorts() }()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/hostname", ports[0].Local))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if string(body) != "pod" || err != nil {
		t.Errorf("got %q, %v, want the pod's host name", body, err)
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
