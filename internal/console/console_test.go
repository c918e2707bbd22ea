package console

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// run does a line and returns what it printed.
func run(t testing.TB, c *Console, target Target, line string) (out, errOut string, code int) {
	t.Helper()
	var o, e buffer
	code, err := c.Run(t.Context(), target, line, &o, &e)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return o.String(), e.String(), code
}

func TestCommands(t *testing.T) {
	c, target := newFakeAPI(t).console(t)
	for _, row := range []struct {
		line, out, err string // parts; "" for nothing at all
		code           int
	}{
		{"kubectl get pods", "NAME          STATUS\nhello-abcde   Running\n", "", 0},
		{"get pods", "NAME          STATUS\nhello-abcde   Running\n", "", 0},
		{"get po -o name", "pod/hello-abcde\n", "", 0},
		{"get pods -n lab-x --no-headers", "hello-abcde   Running\n", "", 0},
		{"get pod hello-abcde -o jsonpath='{.status.phase}'", "Running", "", 0},
		{"get pods -o custom-columns=A:.metadata.name,B:.spec.containers[*].image", "A             B\nhello-abcde   busybox\n", "", 0},
		{"get pod hello-abcde -o yaml", "phase: Running", "", 0},
		{"get pod nobody", "", "Error from server (NotFound): ", 1},
		{"get widgets", "", `error: the server doesn't have a resource type "widgets"`, 1},
		{"get", "", "error: Required resource not specified.", 1},
		{"get pods --nonsense", "", "error: unknown flag: --nonsense\nSee 'kubectl get --help' for usage.\n", 1},
		{"describe pod hello-abcde", "Name:         hello-abcde\n", "", 0},
		{"logs hello-abcde", "hello muzzi\nmuzzi bye\n", "", 0},
		{"logs job/hello", "hello muzzi\nmuzzi bye\n", "", 0},
		{"logs -l job-name=hello --prefix", "[pod/hello-abcde/main] hello muzzi\n", "", 0},
		{"events", "", "No events found in lab-x namespace.\n", 0},
		{"wait --for=condition=Complete job/hello", "job.batch/hello condition met\n", "", 0},
		{"wait --for=jsonpath='{.status.phase}'=Running pod/hello-abcde", "pod/hello-abcde condition met\n", "", 0},
		{"wait --for=condition=Failed job/hello --timeout=0", "", "error: condition not met for jobs/hello", 1},
		{"api-resources", "pods ", "", 0},
		{"version", "Server Version: v1.37.2\n", "", 0},
		{"top pod", "", "error: Metrics API not available\n", 1},
		{"help", "create job", "", 0},
		{"", "create job", "", 0},
		{"kubectl get --help", "--watch", "", 0},
		{"help logs", "--previous", "", 0},
	} {
		out, errOut, code := run(t, c, target, row.line)
		if !strings.Contains(out, row.out) || (row.out == "") != (out == "") ||
			!strings.Contains(errOut, row.err) || (row.err == "") != (errOut == "") || code != row.code {
			t.Errorf("%q: got %q, %q and exit code %d, want %q, %q and %d", row.line, out, errOut, code, row.out, row.err, row.code)
		}
	}
}

// TestRefusals: what is not on the lists is refused, says why, and asks the API
// server nothing.
func TestRefusals(t *testing.T) {
	api := newFakeAPI(t)
	c, target := api.console(t)
	for line, why := range map[string]string{
		"get pods -A":                                     "namespace of this run only",
		"get pods --all-namespaces":                       "namespace of this run only",
		"get pods -n kube-system":                         "namespace of this run only",
		"get pods --namespace=default":                    "namespace of this run only",
		"get pods --kubeconfig=/etc/k":                    "files of the machine",
		"get pods --server http://1.2.3.4":                "this run's API server only",
		"get pods -s http://1.2.3.4":                      "this run's API server only",
		"get pods --token x":                              "this run's API server only",
		"get pods --as admin":                             "this run's API server only",
		"get pods --context x --cluster y":                "this run's API server only",
		"get pods --user x":                               "this run's API server only",
		"get pods --cache-dir /tmp":                       "files of the machine",
		"get pods --profile cpu":                          "files of the machine",
		"get -f /etc/passwd":                              "files of the machine",
		"get -k /etc":                                     "files of the machine",
		"get --raw /api":                                  "",
		"get pods -o go-template-file=/etc/x":             "-o",
		"get pods -o jsonpath-file=/etc/passwd":           "formats with files",
		"get pods -o custom-columns-file=/etc/x":          "formats with files",
		"get pods -o templatefile=/etc/x":                 "formats with files",
		"get pods -o JSONPath-File=/etc/x":                "formats with files",
		"get pods -o go-template={{.}}":                   "--output",
		"get pods --template={{.}}":                       "templates",
		"get pods --sort-by=.spec":                        "--sort-by",
		"get pods -o jsonpath={..a..b..c}":                "expression",
		"get pods --log-file=/tmp/x":                      "files of the machine",
		"get pods -v=9":                                   "",
		"delete -f /etc/passwd":                           "files of the machine",
		"delete pods --all -A":                            "namespace of this run only",
		"delete pod x -i":                                 "no input",
		"delete pod x --raw /api":                         "",
		"patch job hello --patch-file /etc/x":             "files of the machine",
		"patch job hello --local -p {}":                   "no file",
		"patch job hello --subresource=status -p":         "",
		"create -f x":                                     "only create job",
		"create secret generic x":                         "only create job",
		"create job x --image=y":                          "--image",
		"create job x --from=cronjob/y --validate=strict": "--validate",
		"edit job hello":                                  "editor",
		"exec -it hello-abcde -- sh":                      "may not run commands",
		"cp hello-abcde:/etc/passwd /tmp":                 "files of the machine",
		"port-forward hello-abcde 80":                     "opens a port",
		"proxy":                                           "opens a port",
		"plugin list":                                     "programs of the machine",
		"apply -f x":                                      "Run button",
		"config view":                                     "no kubeconfig",
		"top nodes":                                       "nodes",
		"scale job hello --replicas=1":                    "parallelism",
		"run x --image=y":                                 "Run button",
		"auth can-i get pods":                             "",
		"completion bash":                                 "Tab",
		"frobnicate":                                      "there is no",
		"-f get":                                          "try help",
		"get pods | cat":                                  "pipes",
		"get pods && get jobs":                            "lists of commands",
		"get pods; get jobs":                              "several commands",
		"get pods > /tmp/x":                               "redirections",
		"get pods < /etc/passwd":                          "redirections",
		"get pods &":                                      "background",
		"get pods $HOME":                                  "variables",
		`get pods "$HOME"`:                                "variables",
		"get pods ${HOME}":                                "variables",
		"get pods $(cat /etc/passwd)":                     "commands in commands",
		"get pods `id`":                                   "commands in commands",
		"KUBECONFIG=/etc/x kubectl get":                   "variables",
		"for i in 1 2; do kubectl; done":                  "shell's own",
		"! get pods":                                      "!",
	} {
		out, errOut, code := run(t, c, target, line)
		refused := strings.HasPrefix(errOut, "refused: ") || strings.HasPrefix(errOut, "error: ")
		if out != "" || !refused || !strings.Contains(errOut, why) || code == 0 {
			t.Errorf("%q: got %q, %q and exit code %d, want it refused with %q", line, out, errOut, code, why)
		}
	}
	if asked := api.asked(); asked != nil {
		t.Errorf("the API server was asked for %v", asked)
	}
}

// TestFollowingEndsWithItsContext: each command that goes on ends when nobody
// reads it any more, and a signal that the process gets in the meantime is the
// process's own to act upon.
func TestFollowingEndsWithItsContext(t *testing.T) {
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	defer signal.Stop(hangUp)
	for _, line := range []string{
		"get pods -w", "get pods --watch-only", "events -w", "logs -f hello-abcde", "wait --for=condition=Failed job/hello", "delete pod hello-abcde",
	} {
		t.Run(line, func(t *testing.T) {
			api := newFakeAPI(t)
			holding := make(chan struct{}, 1)
			api.hold = func(ctx context.Context) {
				holding <- struct{}{}
				<-ctx.Done()
			}
			c, target := api.console(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var out, errOut buffer
			done := make(chan int, 1)
			var running sync.WaitGroup
			running.Go(func() {
				code, err := c.Run(ctx, target, line, &out, &errOut)
				if err != nil {
					t.Error(err)
				}
				done <- code
			})
			select {
			case <-holding:
			case code := <-done:
				t.Fatalf("it ended with exit code %d: %s%s", code, &out, &errOut)
			}
			if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			<-hangUp
			cancel()
			running.Wait()
			if code := <-done; code == 0 {
				t.Errorf("exit code 0: %s%s", &out, &errOut)
			}
		})
	}
}

func TestOutputIsCut(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var out, errOut buffer
	o := newOutput(&out, &errOut, cancel)
	line := strings.Repeat("x", 1023) + "\n"
	var err error
	for err == nil {
		_, err = o.out.Write([]byte(line))
	}
	if err := context.Cause(ctx); err != errTooLong {
		t.Errorf("got %v as the cause, want %v", err, errTooLong)
	}
	if _, err := o.err.Write([]byte("cut\n")); err != nil || errOut.String() != "cut\n" {
		t.Errorf("got %q and %v after that, want what went wrong to be told", &errOut, err)
	}
	o.close()
	if n := len(out.String()); n != MaxOutput {
		t.Errorf("%d bytes were printed, want %d", n, MaxOutput)
	}
}

func TestNoMoreThanSoManyCommands(t *testing.T) {
	api := newFakeAPI(t)
	holding := make(chan struct{}, MaxCommands)
	api.hold = func(ctx context.Context) {
		holding <- struct{}{}
		<-ctx.Done()
	}
	c, target := api.console(t)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for range MaxCommands {
		running.Go(func() {
			if _, err := c.Run(ctx, target, "get pods -w", &buffer{}, &buffer{}); err != nil {
				t.Error(err)
			}
		})
	}
	for range MaxCommands {
		<-holding
	}
	if _, err := c.Run(t.Context(), target, "get pods", &buffer{}, &buffer{}); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	other := target
	other.Namespace = "lab-y"
	if _, err := c.Run(t.Context(), other, "version", &buffer{}, &buffer{}); err != nil {
		t.Errorf("of another run: %v", err)
	}
	cancel()
	running.Wait()
	if _, _, code := run(t, c, target, "get pods"); code != 0 {
		t.Errorf("exit code %d when the others have ended", code)
	}
}

// BenchmarkGetPods is what a command costs besides the API server's own time.
func BenchmarkGetPods(b *testing.B) {
	c, target := newFakeAPI(b).console(b)
	for b.Loop() {
		if _, errOut, code := run(b, c, target, "get pods"); code != 0 {
			b.Fatal(errOut)
		}
	}
}
