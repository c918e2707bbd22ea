//go:build kind

package run

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/remote"
	"github.com/joblab/joblab/internal/expect/expecttest"
	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/internal/timeline"
)

// These tests need a kind cluster of one node whose API server they may take
// away: its kubeconfig is the file JOBLAB_TEST_KUBECONFIG, its node the container
// JOBLAB_TEST_NODE of docker, with the image of JOBLAB_TEST_IMAGE (a shell) on it.

// follow returns the cluster of the environment.
func follow(t *testing.T, shared bool) cluster.Cluster {
	t.Helper()
	t.Setenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS", "3")
	t.Setenv("HTTP2_PING_TIMEOUT_SECONDS", "3")
	file, err := os.ReadFile(os.Getenv("JOBLAB_TEST_KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.RESTConfigFromKubeConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	kube := remote.Start(t.Context(), remote.Config{
		Info:   cluster.Info{Backend: "kubeconfig", Shared: shared},
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Open: func(context.Context, func(string)) (remote.Access, error) {
			return remote.Access{Config: config, Kubeconfig: file}, nil
		},
	})
	t.Cleanup(func() {
		if err := kube.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return kube
}

// docker does something to the node.
func docker(t *testing.T, verb string) {
	t.Helper()
	start := time.Now()
	if out, err := exec.Command("docker", verb, os.Getenv("JOBLAB_TEST_NODE")).CombinedOutput(); err != nil {
		t.Fatalf("docker %s: %v: %s", verb, err, out)
	}
	t.Logf("docker %s took %v", verb, time.Since(start).Round(time.Millisecond))
}

// counting counts every 200 ms, and ends after some time.
const counting = `apiVersion: batch/v1
kind: Job
metadata: {name: count}
spec:
  backoffLimit: 2
  template:
    spec:
      restartPolicy: POLICY
      containers:
      - name: count
        image: IMAGE
        imagePullPolicy: IfNotPresent
        command: ["sh", "-c", "i=0; while [ $i -lt COUNT ]; do i=$((i+1)); echo line $i; sleep 0.2; done"]
`

func TestKindOutage(t *testing.T) {
	for _, c := range []struct {
		name, away, back string
		shared           bool
		policy           string
		count            int
	}{
		{"paused", "pause", "unpause", true, "Never", 250},
		{"paused, watched as a whole", "pause", "unpause", false, "Never", 250},
		{"stopped", "stop", "start", true, "OnFailure", 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			kube := follow(t, c.shared)
			runs, err := New(Config{Cluster: kube, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
			if err != nil {
				t.Fatal(err)
			}
			var managing sync.WaitGroup
			managing.Go(func() { _ = runs.Run(context.Background()) })
			defer func() {
				if err := runs.Close(context.Background()); err != nil {
					t.Error(err)
				}
				managing.Wait()
			}()
			if err := runs.WaitReady(t.Context()); err != nil {
				t.Fatal(err)
			}
			// A node that starts again may take its pods through more states than one that did not stop.
			contract := expecttest.Parse(t, `[{id: done, job: {condition: Complete, within: 20s}}, {id: order, pods: {each: "Pending ContainerCreating (Running|Error|Completed|Unknown|ContainerCreating|CreateContainerConfigError|CrashLoopBackOff|RunContainerError|StartError)+"}}]`)
			manifest := strings.NewReplacer("IMAGE", os.Getenv("JOBLAB_TEST_IMAGE"), "COUNT", strconv.Itoa(c.count), "POLICY", c.policy).Replace(counting)
			l := &lab.Lab{Slug: "count", Backends: []string{"kubeconfig"}, File: "job.yaml", Manifest: []byte(manifest), Run: lab.Run{Limit: 3 * time.Minute}, Contract: contract}
			r, err := runs.Start(t.Context(), l, nil)
			if err != nil {
				t.Fatal(err)
			}
			running := func(e timeline.Entry) bool { return e.Pod != nil && e.Pod.Status == "Running" }
			waitEntry(t, r, running)
			<-time.After(5 * time.Second)
			docker(t, c.away)
			<-time.After(30 * time.Second)
			if _, err := runs.Start(t.Context(), l, nil); err == nil || !strings.Contains(err.Error(), "the API server does not answer, since") {
				t.Errorf("start in the outage: %v", err)
			} else {
				t.Logf("start in the outage: %v", err)
			}
			if state := r.Info().State; state != Running {
				t.Errorf("in the outage the run is %s: %s", state, r.Info().Reason)
			}
			docker(t, c.back)
			select {
			case <-r.Done():
			case <-time.After(4 * time.Minute):
				t.Fatal("the run does not end")
			}
			checkRecord(t, r)
			checkLog(t, r, c.count)
			// Another run works.
			next, err := runs.Start(t.Context(), &lab.Lab{Slug: "next", Backends: []string{"kubeconfig"}, File: "job.yaml", Manifest: []byte(strings.NewReplacer("IMAGE", os.Getenv("JOBLAB_TEST_IMAGE"), "COUNT", "3", "POLICY", "Never").Replace(counting)), Run: lab.Run{Limit: time.Minute}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			<-next.Done()
			if info := next.Info(); info.State != Finished || !strings.Contains(info.Reason, "Every Job and pod has ended") {
				t.Errorf("the next run: %s, %s", info.State, info.Reason)
			}
		})
	}
}

func waitEntry(t *testing.T, r *Run, want func(timeline.Entry) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for record := range r.Log().Follow(ctx, 0) {
		if want(record.Entry) {
			return
		}
	}
	t.Fatal("the entry does not come")
}

// checkRecord looks for entries that are repeated or out of order, and prints the
// timeline.
func checkRecord(t *testing.T, r *Run) {
	t.Helper()
	seen := map[string]timeline.Seq{}
	newest := map[string]int{}
	for i, record := range r.Log().Records() {
		e := record.Entry
		if e.Seq != timeline.Seq(i+1) {
			t.Errorf("entry %d has number %d", i+1, e.Seq)
		}
		switch {
		case e.Pod != nil:
			t.Logf("%3d %8.3f %s %s %s %s %d rv=%s inferred=%t", e.Seq, e.T, e.Type, e.Name, e.Pod.Ready, e.Pod.Status, e.Pod.Restarts, e.ResourceVersion, e.Inferred)
		case e.Job != nil:
			b, _ := json.Marshal(e.Job.Conditions)
			t.Logf("%3d %8.3f %s job active=%d succeeded=%d failed=%d rv=%s %s", e.Seq, e.T, e.Type, e.Job.Active, e.Job.Succeeded, e.Job.Failed, e.ResourceVersion, b)
		case e.Note != nil:
			t.Logf("%3d %8.3f NOTE %s: %s", e.Seq, e.T, e.Note.Code, e.Note.Text)
		case e.Verdict != nil:
			t.Logf("%3d %8.3f VERDICT %s", e.Seq, e.T, record.JSON)
		case e.Event != nil:
			t.Logf("%3d %8.3f event %s %s x%d: %s", e.Seq, e.T, e.Event.Object, e.Event.Reason, e.Event.Count, e.Event.Message)
		}
		if e.ResourceVersion == "" || e.Inferred {
			continue
		}
		key := fmt.Sprint(e.Kind, e.UID, e.ResourceVersion, e.Type)
		if before, twice := seen[key]; twice {
			t.Errorf("entry %d repeats entry %d", e.Seq, before)
		}
		seen[key] = e.Seq
		if version, err := strconv.Atoi(e.ResourceVersion); err == nil {
			if version < newest[e.UID] {
				t.Errorf("entry %d is older than one before", e.Seq)
			}
			newest[e.UID] = version
		}
	}
	codes := strings.Join(notes(r), " ")
	if !regexp.MustCompile(`unreachable .*reachable`).MatchString(codes) {
		t.Errorf("got notes %s, want the outage", codes)
	}
	for _, v := range r.Info().Verdict.Checks {
		if v.State == timeline.Diverged {
			t.Errorf("diverged: %+v", v)
		}
	}
}

// checkLog looks for lines that are lost or repeated in the log of each instance
// of the container.
func checkLog(t *testing.T, r *Run, count int) {
	t.Helper()
	pods := map[string]bool{}
	for _, record := range r.Log().Records() {
		if record.Entry.Pod != nil {
			pods[record.Entry.Name] = true
		}
	}
	whole := 0
	for pod := range pods {
		for _, previous := range []bool{false, true} {
			log, err := r.PodLog(t.Context(), pod, "", previous, true)
			if err != nil {
				t.Logf("log of %s, previous %t: %v", pod, previous, err)
				continue
			}
			text := new(strings.Builder)
			buf := make([]byte, 32<<10)
			for {
				n, err := log.Read(buf)
				text.Write(buf[:n])
				if err != nil {
					break
				}
			}
			// The shell says when its command is terminated.
			said := strings.ReplaceAll(text.String(), "Terminated\n", "")
			lines := strings.Split(strings.TrimSuffix(said, "\n"), "\n")
			t.Logf("log of %s, previous %t: %d lines, last %q", pod, previous, len(lines), lines[len(lines)-1])
			for i, line := range lines {
				if want := fmt.Sprintf("line %d", i+1); line != want {
					t.Errorf("log of %s, previous %t: line %d is %q, want %q", pod, previous, i+1, line, want)
					break
				}
			}
			if len(lines) == count {
				whole++
			}
		}
	}
	if whole != 1 {
		t.Errorf("%d logs are whole, want one", whole)
	}
}
