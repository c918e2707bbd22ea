package node_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

// recording is a state of a pod, and the events of its whole life; testdata has
// those of a kind cluster, of the same version, on which the manifest beside it was run.
type recording struct {
	Pod    corev1.Pod     `json:"pod"`
	Events []corev1.Event `json:"events"`
}

// TestLikeKind runs manifests that were run on kind, and compares the first
// pod's status and events, word for word but for names, addresses, ids and times.
func TestLikeKind(t *testing.T) {
	t.Parallel()
	for name, reached := range map[string]func(*corev1.Pod) bool{
		"job-ok": func(pod *corev1.Pod) bool {
			return ended(pod) && isCondition(pod, corev1.PodReadyToStartContainers, corev1.ConditionFalse)
		},
		"never-badcmd": func(pod *corev1.Pod) bool {
			return ended(pod) && isCondition(pod, corev1.PodReadyToStartContainers, corev1.ConditionFalse)
		},
		"onfailure-badcmd": func(pod *corev1.Pod) bool {
			c := container(pod, "test-job")
			return c.RestartCount == 1 && c.State.Waiting != nil && c.State.Waiting.Reason == "RunContainerError"
		},
		"noimage-hub": func(pod *corev1.Pod) bool {
			c := container(pod, "test-job")
			return c.State.Waiting != nil && c.State.Waiting.Reason == "ImagePullBackOff"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(testdata, name)
			manifest, err := os.ReadFile(filepath.Join(dir, "manifest.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(dir, "kind.json"))
			if err != nil {
				t.Fatal(err)
			}
			var kind recording
			if err := json.Unmarshal(data, &kind); err != nil {
				t.Fatal(err)
			}
			want := normal(t, kind)

			ns := namespace(t)
			createJob(t, ns, manifest)
			first := ""
			pod := untilPod(t, ns, "", func(pod *corev1.Pod) bool {
				if first == "" {
					first = pod.Name
				}
				return pod.Name == first && reached(pod)
			})
			got := recording{Pod: *pod}
			seen := make(map[string]bool)
			until(t, "events", ns, "", func(event *corev1.Event) bool {
				key := event.Reason + event.Message
				if event.InvolvedObject.Name == first && !seen[key] {
					seen[key] = true
					got.Events = append(got.Events, *event)
				}
				return len(got.Events) >= len(kind.Events)
			})
			if diff := cmp.Diff(normal(t, got), want); diff != "" {
				t.Errorf("differs from kind (-got +kind):\n%s", diff)
			}
		})
	}
}

// normalRecording is a recording with what differs from run to run replaced.
type normalRecording struct {
	Status any
	Events map[string]bool
}

func normal(t *testing.T, r recording) normalRecording {
	t.Helper()
	pod := r.Pod
	names := strings.NewReplacer(
		string(pod.UID), "UID",
		pod.Name, "POD",
		pod.Namespace, "NAMESPACE",
		pod.Spec.NodeName, "NODE",
	)
	data, err := json.Marshal(pod.Status)
	if err != nil {
		t.Fatal(err)
	}
	var status any
	if err := json.Unmarshal([]byte(names.Replace(string(data))), &status); err != nil {
		t.Fatal(err)
	}
	events := make(map[string]bool)
	for _, event := range r.Events {
		events[event.Type+" "+event.Reason+": "+pullCause.ReplaceAllString(names.Replace(event.Message), "${1}CAUSE")] = true
	}
	return normalRecording{normalValue("", status), events}
}

var (
	// pullCause is what follows the part of containerd's message that every image has in common.
	pullCause   = regexp.MustCompile(`(failed to resolve reference "[^"]*": ).*`)
	tokenVolume = regexp.MustCompile(`^kube-api-access-.*`)
)

// normalValue replaces the values in a status that differ from run to run.
func normalValue(key string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		for k, v := range value {
			value[k] = normalValue(k, v)
		}
		// A cgroup of version 1 without a limit reads as this number; the
		// machine of the recordings had those.
		if limits, ok := value["limits"].(map[string]any); ok && limits["memory"] == "9007199254740988Ki" {
			delete(value, "limits")
		}
		return value
	case []any:
		for i, v := range value {
			value[i] = normalValue(key, v)
		}
		return value
	case string:
		switch key {
		case "containerID", "imageID", "podIP", "hostIP", "ip":
			if value != "" {
				return "set"
			}
		case "lastTransitionTime", "startTime", "startedAt", "finishedAt":
			if value != "1970-01-01T00:00:00Z" {
				return "set"
			}
		case "name":
			return tokenVolume.ReplaceAllString(value, "kube-api-access")
		case "message":
			return pullCause.ReplaceAllString(value, "${1}CAUSE")
		}
		return value
	default:
		return value
	}
}
