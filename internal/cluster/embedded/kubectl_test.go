package embedded_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

const helloManifest = `
apiVersion: batch/v1
kind: Job
metadata: {name: hello}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: busybox, command: [sh, -c, "for i in 1 2 3; do echo line $i; sleep 1; done"]}
`

// TestKubectl works with the cluster as a person does who was given the
// kubeconfig, step by step. It needs an ordinary kubectl.
func TestKubectl(t *testing.T) {
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	embeddedtest.StartIn(t, dir)
	manifest := filepath.Join(t.TempDir(), "job.yaml")
	if err := os.WriteFile(manifest, []byte(helloManifest), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args string
		want string // regular expression
	}{
		{"version", `Server Version: v1\.37\.2`},
		{"get nodes", `joblab +Ready`},
		{"apply --filename " + manifest, `job.batch/hello created`},
		{"apply --filename " + manifest, `job.batch/hello unchanged`},
		{"apply --server-side --force-conflicts --filename " + manifest, `job.batch/hello serverside-applied`},
		{"diff --filename " + manifest, `^$`},
		{"wait --for=jsonpath={.status.ready}=1 job/hello --timeout=60s", `condition met`},
		{"logs --follow job/hello", `^line 1\nline 2\nline 3\n$`},
		{"wait --for=condition=Complete job/hello --timeout=60s", `condition met`},
		{"logs job/hello --tail=1", `^line 3\n$`},
		{"get pods", `hello-\w+ +0/1 +Completed +0 `},
		{"describe job hello", `(?s)Pods Statuses: +0 Active \(0 Ready\) / 1 Succeeded / 0 Failed.*SuccessfulCreate.*job-controller`},
		{"explain job.spec.backoffLimit", `FIELD: backoffLimit <integer>`},
		{"delete job hello", `job.batch "hello" deleted`},
		{"wait --for=delete pod --selector=job-name=hello --timeout=60s", ``},
		{"get pods", `No resources found`},
		{"auth can-i delete nodes", `yes`},
		{"auth can-i list pods --as=someone", `no`},
	} {
		cmd := exec.Command(kubectl, strings.Fields(step.args)...)
		cmd.Env = []string{"KUBECONFIG=" + filepath.Join(dir, "kubeconfig"), "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
		out, err := cmd.CombinedOutput()
		if !regexp.MustCompile(step.want).Match(out) {
			t.Errorf("kubectl %s: %v\n%s\nwant %s", step.args, err, out, step.want)
		}
	}
}
