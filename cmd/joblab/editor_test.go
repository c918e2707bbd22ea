package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/joblab/joblab/internal/browsertest"
	"github.com/joblab/joblab/internal/run"
	"github.com/joblab/joblab/internal/schema"
)

// misspelt has a field that Kubernetes does not know, and a value that it refuses.
var misspelt = strings.NewReplacer("spec:\n  template", "spec:\n  parellelism: 3\n  template", "restartPolicy: Never", "restartPolicy: Always").Replace(sleeper)

// TestEditorAsksTheCluster checks manifests and reads schemas as editors do: what
// the labs hold is accepted, and what is wrong is said in the API server's words.
func TestEditorAsksTheCluster(t *testing.T) {
	s := startServer(t)
	s.waitReady(t)
	var labs []struct {
		Slug, Manifest string
		Available      bool
		Checks         []struct{ Text string }
	}
	s.getJSON(t, "/api/labs", &labs)
	for _, l := range labs {
		refused := len(l.Checks) > 0 && strings.HasPrefix(l.Checks[0].Text, "refused")
		if got := s.check(t, l.Slug, l.Manifest); l.Available && refused != (len(got) > 0) {
			t.Errorf("%s, which is to be refused: %t, has the problems %+v", l.Slug, refused, got)
		}
	}
	want := []run.Problem{{
		Path: "spec.parellelism", Line: 6,
		Message: `Error from server (BadRequest): error when creating "job.yaml": Job in version "v1" cannot be handled as a Job: strict decoding error: unknown field "spec.parellelism"`,
	}}
	if diff := cmp.Diff(s.check(t, "first-job", misspelt), want); diff != "" {
		t.Errorf("problems (-got +want):\n%s", diff)
	}
	for kind, version := range map[string]string{"Job": "batch/v1", "CronJob": "batch/v1", "Pod": "v1", "ConfigMap": "v1", "Service": "v1", "ResourceQuota": "v1"} {
		start := time.Now()
		var d schema.Document
		s.getJSON(t, "/api/cluster/schema?kind="+kind+"&apiVersion="+version, &d)
		if fields := d.Types[d.Type].Fields; d.Kind != kind || fields["metadata"].Of == "" {
			t.Errorf("the %s of %s has the fields %v", kind, version, fields)
		}
		t.Logf("%s: %d types in %s", kind, len(d.Types), time.Since(start).Round(time.Millisecond))
	}
	made, err := s.client(t).CoreV1().Namespaces().List(t.Context(), metav1.ListOptions{LabelSelector: "joblab.dev/run"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(made.Items); n > 0 {
		t.Errorf("checks have made %d namespaces", n)
	}
}

// editAManifest misspells a field of the lab's manifest, and asks what there is.
func editAManifest(tab *browsertest.Tab, baseURL string) {
	tab.Open(baseURL + "/labs/first-job?lang=en")
	tab.Wait("the cluster to be ready", ready)
	tab.Wait("the code editor", `document.querySelector("[data-editor][data-loaded] .cm-content")`)
	tab.Text(`(() => {
		const editor = document.querySelector("textarea");
		editor.value = editor.value.replace("\nspec:\n", "\nspec:\n  parellelism: 1\n");
		editor.dispatchEvent(new Event("input"));
		return "";
	})()`)
	tab.Wait("the API server's words at the line", `[...document.querySelectorAll(".cm-line")].find((l) => l.dataset.problem !== undefined)?.textContent.includes("parellelism") &&
		document.querySelector("[data-problems] [data-line]").textContent.includes('strict decoding error: unknown field "spec.parellelism"')`)
	tab.Wait("the cursor to be there", `(document.querySelector("[data-problems] [data-line]").click(), document.activeElement.matches(".cm-content"))`)
	tab.Do("go to the field's name and ask for help", chromedp.KeyEvent(kb.Home), chromedp.KeyEvent(kb.ArrowRight+kb.ArrowRight), chromedp.KeyEvent(kb.F1))
	tab.Wait("that there is no such field", `document.querySelector("[data-help='spec.parellelism']")?.textContent.includes("there is no such field")`)
	tab.Shoot("lab-editor")
	tab.NoErrors()
}

// check returns the problems of a manifest.
func (s *server) check(t testing.TB, slug, manifest string) []run.Problem {
	t.Helper()
	problems, err := s.problems(slug, manifest)
	if err != nil {
		t.Fatal(err)
	}
	return problems
}

func (s *server) problems(slug, manifest string) ([]run.Problem, error) {
	resp, err := http.Post(s.URL+"/api/labs/"+slug+"/check", "application/yaml", strings.NewReader(manifest))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var answer struct{ Problems []run.Problem }
	if err := json.Unmarshal(body, &answer); err != nil || resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("check a manifest of %s: %d %s (%v)", slug, resp.StatusCode, body, err)
	}
	return answer.Problems, nil
}

// BenchmarkCheck measures how long editors wait for what is wrong, alone and when
// thirty readers pause at the same time.
func BenchmarkCheck(b *testing.B) {
	s := startServer(b)
	s.waitReady(b)
	for _, readers := range []int{1, 30} {
		b.Run(fmt.Sprintf("%d-readers", readers), func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				each := make([]time.Duration, readers)
				var asking sync.WaitGroup
				for i := range each {
					asking.Go(func() {
						start := time.Now()
						if _, err := s.problems("first-job", sleeper); err != nil {
							b.Error(err)
						}
						each[i] = time.Since(start)
					})
				}
				asking.Wait()
				took = append(took, each...)
			}
			report(b, took)
		})
	}
}
