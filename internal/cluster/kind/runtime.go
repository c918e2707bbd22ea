package kind

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	kindcluster "sigs.k8s.io/kind/pkg/cluster"
	kinderrors "sigs.k8s.io/kind/pkg/errors"
	kindexec "sigs.k8s.io/kind/pkg/exec"
)

// Why there can be no cluster. The errors around them say the details.
var (
	ErrNoRuntime  = errors.New("kind needs docker, podman or nerdctl on the PATH")
	ErrNotRunning = errors.New("does not answer")
)

// instead is what a user can do who cannot have kind.
const instead = "or use the embedded cluster, which needs no container runtime (-cluster embedded)"

// runtime is the program that runs the nodes: docker, podman or nerdctl.
type runtime string

// findRuntime returns the runtime that kind would take, if it answers.
func findRuntime(ctx context.Context) (runtime, error) {
	candidates := []runtime{"docker", "nerdctl", "podman"}
	if chosen := os.Getenv("KIND_EXPERIMENTAL_PROVIDER"); chosen != "" {
		candidates = []runtime{runtime(chosen)}
	}
	for _, r := range candidates {
		version, err := r.run(ctx, "-v")
		if err != nil || !strings.HasPrefix(strings.ToLower(version), string(r)+" version") {
			continue
		}
		if _, err := r.cgroups(ctx); err != nil {
			return "", fmt.Errorf("%s %w (%w): %s, %s", r, ErrNotRunning, err, r.advice(err), instead)
		}
		return r, nil
	}
	return "", fmt.Errorf("%w: install one, %s", ErrNoRuntime, instead)
}

// advice says what to do about a runtime that does not answer.
func (r runtime) advice(err error) string {
	if strings.Contains(err.Error(), "permission denied") {
		return fmt.Sprintf("let this user use it (group %s, or a rootless %[1]s)", r)
	}
	return "start it"
}

// provider is kind's name for the runtime.
func (r runtime) provider() kindcluster.ProviderOption {
	switch r {
	case "podman":
		return kindcluster.ProviderWithPodman()
	case "nerdctl":
		return kindcluster.ProviderWithNerdctl(string(r))
	}
	return kindcluster.ProviderWithDocker()
}

// cgroups returns the version of the control groups of the machine on which the
// nodes run, which need not be this one: "1" or "2".
func (r runtime) cgroups(ctx context.Context) (string, error) {
	format := "{{.CgroupVersion}}"
	if r == "podman" {
		format = "{{.Host.CgroupsVersion}}"
	}
	version, err := r.run(ctx, "info", "--format", format)
	return strings.TrimPrefix(strings.TrimSpace(version), "v"), err
}

// run runs a command of the runtime and returns what it prints. The error has
// the command's own last word.
func (r runtime) run(ctx context.Context, args ...string) (string, error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, string(r), args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if said := lastLine(stderr.Bytes()); err != nil && said != "" {
		err = errors.New(said)
	}
	return string(out), err
}

// reason returns the last word of the command that kind ran in vain, if that is
// what an error of kind comes from; all that it printed goes to the log.
func (b *backend) reason(err error) error {
	var aggregate kinderrors.Aggregate
	if errors.As(err, &aggregate) && len(aggregate.Errors()) > 0 {
		err = aggregate.Errors()[0]
	}
	failed := kindexec.RunErrorForError(err)
	if failed == nil || len(failed.Output) == 0 {
		return err
	}
	b.Logger.Warn("command of kind failed", "command", failed.PrettyCommand(), "output", string(failed.Output))
	return errors.New(lastLine(failed.Output))
}

// lastLine returns the last line that is not empty.
func lastLine(output []byte) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
