package run

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// retry is a manifest with a field that is misspelt in the second document.
const retry = `apiVersion: v1
kind: ConfigMap
metadata: {name: words}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: retry
spec:
  parellelism: 3
  template:
    spec:
      containers:
      - name: c
        image: busybox
`

var jobKind = schema.GroupKind{Group: "batch", Kind: "Job"}

// The words are those that kubectl v1.37.2 printed for the same refusals.
func TestAPIRefusals(t *testing.T) {
	noMatch := "error: resource mapping not found for name: \"retry\" namespace: \"\" from \"job.yaml\": no matches for kind \"Job\" in version \"apps/v1\"\nensure CRDs are installed first"
	noJobb := "error: resource mapping not found for name: \"retry\" namespace: \"\" from \"job.yaml\": no matches for kind \"Jobb\" in version \"batch/v1\"\nensure CRDs are installed first"
	required := field.Required(field.NewPath("spec.template.spec.restartPolicy"), `valid values: "OnFailure", "Never"`)
	negative := field.Invalid(field.NewPath("spec.parallelism"), -3, "must be greater than or equal to 0")
	for _, c := range []struct {
		name     string
		api      string // the Job's apiVersion, if not batch/v1
		kind     string // if not Job
		err      error  // the API server's
		printed  string
		problems []Problem
	}{
		{
			name: "a kind that the API server has not", api: "apps/v1",
			printed:  noMatch,
			problems: []Problem{{"apiVersion", 5, noMatch}},
		},
		{
			name: "a kind that is misspelt", kind: "Jobb",
			printed:  noJobb,
			problems: []Problem{{"kind", 6, noJobb}},
		},
		{
			name: "an accepted kind in another version", api: "batch/v2",
			printed:  "line 5: apiVersion: the Job of batch/v2 is not accepted: a lab holds that of batch/v1",
			problems: []Problem{{"apiVersion", 5, "the Job of batch/v2 is not accepted: a lab holds that of batch/v1"}},
		},
		{
			name: "no version", api: "a/b/c",
			printed:  "error: unexpected GroupVersion string: a/b/c",
			problems: []Problem{{"apiVersion", 5, "error: unexpected GroupVersion string: a/b/c"}},
		},
		{
			name: "unknown field",
			err:  apierrors.NewBadRequest(`Job in version "v1" cannot be handled as a Job: strict decoding error: unknown field "spec.parellelism"`),
			printed: `Error from server (BadRequest): error when creating "job.yaml": Job in version "v1" cannot be handled as a Job: ` +
				`strict decoding error: unknown field "spec.parellelism"`,
			problems: []Problem{{"spec.parellelism", 10, `Error from server (BadRequest): error when creating "job.yaml": Job in version "v1" cannot be handled as a Job: ` +
				`strict decoding error: unknown field "spec.parellelism"`}},
		},
		{
			name: "unknown fields",
			err:  apierrors.NewBadRequest(`strict decoding error: unknown field "spec.parellelism", unknown field "spec.template.spec.containers[0].img"`),
			printed: `Error from server (BadRequest): error when creating "job.yaml": ` +
				`strict decoding error: unknown field "spec.parellelism", unknown field "spec.template.spec.containers[0].img"`,
			problems: []Problem{
				{"spec.parellelism", 10, `Error from server (BadRequest): error when creating "job.yaml": strict decoding error: unknown field "spec.parellelism"`},
				{"spec.template.spec.containers[0].img", 14, `Error from server (BadRequest): error when creating "job.yaml": strict decoding error: unknown field "spec.template.spec.containers[0].img"`},
			},
		},
		{
			name:    "a value of the wrong type",
			err:     apierrors.NewBadRequest(`json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.image of type string`),
			printed: `Error from server (BadRequest): error when creating "job.yaml": json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.image of type string`,
			problems: []Problem{{"spec.template.spec.containers.image", 15,
				`Error from server (BadRequest): error when creating "job.yaml": json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.image of type string`}},
		},
		{
			name:    "one invalid field",
			err:     apierrors.NewInvalid(jobKind, "retry", field.ErrorList{required}),
			printed: `The Job "retry" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`,
			problems: []Problem{{"spec.template.spec.restartPolicy", 12,
				`The Job "retry" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`}},
		},
		{
			name: "several invalid fields, one of them twice",
			err:  apierrors.NewInvalid(jobKind, "retry", field.ErrorList{required, negative, required}),
			printed: "The Job \"retry\" is invalid: \n" +
				"* spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"\n" +
				"* spec.parallelism: Invalid value: -3: must be greater than or equal to 0",
			problems: []Problem{
				{"spec.parallelism", 9, `The Job "retry" is invalid: spec.parallelism: Invalid value: -3: must be greater than or equal to 0`},
				{"spec.template.spec.restartPolicy", 12, `The Job "retry" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`},
			},
		},
		{
			name:     "forbidden",
			err:      apierrors.NewForbidden(schema.GroupResource{Group: "batch", Resource: "jobs"}, "retry", errors.New("no")),
			printed:  `Error from server (Forbidden): error when creating "job.yaml": jobs.batch "retry" is forbidden: no`,
			problems: []Problem{{"", 5, `Error from server (Forbidden): error when creating "job.yaml": jobs.batch "retry" is forbidden: no`}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := newFakeAPI()
			api.refuse("jobs", c.err)
			api.versions = map[string]string{"batch/v1": "Job", "batch/v2": "Job"}
			manifest := retry
			if c.api != "" {
				manifest = replace(t, retry, "batch/v1", c.api)
			}
			if c.kind != "" {
				manifest = replace(t, retry, "kind: Job", "kind: "+c.kind)
			}
			docs, err := admit([]byte(manifest), anyNetwork)
			if err != nil {
				t.Fatal(err)
			}
			err = checkWithServer(t.Context(), api.client(t), docs, "checks", "job.yaml")
			var refused *Refused
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if diff := cmp.Diff(refused.Error(), c.printed); diff != "" {
				t.Errorf("printed (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(refused.Problems, c.problems); diff != "" {
				t.Errorf("problems (-got +want):\n%s", diff)
			}
			for _, request := range api.requests() {
				if request.Method == http.MethodPost && (request.Query.Get("dryRun") != "All" || request.Query.Get("fieldValidation") != "Strict") {
					t.Errorf("not a strict dry run: %v", request)
				}
			}
		})
	}
}

func TestAPIThatCannotAnswerIsNoRefusal(t *testing.T) {
	docs, err := admit([]byte(retry), anyNetwork)
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range []error{
		apierrors.NewInternalError(errors.New("boom")),
		apierrors.NewTooManyRequestsError("later"),
		apierrors.NewUnauthorized("who?"),
	} {
		api := newFakeAPI()
		api.refuse("jobs", failure)
		err := checkWithServer(t.Context(), api.client(t), docs, "checks", "job.yaml")
		if refused := new(Refused); err == nil || errors.As(err, &refused) {
			t.Errorf("%v: got %v, want an error that blames nothing on the manifest", failure, err)
		}
	}
}

const nightly = `apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 0 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - name: c
            image: ""
`

// A Job's pods are asked about as well.
func TestTemplateThatWouldBeRefused(t *testing.T) {
	podKind := schema.GroupKind{Kind: "Pod"}
	image := field.Required(field.NewPath("spec.containers[0].image"), "")
	for _, c := range []struct {
		name     string
		manifest string
		err      error
		problems []Problem
	}{
		{
			name: "a policy", manifest: retry,
			err: apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "retry-", errors.New("no PriorityClass with name urgent was found")),
			problems: []Problem{{"spec.template", 11,
				`its pods would be refused: Error creating: pods "retry-" is forbidden: no PriorityClass with name urgent was found`}},
		},
		{
			name: "an invalid pod", manifest: retry,
			err: apierrors.NewInvalid(podKind, "retry-", field.ErrorList{image}),
			problems: []Problem{{"spec.template.spec.containers[0].image", 15,
				`its pods would be refused: Error creating: The Pod "retry-" is invalid: spec.containers[0].image: Required value`}},
		},
		{
			name: "a CronJob's", manifest: nightly,
			err: apierrors.NewInvalid(podKind, "nightly-", field.ErrorList{image}),
			problems: []Problem{{"spec.jobTemplate.spec.template.spec.containers[0].image", 12,
				`its pods would be refused: Error creating: The Pod "nightly-" is invalid: spec.containers[0].image: Required value`}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			api := newFakeAPI()
			api.refuse("pods", c.err)
			docs, err := admit([]byte(c.manifest), anyNetwork)
			if err != nil {
				t.Fatal(err)
			}
			err = checkWithServer(t.Context(), api.client(t), docs, "checks", "job.yaml")
			var refused *Refused
			if !errors.As(err, &refused) || refused.Printed != "" {
				t.Fatalf("got %v, want a refusal for which kubectl prints nothing", err)
			}
			if diff := cmp.Diff(refused.Problems, c.problems); diff != "" {
				t.Errorf("problems (-got +want):\n%s", diff)
			}
		})
	}
}

// The pod that is asked about is what the Job controller would make.
func TestTemplate(t *testing.T) {
	docs, err := admit([]byte(replace(t, retry, "  template:\n", "  template:\n    metadata: {labels: {a: b}, name: x}\n")), anyNetwork)
	if err != nil {
		t.Fatal(err)
	}
	pod, at, err := docs[1].template()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":null,"generateName":"retry-","labels":{"a":"b"}},"spec":{"containers":[{"image":"busybox","name":"c"}]}}`
	if got := string(pod.json); got != want || at != "spec.template" {
		t.Errorf("got %s at %s, want %s", got, at, want)
	}
	if pod, _, err := docs[0].template(); pod != nil || err != nil {
		t.Errorf("a ConfigMap has the template %v, %v", pod, err)
	}
}

func TestWebhookWithoutDryRunIsNoRefusal(t *testing.T) {
	docs, err := admit([]byte(retry), anyNetwork)
	if err != nil {
		t.Fatal(err)
	}
	api := newFakeAPI()
	api.refuse("jobs", apierrors.NewBadRequest(`admission webhook "policy.example.com" does not support dry run`))
	if err := checkWithServer(t.Context(), api.client(t), docs, "checks", "job.yaml"); err != nil {
		t.Error(err)
	}
}

func TestLineOf(t *testing.T) {
	manifest := `# a comment
apiVersion: batch/v1
kind: Job
metadata:
  name: j
  labels:
    a.b/c: x
spec: &s
  template:
    spec:
      containers:
      - name: one
      - name: two
        env:
        - {name: A, value: "1"}
`
	docs, err := admit([]byte(manifest), anyNetwork)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"":                                 2,
		"kind":                             3,
		"metadata.labels":                  6,
		"metadata.labels[a.b/c]":           7,
		"metadata.annotations[x]":          4, // not there: what would hold it
		"spec.template.spec.containers":    11,
		"spec.template.spec.containers[1]": 13,
		"spec.template.spec.containers[1].env[0].value": 15,
		"spec.template.spec.containers[1].env[7]":       14,
		"spec.template.spec.containers[1].image":        13,
		"spec.template.spec.containers.name":            12, // the first
		"spec.template.spec.restartPolicy":              10,
		"spec.template.spec.containers[":                11,
		"nonsense..[x]":                                 2,
	} {
		if got := docs[0].lineOf(path); got != want {
			t.Errorf("%q: got line %d, want %d", path, got, want)
		}
	}
}

func replace(t *testing.T, s, old, new string) string {
	t.Helper()
	if strings.Count(s, old) != 1 {
		t.Fatalf("%q is not there exactly once", old)
	}
	return strings.Replace(s, old, new, 1)
}
