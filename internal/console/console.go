// Package console is kubectl for one run: it does what a line says, in this
// process, with kubectl's own commands from k8s.io/kubectl, and prints the same.
//
// Guarantees:
//   - A command talks to one API server, as one identity, in one namespace: those
//     of its [Target]. No verb, flag or word leads elsewhere, reads a file, a
//     variable of the environment or a kubeconfig, or runs a program.
//   - What is not on the lists of this package is refused, and the refusal says
//     why: verbs and flags are allowed one by one.
//   - Nothing that a command does ends the process or another command: what is
//     fatal to kubectl ends the command with kubectl's message and exit code, and a
//     panic ends it with a notice.
//   - A command ends when its context does, when it has printed [MaxOutput], and at
//     its time limit; Run returns after the command's last byte.
//   - Nothing is kept between commands but what the API server says of itself.
package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/rest"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

// Bounds of a command.
const (
	// MaxOutput is how many bytes a command may print.
	MaxOutput = 1 << 20
	// MaxCommands is how many may go on at once in one namespace.
	MaxCommands = 8

	limit     = time.Minute
	longLimit = 30 * time.Minute // of those that follow something
)

// ErrBusy is why a command is not begun: as many as may go on in its namespace do.
var ErrBusy = fmt.Errorf("%d commands go on in this run already; end one of them first", MaxCommands)

// Target is where a command works.
type Target struct {
	Namespace string
	// Config is that of the identity's client.
	Config *rest.Config
}

// Console does commands.
type Console struct {
	server func() *rest.Config
	log    *slog.Logger

	mu      sync.Mutex
	api     discovery.CachedDiscoveryInterface // nil before it is needed
	running map[string]int                     // commands by namespace
}

// New returns a console. What the API server can do and how its objects are made
// is asked once for all targets, with the configuration that server returns.
func New(server func() *rest.Config, log *slog.Logger) *Console {
	fatalOnce.Do(func() { cmdutil.BehaviorOnFatal(func(message string, code int) { panic(fatal{message, code}) }) })
	return &Console{server: server, log: log, running: make(map[string]int)}
}

// fatalOnce guards what kubectl does on a fatal error, which belongs to the
// process. It is set before any command runs and stays, so that commands that run
// at once agree on it.
var fatalOnce sync.Once

// fatal is an error that ends a command.
type fatal struct {
	message string
	code    int
}

// discovery returns what is known of the API server.
func (c *Console) discovery() (discovery.CachedDiscoveryInterface, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.api != nil {
		return c.api, nil
	}
	cfg := c.server()
	if cfg == nil {
		return nil, errors.New("the cluster is not there yet")
	}
	cfg.Timeout = 10 * time.Second
	client, err := discovery.NewDiscoveryClientForConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("make a client: %w", err)
	}
	c.api = memory.NewMemCacheClient(client)
	return c.api, nil
}

// Run does what a line says and returns kubectl's exit code. Out and errOut get
// what kubectl prints, also the reason if the command is refused; they may be
// called from several goroutines. The error is [ErrLine] or [ErrBusy], or that the
// cluster cannot be asked; then nothing was done or printed.
func (c *Console) Run(ctx context.Context, t Target, line string, out, errOut io.Writer) (code int, err error) {
	args, err := Split(line)
	var no refusal
	if err != nil && !errors.As(err, &no) {
		return 0, err
	}
	api, err := c.discovery()
	if err != nil {
		return 0, err
	}
	if err := c.begin(t.Namespace); err != nil {
		return 0, err
	}
	defer c.end(t.Namespace)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	o := newOutput(out, errOut, cancel)
	if no == "" {
		code, no = c.do(ctx, t, api, args, o)
	}
	if no != "" {
		fmt.Fprintf(o.err, "refused: %s\n", no)
		code = 1
	}
	o.close()
	return code, nil
}

func (c *Console) begin(namespace string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running[namespace] >= MaxCommands {
		return ErrBusy
	}
	c.running[namespace]++
	return nil
}

func (c *Console) end(namespace string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running[namespace]--; c.running[namespace] == 0 {
		delete(c.running, namespace)
	}
}

// do runs a command in this goroutine.
func (c *Console) do(ctx context.Context, t Target, api discovery.CachedDiscoveryInterface, args []string, o *output) (code int, no refusal) {
	if len(args) > 0 && args[0] == "kubectl" {
		args = args[1:]
	}
	v, args, no := find(args)
	if no != "" || v == nil {
		if no == "" {
			help(o.out)
		}
		return 0, no
	}
	kube := &client{target: t, discovery: api, warnings: o.err}
	s := &session{
		client: kube, Factory: cmdutil.NewFactory(kube), namespace: t.Namespace,
		streams: genericiooptions.IOStreams{In: strings.NewReader(""), Out: o.out, ErrOut: o.err},
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer func() {
		code, no = s.ended(recover(), no, func(v any) {
			c.log.Error("command panicked", "args", args, "panic", v, "stack", string(debug.Stack()))
		})
	}()
	cmd, no := s.parse(v, args)
	if no != "" || cmd == nil {
		return 0, no
	}
	within := limit
	if v.follows != nil && v.follows(cmd) {
		within = longLimit
	}
	tooLong := time.AfterFunc(within, func() { cancel(fmt.Errorf("the command was ended after %s", within)) })
	defer tooLong.Stop()
	s.ctx, kube.ctx = ctx, ctx
	cmd.Run(cmd, cmd.Flags().Args())
	return 0, ""
}
