package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/embedded/e2e"
)

// suiteLimit is how long all specs together may take, as ginkgo wants it.
const suiteLimit = "20m"

// interruptLimit is how long ginkgo may take to end when it is interrupted.
const interruptLimit = 10 * time.Second

// parts are the specs in two parts that run at once. The slow ones wait for five
// minutes: begun last, they would double the time.
var parts = []struct {
	name, filter string
	processes    int
}{
	{"slow", "Slow", 6},
	{"quick", "!Slow", 10},
}

// runSpecs runs all specs and returns what became of them.
func runSpecs(ctx context.Context, cfg config, specs *e2e.Specs, kube *embedded.Cluster) ([]e2e.Outcome, error) {
	kubeconfig, err := writeKubeconfig(cfg.out, kube)
	if err != nil {
		return nil, err
	}
	defer os.Remove(kubeconfig)
	var reports []string
	group, ctx := errgroup.WithContext(ctx)
	for _, part := range parts {
		report := filepath.Join(cfg.out, part.name+".json")
		reports = append(reports, report)
		filter := specs.LabelFilter() + " && " + part.filter
		group.Go(func() error {
			return runPart(ctx, cfg, specs, kubeconfig, part.name, filter, part.processes)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return specs.ReadReports(reports...)
}

// runPart runs the specs that match filter. That some of them fail is no error.
func runPart(ctx context.Context, cfg config, specs *e2e.Specs, kubeconfig, name, filter string, processes int) error {
	report, junit := name+".json", name+".xml"
	if err := os.Remove(filepath.Join(cfg.out, report)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the report of an earlier run: %w", err)
	}
	log, err := os.Create(filepath.Join(cfg.out, name+".log"))
	if err != nil {
		return fmt.Errorf("make the log of the %s specs: %w", name, err)
	}
	defer log.Close()
	args := []string{
		"--procs=" + strconv.Itoa(processes), "--timeout=" + suiteLimit, "--no-color",
		"--output-dir=" + cfg.out, "--json-report=" + report, "--junit-report=" + junit,
		"--label-filter=" + filter,
	}
	focus := specs.Focus()
	if cfg.focus != "" {
		focus = []string{cfg.focus}
	}
	for _, expression := range focus {
		args = append(args, "--focus="+expression)
	}
	for _, expression := range specs.Skip() {
		args = append(args, "--skip="+expression)
	}
	args = append(args, cfg.suite, "--", "--kubeconfig="+kubeconfig, "--provider=skeleton", "--delete-namespace=true")
	cmd := exec.CommandContext(ctx, cfg.ginkgo, args...)
	cmd.Stdout, cmd.Stderr = log, log
	// The suite's processes are ginkgo's, and some specs sleep through an interrupt.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = interruptLimit
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run the %s specs: %w", name, err)
	}
	err = cmd.Wait()
	if ctx.Err() != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // none may be left
		return fmt.Errorf("run the %s specs: %w", name, context.Cause(ctx))
	}
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return fmt.Errorf("run the %s specs: %w", name, err)
	}
	return nil
}

// writeKubeconfig writes a file with which the specs reach kube.
func writeKubeconfig(dir string, kube *embedded.Cluster) (string, error) {
	data, err := kube.Kubeconfig()
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "kubeconfig")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return "", fmt.Errorf("write the kubeconfig of the specs: %w", err)
	}
	return file, nil
}
