package run

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// pod is a manifest whose further lines, from line 7 on, belong to the pod's
// spec.
const pod = `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - {name: c, image: busybox}
`

func TestAdmitRefuses(t *testing.T) {
	for _, c := range []struct {
		name, manifest string
		want           []Problem
	}{
		{"nothing", "", []Problem{{"", 1, "the manifest holds no object"}}},
		{"comments only", "# a\n---\n# b\n---\n", []Problem{{"", 1, "the manifest holds no object"}}},
		{"no mapping", "just words", []Problem{{"", 1, "a Kubernetes object must be a mapping of fields, such as apiVersion and kind"}}},
		{"a list", "a: 1\n---\n- x\n", []Problem{
			{"apiVersion", 1, "apiVersion is missing"},
			{"kind", 1, "kind is missing"},
			{"", 3, "a Kubernetes object must be a mapping of fields, such as apiVersion and kind"},
		}},
		{"not YAML", pod + "---\nkind: [\n", []Problem{{"", 8, "not YAML: did not find expected node content"}}},
		{"a tab", "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: p\n", []Problem{{"", 4, "not YAML: found character that cannot start any token; indent by spaces, not by tabs"}}},
		{"a field too far left", pod + "  containers:\n  - name: c\n    image: i\n   command: [x]\n  restartPolicy: Never\n", []Problem{
			{"", 10, "not YAML: did not find expected key; indent the line as its neighbours of the same level"},
		}},
		{"a field too far right", pod + "  containers:\n  - name: c\n     image: i\n  restartPolicy: Never\n", []Problem{
			{"", 9, "not YAML: mapping values are not allowed in this context; indent the line as its neighbours of the same level"},
		}},
		{"a list that is not closed", pod + "  containers:\n  - name: c\n    command: [x\n    image: i\n  restartPolicy: Never\n", []Problem{
			{"", 9, "not YAML: did not find expected ',' or ']'; close what this line opens"},
		}},
		{"a text that is not closed", pod + "  containers:\n  - name: \"c\n    image: i\n", []Problem{
			{"", 8, "not YAML: found unexpected end of stream"},
		}},
		{"an anchor that is not there", pod + "  priority: *p\n", []Problem{
			{"", 7, "not YAML: unknown anchor 'p' referenced"},
		}},
		{"a line of many with a list over two", pod + "  containers:\n  - name: c\n    command: [x,\n      y]\n   image: i\n", []Problem{
			{"", 11, "not YAML: did not find expected key; indent the line as its neighbours of the same level"},
		}},
		{"not text", "\x00\x01", []Problem{{"", 1, "not YAML: control characters are not allowed"}}},
		{"document end without a marker", "a: 1\n...\nb: 2\n", []Problem{{"", 2, `not YAML: documents must be separated by a line "---"`}}},
		{"no kind", "apiVersion: v1\n", []Problem{{"kind", 1, "kind is missing"}}},
		{"no apiVersion", "kind: ConfigMap\nmetadata: {name: x}\n", []Problem{{"apiVersion", 1, "apiVersion is missing"}}},
		{"kind that is no word", "apiVersion: v1\nkind: 5\n", []Problem{{"kind", 2, "kind is missing"}}},
		{"List", "apiVersion: v1\nkind: List\nitems: []\n", []Problem{
			{"kind", 2, `a List is not accepted: write its items as documents of their own, separated by "---"`},
		}},
		{"namespace", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  namespace: kube-system\n", []Problem{
			{"metadata.namespace", 5, "a run has a namespace of its own: leave the namespace out"},
		}},
		{"one name twice", pod + "---\n" + pod, []Problem{{"metadata.name", 10, `Pod "p" is already in line 3`}}},
		{"a field twice", pod + "  hostNetwork: true\n  hostNetwork: false\n", []Problem{
			{"", 8, `the field "hostNetwork" is given twice, first in line 7`},
		}},
		{"a merged field", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  <<: {hostPID: true}\n", []Problem{
			{"spec.hostPID", 5, "hostPID is not accepted: it reaches the node's processes"},
		}},
		{"host namespaces", pod + "  hostNetwork: true\n  hostPID: true\n  hostIPC: true\n", []Problem{
			{"spec.hostNetwork", 7, "hostNetwork is not accepted: it reaches the node's network"},
			{"spec.hostPID", 8, "hostPID is not accepted: it reaches the node's processes"},
			{"spec.hostIPC", 9, "hostIPC is not accepted: it reaches the node's memory"},
		}},
		{"hostPath", pod + "  volumes:\n  - name: a\n    emptyDir: {}\n  - name: b\n    hostPath:\n      path: /\n", []Problem{
			{"spec.volumes[1].hostPath", 11, "hostPath is not accepted: it reaches the node's files"},
		}},
		{"privileges", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  initContainers:\n  - name: i\n    securityContext:\n      privileged: true\n  containers:\n" +
			"  - name: c\n    ports:\n    - hostPort: 80\n    securityContext:\n      capabilities:\n        add: [NET_ADMIN]\n", []Problem{
			{"spec.initContainers[0].securityContext.privileged", 8, "privileged is not accepted: it reaches the whole node"},
			{"spec.containers[0].ports[0].hostPort", 12, "hostPort is not accepted: it reaches a port of the node"},
			{"spec.containers[0].securityContext.capabilities.add", 15, "added capabilities are not accepted: [NET_ADMIN]"},
		}},
		{"the rest of the baseline", pod + "  securityContext:\n    sysctls: [{name: kernel.msgmax, value: \"1\"}]\n", []Problem{
			{"spec", 4, "forbidden sysctls is not accepted: kernel.msgmax"},
		}},
		{"a Job's template", "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n      volumes:\n      - hostPath: {path: /}\n", []Problem{
			{"spec.template.spec.volumes[0].hostPath", 8, "hostPath is not accepted: it reaches the node's files"},
		}},
		{"another version of Job", "apiVersion: apps/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n    spec:\n      hostPID: true\n", []Problem{
			{"spec.template.spec.hostPID", 7, "hostPID is not accepted: it reaches the node's processes"},
		}},
		{"a CronJob's template", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: j}\nspec:\n  jobTemplate:\n    spec:\n      parallelism: 21\n      template:\n        spec:\n          hostNetwork: true\n", []Problem{
			{"spec.jobTemplate.spec.parallelism", 7, "21 pods at once: a run may have at most 20"},
			{"spec.jobTemplate.spec.template.spec.hostNetwork", 10, "hostNetwork is not accepted: it reaches the node's network"},
		}},
		{"more pods than the quota", job("parallelism: 15") + "---\n" + strings.Replace(job("parallelism: 6"), "name: j", "name: k", 1), []Problem{
			{"spec.parallelism", 9, "6 pods at once, 21 with those before: a run may have at most 20"},
		}},
		{"more pods is said once", job("parallelism: 21") + "---\n" + pod, []Problem{
			{"spec.parallelism", 4, "21 pods at once: a run may have at most 20"},
		}},
		{"more than a container may use", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    resources:\n      requests: {cpu: 3}\n      limits:\n        memory: 2Gi\n", []Problem{
			{"spec.containers[0].resources.requests.cpu", 8, "3 of cpu: a container may have at most 2"},
			{"spec.containers[0].resources.limits.memory", 10, "2Gi of memory: a container may have at most 1Gi"},
		}},
		{"finalizers", "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: j\n  finalizers: [x.y/z]\nspec:\n  template:\n    metadata:\n      finalizers: [x.y/z]\n", []Problem{
			{"metadata.finalizers", 5, "finalizers are not accepted: nobody would remove them when the run is cleaned up"},
			{"spec.template.metadata.finalizers", 9, "finalizers are not accepted: nobody would remove them when the run is cleaned up"},
		}},
		{"Services that open ports", "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec:\n  type: NodePort\n  externalIPs: [10.0.0.1]\n", []Problem{
			{"spec.type", 5, "a Service of type NodePort opens a port of the node: use ClusterIP"},
			{"spec.externalIPs", 6, "external addresses are not accepted: use the cluster's own (ClusterIP)"},
		}},
		{"aliases that expand", "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n", []Problem{
			{"", 3, "aliases stand for more than 1000 values"},
		}},
		{"an alias of itself", "a: &a\n  b: *a\n", []Problem{{"", 2, "values are nested more than 100 deep"}}},
		{"UTF-16", utf16le("\ufeffa: 1\nb: 2\n"), []Problem{{"", 1, "the manifest is in UTF-16, as PowerShell writes files: save it as UTF-8"}}},
		{"another encoding", "a: 1\nb: \xc7\xd1\n", []Problem{{"", 2, "the line is not in UTF-8: save the manifest as UTF-8"}}},
		{"depth", "a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), []Problem{{"", 1, "values are nested more than 100 deep"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, err := admit([]byte(c.manifest), anyNetwork)
			var refused *Refused
			if !errors.As(err, &refused) {
				t.Fatalf("got %d documents and error %v, want a refusal", len(docs), err)
			}
			if diff := cmp.Diff(refused.Problems, c.want); diff != "" {
				t.Errorf("problems (-got +want):\n%s", diff)
			}
		})
	}
}

// utf16le is a text as Windows calls Unicode.
func utf16le(text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

// anyNetwork are the rules of a cluster whose containers have a real network.
var anyNetwork = rules{maxPods: 20, network: true}

func TestAdmitWithoutGRPC(t *testing.T) {
	const manifest = `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: c
    image: busybox
    livenessProbe: {exec: {command: ["true"]}}
    readinessProbe:
      httpGet: {port: 80}
    startupProbe:
      grpc: {port: 80}
    lifecycle:
      preStop:
        httpGet: {port: 80}
`
	if _, err := admit([]byte(manifest), anyNetwork); err != nil {
		t.Errorf("with a real network: %v", err)
	}
	_, err := admit([]byte(manifest), rules{maxPods: 20})
	var refused *Refused
	if !errors.As(err, &refused) {
		t.Fatalf("without gRPC: %v, want a refusal", err)
	}
	if diff := cmp.Diff(refused.Problems, []Problem{
		{"spec.containers[0].startupProbe.grpc", 12,
			"grpc is not accepted: no container serves gRPC on this cluster; use exec, httpGet or tcpSocket"},
	}); diff != "" {
		t.Errorf("problems (-got +want):\n%s", diff)
	}
}

func TestAdmitAccepts(t *testing.T) {
	for _, c := range []struct {
		name, manifest string
		want           []string // apiVersion kind/name
	}{
		{"a Job", job("parallelism: 20"), []string{"batch/v1 Job/j"}},
		{"completions bound the pods", job("parallelism: 50, completions: 5"), []string{"batch/v1 Job/j"}},
		{"several", "---\n" + pod + "--- # next\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\n---\n\n---\n" + job(""),
			[]string{"v1 Pod/p", "v1 ConfigMap/p", "batch/v1 Job/j"}},
		{"Windows line ends", strings.ReplaceAll(pod+"---\n"+job(""), "\n", "\r\n"), []string{"v1 Pod/p", "batch/v1 Job/j"}},
		{"a byte order mark", "\ufeff" + pod, []string{"v1 Pod/p"}},
		{"JSON", `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"}}`, []string{"v1 Pod/p"}},
		{"a few aliases", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: &n x}\ndata: {a: *n, b: *n}\n", []string{"v1 ConfigMap/x"}},
		{"a version that the API server will refuse", strings.Replace(job(""), "batch/v1", "apps/v1", 1), []string{"apps/v1 Job/j"}},
		{"fields that the API server will refuse", job("parellelism: 3"), []string{"batch/v1 Job/j"}},
		{"a quota", "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {count/pods: \"1\"}}\n", []string{"v1 ResourceQuota/q"}},
		{"a marker within text", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: |\n    ---\n    b\n", []string{"v1 ConfigMap/x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, err := admit([]byte(c.manifest), anyNetwork)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range docs {
				got = append(got, fmt.Sprintf("%s %s/%s", d.apiVersion, d.kind, d.name))
			}
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("documents (-got +want):\n%s", diff)
			}
		})
	}
}

func TestAdmitBounds(t *testing.T) {
	big := pod + "#" + strings.Repeat("x", MaxManifest)
	if _, err := admit([]byte(big), anyNetwork); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%d bytes: got %v, want ErrTooLarge", len(big), err)
	}
	if _, err := admit([]byte(big[:MaxManifest]), anyNetwork); err != nil {
		t.Errorf("%d bytes: %v", MaxManifest, err)
	}
	var many strings.Builder
	for i := range MaxDocuments {
		fmt.Fprintf(&many, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\n", i)
	}
	if docs, err := admit([]byte(many.String()), anyNetwork); err != nil || len(docs) != MaxDocuments {
		t.Errorf("%d documents: got %d and error %v", MaxDocuments, len(docs), err)
	}
	many.WriteString("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: last}\n")
	_, err := admit([]byte(many.String()), anyNetwork)
	if want := "line 81: more than 20 documents"; err == nil || err.Error() != want {
		t.Errorf("%d documents: got %v, want %s", MaxDocuments+1, err, want)
	}
}

func job(spec string) string {
	return "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {" + spec + "}\n"
}

// FuzzAdmit checks that no input makes admission fail in any other way than by
// refusing, that every problem has a line of the manifest, and that what is
// accepted is within the rules however it was written.
func FuzzAdmit(f *testing.F) {
	for _, seed := range []string{
		"", pod, job("parallelism: 21"), pod + "  hostNetwork: true\n", "a: &a [*a]", "<<: *x", "--- {}\n---\n...", "? [a]\n: b", "!!binary x", "a: 1e999",
		"---\r0", "\ufeffa: 1", "\xff\xfea\x00", "a: \xc7", "apiVersion: v1\nkind: Pod\nspec: &s\n  <<: *s\n", `{"kind":"Pod","Kind":"Job"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, manifest []byte) {
		docs, err := admit(manifest, anyNetwork)
		var refused *Refused
		switch {
		case err == nil:
			if len(docs) == 0 {
				t.Error("accepted without a document")
			}
			for _, d := range docs {
				if _, ok := kinds[d.kind]; !ok || d.namespace != "" {
					t.Errorf("accepted %s in namespace %q", d.kind, d.namespace)
				}
				d.lineOf("spec.template.spec.containers[0].env[3].name")
			}
		case errors.As(err, &refused):
			lines := strings.Count(string(manifest), "\n") + 1
			for _, p := range refused.Problems {
				if p.Line < 1 || p.Line > lines || p.Message == "" {
					t.Errorf("problem %+v in a manifest of %d lines", p, lines)
				}
			}
		case !errors.Is(err, ErrTooLarge):
			t.Errorf("unexpected error %v", err)
		}
	})
}
