package console

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// canary is in files and variables that no line may reach.
const canary = "canary-that-no-command-may-print"

// nasty are lines that would reach beyond a run, if they were let.
var nasty = []string{
	"get pods -f FILE", "get -f FILE", "get --filename=FILE", "get -k DIR", "get --kustomize DIR", "delete -f FILE", "describe -f FILE", "wait -f FILE --for=delete",
	"patch job hello --patch-file FILE", "patch job hello --patch-file=FILE --local", "get pods -o jsonpath-file=FILE", "get pods -o go-template-file=FILE",
	"get pods -o custom-columns-file=FILE", "get pods -o templatefile=FILE", "get pods --template=FILE -o go-template-file", "get pods -oJSONPATH-FILE=FILE",
	"explain pods -o FILE", "explain pods --output=plaintext-openapiv2", "get --raw FILE", "get --raw /api/v1/secrets", "delete --raw /api/v1/namespaces/x",
	"get pods --kubeconfig FILE", "--kubeconfig FILE get pods", "kubectl --kubeconfig=FILE get pods", "get pods --server http://127.0.0.1:1", "get pods -s http://127.0.0.1:1",
	"get pods --token FILE", "get pods --as system:admin --as-group system:masters", "get pods --context x --cluster y --user z", "get pods --cache-dir DIR",
	"get pods --profile=mem --profile-output=FILE", "get pods --log-file=FILE --log-dir=DIR -v=9 --vmodule=x=9", "get pods --client-certificate FILE --client-key FILE --certificate-authority FILE",
	"get pods --proxy-url http://127.0.0.1:1 --tls-server-name x --insecure-skip-tls-verify", "get pods -A", "get pods -n default", "get pods --namespace=", "get secrets -n kube-system",
	"create -f FILE", "create job x --from=cronjob/y", "create job x --from=FILE", "create job x --image=y -- cat FILE", "create secret generic x --from-file=FILE", "create configmap x --from-env-file FILE",
	"edit job hello", "exec hello-abcde -- cat FILE", "cp FILE hello-abcde:/x", "port-forward hello-abcde 1:1", "proxy --www=DIR", "plugin list", "config view --raw", "apply -f FILE", "replace -f FILE", "diff -f FILE",
	"debug hello-abcde --image=x", "attach hello-abcde", "run x --image=y", "kustomize DIR", "alpha", "completion bash", "__complete get pods ''", "__completeNoDesc get ''", "options", "version --client", "cluster-info dump --output-directory=DIR",
	"get pods $CANARY", "get pods \"$CANARY\"", "get pods ${CANARY}", "echo $CANARY", "get pods $(cat FILE)", "get pods `cat FILE`", "get pods <(cat FILE)", "get pods < FILE", "get pods > FILE", "cat FILE | kubectl get -f -",
	"get pods; cat FILE", "get pods && cat FILE", "get pods & cat FILE", "CANARY=x get pods", "get ~/x", "get ~root", "get pods $'\\x41'", "get pods {a,b} [a-z]* ?(x)", "get pods # FILE", "! get pods", "[[ -f FILE ]]", "(get pods)", "{ get pods; }",
	"get pods -o jsonpath={..a..b..c..d}", "get pods -o jsonpath={range$..*}{range$..*}{end}{end}", "get pods -o jsonpath={[0,0,0,0][0,0,0,0]}", "get pods --sort-by={.spec}", "get pods --sort-by=.metadata", "get pods --sort-by=metadata.name", "top pod --sort-by=cpu",
	"get pods -w", "get pods -owide -w --output-watch-events", "events -w --for pod/hello-abcde", "events --for x", "logs -f hello-abcde", "logs job/hello --all-containers --prefix --timestamps", "logs -l a=b --max-log-requests=1000000 -f", "wait --for=delete pod/hello-abcde --timeout=1ms",
	"wait --for=jsonpath='{.a}'=b pod/hello-abcde --timeout=0", "wait --for=condition=x=y --all pods --timeout=0", "delete pod --all --wait=false", "delete pod hello-abcde --grace-period=0 --force --now", "patch job hello -p '{\"spec\":{\"suspend\":true}}'", "patch job hello --type=json -p '[]'", "patch pod hello-abcde -p x --type=y",
	"describe pods", "describe pod/hello-abcde", "describe -l a=b pods", "explain job.spec --recursive --max-depth=3", "explain", "api-resources -o wide --verbs=list", "api-resources --sort-by=x", "top pod --containers", "help", "help get", "get --help", "get -h -f FILE",
	"get pods/../../secrets/x", "get pods https://127.0.0.1:1/x", "get ./x", "get -", "get --", "get -- -f FILE", "get pods -l 'a in (b,c)'", "get pods --field-selector=a=b", "get pods -L a,b --show-labels", "get all", "get pods,jobs", "get po hello-abcde nobody", "get pods --chunk-size=-1",
	"\xff\xfe", "get \x00", "'", "\"", "\\", "$", "`", "$(", "((", "<<EOF", "\n", "get\npods", "kubectl", "kubectl kubectl get pods", "KUBECTL get pods",
}

// FuzzLine: whatever a line is, its command ends without a panic, opens no file,
// reads no variable, reaches no other server, and is either done or refused with a
// reason.
func FuzzLine(f *testing.F) {
	dir := f.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte(canary+"\n"), 0o600); err != nil {
		f.Fatal(err)
	}
	f.Setenv("CANARY", canary)
	f.Setenv("KUBECONFIG", file)
	f.Setenv("HOME", dir)
	f.Setenv("KUBERC", file)
	f.Setenv("KUBECTL_EXTERNAL_DIFF", file)
	f.Chdir(dir)
	for _, line := range nasty {
		f.Add(line)
	}
	api := newFakeAPI(f)
	c, target := api.console(f)
	f.Fuzz(func(t *testing.T, line string) {
		line = strings.NewReplacer("FILE", file, "DIR", dir).Replace(line)
		var out, errOut buffer
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond) // of what follows
		defer cancel()
		code, err := c.Run(ctx, target, line, &out, &errOut)
		c.Complete(ctx, target, line)
		printed := out.String() + errOut.String()
		if err != nil {
			if printed != "" {
				t.Errorf("%q: %v, but it printed %q", line, err, printed)
			}
			return
		}
		for _, never := range []string{canary, "fault of the program"} {
			if strings.Contains(printed, never) {
				t.Errorf("%q printed %q", line, printed)
			}
		}
		if code != 0 && printed == "" && ctx.Err() == nil {
			t.Errorf("%q: exit code %d without a reason", line, code)
		}
		if strings.HasPrefix(errOut.String(), "refused: ") && (code == 0 || out.String() != "") {
			t.Errorf("%q was refused with exit code %d and printed %q", line, code, out.String())
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Errorf("%q left %v, %v", line, entries, err)
		}
		api.mu.Lock()
		defer api.mu.Unlock()
		if api.dialed != nil {
			t.Fatalf("%q dialed %v", line, api.dialed)
		}
		for _, request := range api.requests {
			if elsewhere(request) {
				t.Errorf("%q asked for %s", line, request)
			}
		}
		api.requests = nil
	})
}

// elsewhere reports whether a request is neither about the run's namespace nor
// about what the API server is.
func elsewhere(request string) bool {
	_, path, _ := strings.Cut(request, " ")
	path, _, _ = strings.Cut(path, "?")
	if path == "/api/v1/namespaces/"+testNamespace || // kubectl asks for it when something is not found
		strings.HasPrefix(path, "/api/v1/namespaces/"+testNamespace+"/") || strings.HasPrefix(path, "/apis/batch/v1/namespaces/"+testNamespace+"/") {
		return false
	}
	return !slices.Contains([]string{"/api", "/apis", "/api/v1", "/apis/batch/v1", "/version", "/openapi/v3", "/openapi/v2", "/api/v1/nodes"}, path) &&
		!strings.HasPrefix(path, "/api/v1/nodes/")
}
