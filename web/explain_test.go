package web

import (
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/joblab/joblab/internal/explain"
	"github.com/joblab/joblab/internal/timeline"
)

// odd has a pod that waits for its image, and one that shows what nobody knows.
func odd(r *fakeRun) {
	r.info.Manifest = "kind: Pod\nmetadata: {name: one}\nspec:\n  containers:\n  - name: main\n    image: <none>\n"
	for _, p := range []struct{ name, status string }{{"one", "ErrImagePull"}, {"two", "<b>Odd</b>"}} {
		r.rec.Pod(timeline.Added, timeline.Row{Ready: "0/1", Status: p.status, Restarts: "0"}, &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: p.name, UID: types.UID(p.name)},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
			Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
				Name: "main", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: p.status, Message: "no such host"}},
			}}},
		})
	}
}

func TestExplain(t *testing.T) {
	s := newSite(t)
	odd(s.runs.add("abc", "first-job"))
	list := decode[[]explain.Explanation](t, s.get(t, "/api/runs/abc/explain?seq=2&lang=ko"))
	last := list[len(list)-1]
	if last.Rule != "pod/image-pull" || last.Actor != explain.Kubelet || last.Field == nil || last.Field.Line != 6 || !strings.Contains(last.Text, "런타임이") {
		t.Errorf("entry 2: %+v", last)
	}
	var unknown explain.Explanation
	for _, x := range decode[[]explain.Explanation](t, s.get(t, "/api/runs/abc/explain?seq=4")) {
		unknown = x
	}
	if unknown.Known || !strings.Contains(strings.Join(unknown.Facts, " "), "no such host") {
		t.Errorf("entry 4: %+v", unknown)
	}
	for query, status := range map[string]int{
		"seq=99": http.StatusNotFound, "check=nothing": http.StatusNotFound, "seq=x": http.StatusBadRequest, "": http.StatusBadRequest,
		"seq=1&check=a": http.StatusBadRequest, "seq=1&lang=fr": http.StatusBadRequest,
	} {
		if a := s.get(t, "/api/runs/abc/explain?"+query); a.StatusCode != status {
			t.Errorf("?%s answers %d, want %d: %s", query, a.StatusCode, status, a.body)
		}
	}
	if a := s.get(t, "/api/runs/gone/explain?seq=1"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a run that is not there answers %d", a.StatusCode)
	}
}

func TestWhyPage(t *testing.T) {
	s := newSite(t)
	odd(s.runs.add("abc", "first-job"))
	p := parse(t, s.get(t, "/runs/abc/why?seq=2").body)
	if got := p.text("[data-rule='pod/image-pull'] h3"); got != "ErrImagePull: the image <none> could not be pulled" {
		t.Errorf("title %q", got)
	}
	if got := p.attr("[data-rule='pod/image-pull'] [data-field] a", "href"); got != "#line-6" {
		t.Errorf("the field leads to %q", got)
	}
	if len(p.all("#line-6")) != 1 {
		t.Error("the page has no line 6")
	}
	if got := p.text("[data-rule='pod/image-pull'] [data-value]"); got != "next pull: 10 s" {
		t.Errorf("computed %q", got)
	}
	strange := parse(t, s.get(t, "/runs/abc/why?seq=4&lang=ko").body)
	if got := strange.text("[data-known=false] h3"); !strings.HasPrefix(got, "<b>Odd</b>") {
		t.Errorf("title %q", got)
	}
	if a := s.get(t, "/runs/abc/why?seq=99"); a.StatusCode != http.StatusNotFound || !strings.Contains(a.body, "<h1") {
		t.Errorf("an entry that is not there answers %d", a.StatusCode)
	}
}

func TestPagesLinkToExplanations(t *testing.T) {
	s := newSite(t)
	r := s.runs.add("abc", "first-job")
	r.complete()
	p := parse(t, s.get(t, "/runs/abc").body)
	links := p.all("[data-twin] a[data-why], [data-events] a[data-why]")
	if len(links) < 4 {
		t.Fatalf("%d links to explanations", len(links))
	}
	for _, a := range links {
		if href := attr(a, "href"); s.get(t, href).StatusCode != http.StatusOK {
			t.Errorf("%s does not answer", href)
		}
	}
}
