package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/run"
)

// consoleObjects is something for each verb to work on: a Job that ends, a pod
// that does not, and a CronJob that does nothing.
const consoleObjects = hello + `---
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: first, image: busybox, command: [sleep, "1000"]}
  - {name: second, image: busybox, command: [sh, -c, "echo second; sleep 1000"]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 0 1 1 *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ["true"]}]}}}}
`

// TestConsole works with a run as a learner does, in the page's console and with
// their own kubectl.
func TestConsole(t *testing.T) {
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Fatal("the console's output is compared with that of kubectl, which is not installed")
	}
	s := startServer(t)
	s.waitReady(t)
	id := s.post(t, "first-job", consoleObjects)
	namespace := s.info(t, id).Namespace

	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(file, []byte(s.get(t, "/api/runs/"+id+"/kubeconfig")), 0o600); err != nil {
		t.Fatal(err)
	}
	own := func(line string) string {
		cmd := exec.Command(kubectl, strings.Fields(line)...)
		cmd.Env = []string{"KUBECONFIG=" + file, "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
		out, err := cmd.CombinedOutput()
		if err != nil && len(out) == 0 {
			t.Fatalf("kubectl %s: %v", line, err)
		}
		return string(out)
	}

	t.Run("each verb", func(t *testing.T) {
		for _, step := range []struct {
			line string
			want string // regular expression
			code int
		}{
			{"kubectl wait --for=condition=Complete job/hello --timeout=60s", `^job.batch/hello condition met\n$`, 0},
			{"wait --for=jsonpath='{.status.phase}'=Running pod/bare --timeout=60s", `condition met`, 0},
			{"wait --for=condition=Failed job/hello --timeout=1s", `^error: timed out waiting for the condition on jobs/hello\n$`, 1},
			{"logs job/hello", `^one\ntwo\n$`, 0},
			{"logs bare", `^Defaulted container "first" out of: first, second\n$`, 0},
			{"logs bare -c second", `^second\n$`, 0},
			{"logs bare --all-containers --prefix", `^\[pod/bare/second\] second\n$`, 0},
			{"get job hello -o jsonpath={.status.succeeded}", `^1$`, 0},
			{"create job tonight --from=cronjob/nightly", `^job.batch/tonight created\n$`, 0},
			{"wait --for=create job/tonight", `condition met`, 0},
			{`patch cronjob nightly -p '{"spec":{"suspend":true}}'`, `^cronjob.batch/nightly patched\n$`, 0},
			{"patch cronjob nightly -p '{\"spec\":{\"schedule\":\"never\"}}'", `^The CronJob "nightly" is invalid: spec.schedule: Invalid value`, 1},
			{"delete job tonight", `^job.batch "tonight" deleted from lab-`, 0},
			{"delete pod bare --wait=false", `^pod "bare" deleted`, 0},
			{"wait --for=delete pod/bare --timeout=60s", `^(pod/bare condition met\n)?$`, 0},
			{"describe cronjob nightly", `Suspend: +True`, 0},
			{"explain job.spec.backoffLimit", `FIELD: backoffLimit <integer>`, 0},
			{"events --types=Normal", `SuccessfulCreate`, 0},
			{"api-resources --api-group=batch", `cronjobs +cj +batch/v1 +true +CronJob`, 0},
			{"version", `^Client Version: v1\.37\.2\nServer Version: v1\.37\.2\n$`, 0},
			{"top pod", `^error: Metrics API not available\n$`, 1},
			{"get secrets", `^Error from server \(Forbidden\): secrets is forbidden`, 1},
			{"get nodes", `^Error from server \(Forbidden\): nodes is forbidden`, 1},
			{"delete pod nobody", `^Error from server \(NotFound\): pods "nobody" not found\n$`, 1},
			{"get pods -n kube-system", `^refused: `, 1},
		} {
			out, code := s.command(t, id, step.line)
			if code != step.code || !regexp.MustCompile(step.want).MatchString(out) {
				t.Errorf("%s: exit code %d\n%s\nwant %d and %s", step.line, code, out, step.code, step.want)
			}
		}
	})

	t.Run("prints the bytes of kubectl", func(t *testing.T) {
		pod := regexp.MustCompile(`hello-\w+`).FindString(own("get pods -o name"))
		for _, line := range []string{
			"get pods", "get jobs -o wide", "get pod " + pod + " -o yaml", "get pod " + pod + " -o json --show-managed-fields", "describe job hello", "logs " + pod,
			"events", "get events", "get cronjobs,jobs", "explain pod.spec.restartPolicy", "get pods --show-labels", "get nothing", "get pod nobody", "get",
		} {
			diff := " "
			for try := 0; diff != "" && try < 5; try++ { // an age is told in seconds, which may pass
				got, _ := s.command(t, id, line)
				want := own(line)
				if line == "events" { // kubectl leaves open how events of one second follow each other
					got, want = sorted(got), sorted(want)
				}
				diff = cmp.Diff(want, got)
			}
			if diff != "" {
				t.Errorf("%s (-kubectl +console)\n%s", line, diff)
			}
		}
	})

	t.Run("own kubectl reaches nothing else", func(t *testing.T) {
		for line, want := range map[string]string{
			"get pods":                              "hello-",
			"get pods --namespace kube-system":      "Forbidden",
			"get pods --all-namespaces":             "Forbidden",
			"get secrets":                           "Forbidden",
			"get nodes":                             "Forbidden",
			"get roles":                             "Forbidden",
			"get serviceaccounts":                   "Forbidden",
			"create token learner":                  "forbidden",
			"delete resourcequota run":              "forbidden",
			"delete namespace " + namespace:         "forbidden",
			"label namespace " + namespace + " a=b": "forbidden",
			"run thief --image=busybox":             "forbidden",
		} {
			if got := own(line); !strings.Contains(strings.ToLower(got), strings.ToLower(want)) {
				t.Errorf("kubectl %s: %s, want %s", line, got, want)
			}
		}
	})

	t.Run("what it makes is held to the namespace's bounds", func(t *testing.T) {
		manifest := filepath.Join(t.TempDir(), "job.yaml")
		text := strings.Replace(strings.Replace(hello, "name: hello", "name: host", 1), "    spec:\n", "    spec:\n      hostNetwork: true\n", 1)
		if err := os.WriteFile(manifest, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := own("create -f " + manifest); !strings.Contains(got, "would violate PodSecurity") {
			t.Errorf("a Job on the host's network: %s", got)
		}
		waitFor(t, "the Job's pods to be refused", func() bool {
			return strings.Contains(own("describe job host"), `violates PodSecurity "baseline`)
		})
		own("delete job host")
	})

	t.Run("objects are shown, and kept when they are gone", func(t *testing.T) {
		var objects []run.Object
		s.getJSON(t, "/api/runs/"+id+"/objects", &objects)
		var names []string
		for _, o := range objects {
			names = append(names, fmt.Sprintf("%s/%s %t", o.Kind, strings.TrimRight(o.Name, "abcdefghijklmnopqrstuvwxyz0123456789"), o.Deleted))
		}
		if all := strings.Join(names, "\n"); !strings.Contains(all, "Pod/hello- false") || !strings.Contains(all, "Pod/ true") {
			t.Errorf("objects:\n%s", all)
		}
		if got, want := ageless(s.get(t, "/api/runs/"+id+"/objects/Job/hello/describe")), ageless(own("describe job hello")); got != want {
			t.Errorf("describe (-kubectl +page)\n%s", cmp.Diff(want, got))
		}
		if got, want := s.get(t, "/api/runs/"+id+"/objects/Job/hello/yaml"), own("get job hello -o yaml --show-managed-fields"); got != want {
			t.Errorf("yaml (-kubectl +page)\n%s", cmp.Diff(want, got))
		}
		resp, err := http.Get(s.URL + "/api/runs/" + id + "/objects/Pod/bare/yaml")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		last, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK || resp.Header.Get("X-Joblab-Deleted") != "true" || !bytes.Contains(last, []byte("name: bare\n")) {
			t.Errorf("the deleted pod: %s, deleted %q\n%s", resp.Status, resp.Header.Get("X-Joblab-Deleted"), last)
		}
		for path, want := range map[string]int{
			"Pod/bare/describe": http.StatusGone, "Pod/never/describe": http.StatusNotFound, "Pod/never/yaml": http.StatusNotFound, "Secret/x/yaml": http.StatusNotFound,
		} {
			resp, err := http.Get(s.URL + "/api/runs/" + id + "/objects/" + path)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("%s: %s, want %d", path, resp.Status, want)
			}
		}
	})

	t.Run("it ends with the namespace", func(t *testing.T) {
		admin := s.client(t)
		if err := admin.CoreV1().Namespaces().Delete(t.Context(), namespace, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "the kubeconfig to be worth nothing", func() bool {
			said := own("get pods") // which of the two depends on what kubectl has cached
			return strings.Contains(said, "Unauthorized") || strings.Contains(said, "You must be logged in")
		})
	})
}

// sorted is a text with its lines in order.
func sorted(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// ages are how long ago events were, with the blanks that fill their column.
var ages = regexp.MustCompile(`\b\d+s +`)

// ageless is a description without the ages of its events, which differ from one second
// to the next.
func ageless(description string) string { return ages.ReplaceAllString(description, "AGE ") }

// command does a line of a run's console and returns all that it printed.
func (s *server) command(t testing.TB, id, line string) (printed string, code int) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"line": line})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(s.URL+"/api/runs/"+id+"/console", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	code = -1
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var part struct {
			Out, Err string
			Exit     *int
		}
		if err := json.Unmarshal(lines.Bytes(), &part); err != nil {
			t.Fatalf("%s: %s: %s", line, resp.Status, lines.Text())
		}
		printed += part.Out + part.Err
		if part.Exit != nil {
			code = *part.Exit
		}
	}
	if err := lines.Err(); err != nil || code < 0 {
		t.Fatalf("%s: %s: the answer has no end: %v", line, resp.Status, err)
	}
	return printed, code
}
