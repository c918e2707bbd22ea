package node_test

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestExec(t *testing.T) {
	t.Parallel()
	ns := namespace(t)
	createPod(t, ns, nil, bash("c", "echo note > /note; : > /ready; while :; do sleep 1; done"))
	untilPod(t, ns, "pod", func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning })

	t.Run("streams and exit code", func(t *testing.T) {
		stdout, stderr, code, err := execute(t, ns, "pod", nil, "bash", "-c", "until [ -e /ready ]; do sleep 0.01; done; cat /note; echo oops >&2; exit 4")
		if stdout != "note\n" || stderr != "oops\n" || code != 4 || err != nil {
			t.Errorf("got stdout %q, stderr %q, code %d, error %v", stdout, stderr, code, err)
		}
	})
	t.Run("standard input", func(t *testing.T) {
		stdout, _, code, err := execute(t, ns, "pod", strings.NewReader("typed\n"), "cat")
		if stdout != "typed\n" || code != 0 || err != nil {
			t.Errorf("got stdout %q, code %d, error %v", stdout, code, err)
		}
	})
	t.Run("a command that is not there", func(t *testing.T) {
		_, _, _, err := execute(t, ns, "pod", nil, "nosuchcommand")
		if err == nil || !strings.Contains(err.Error(), `exec: "nosuchcommand": executable file not found in $PATH`) {
			t.Errorf("got error %v", err)
		}
	})
}

// Whoever has no certificate must not reach the kubelet, which can run commands in every pod.
func TestKubeletRefusesStrangers(t *testing.T) {
	t.Parallel()
	stranger := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for _, path := range []string{"/pods", "/runningpods/", "/exec/default/pod/c", "/logs/", "/metrics"} {
		response, err := stranger.Get("https://" + kubeletAddress + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: got %s, want 401", path, response.Status)
		}
	}
}

func mustParse(t *testing.T, quantity string) resource.Quantity {
	t.Helper()
	q, err := resource.ParseQuantity(quantity)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func isTime(s string) bool {
	_, err := time.Parse(time.RFC3339Nano, s)
	return err == nil
}

// sameLines reports whether a and b have the same lines, in whatever order:
// the order of two streams is not kept.
func sameLines(a, b string) bool {
	return len(a) == len(b) && strings.Count(a, "\n") == strings.Count(b, "\n") &&
		strings.Contains(a, "one\n") && strings.Contains(a, "two\n") && strings.Contains(a, "three\n")
}
