package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded/protocol"
)

// process is a child while it runs.
type process struct {
	cmd     *exec.Cmd
	stdin   io.Closer // its end tells the child to end
	reports chan protocol.Report
	exited  chan struct{} // closed when the child has ended
	err     error         // the result of Wait; written before exited is closed
	group   sync.WaitGroup
}

// startProcess starts a child. It must be called on the supervisor's thread.
func (c *Cluster) startProcess() (*process, error) {
	args := append(append([]string{}, protocol.Args...), "-dir", string(c.dir))
	if c.maxPods > 0 {
		args = append(args, "-max-pods", strconv.Itoa(c.maxPods))
	}
	if c.privileged {
		args = append(args, "-privileged")
	}
	reportRead, reportWrite, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make pipe for reports: %w", err)
	}
	c.log.begin()
	cmd := exec.Command(c.executable, args...)
	cmd.Env = childEnviron(os.Environ())
	cmd.Stdout, cmd.Stderr = c.log, c.log
	cmd.ExtraFiles = []*os.File{reportWrite, c.socket, c.lock}
	cmd.SysProcAttr = childAttributes()
	cmd.WaitDelay = time.Second // for what holds the log's pipe after the child
	stdin, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the cluster's process: %w", err), reportRead.Close(), reportWrite.Close())
	}
	c.logger.Debug("cluster process started", "pid", cmd.Process.Pid)
	_ = reportWrite.Close() // the child has its own
	p := &process{cmd: cmd, stdin: stdin, reports: make(chan protocol.Report), exited: make(chan struct{})}
	p.group.Go(func() {
		defer reportRead.Close()
		defer close(p.reports)
		// A report that cannot be read is one that was cut off by the child's end.
		_ = protocol.ReadReports(reportRead, func(r protocol.Report) { p.reports <- r })
	})
	p.group.Go(func() {
		defer close(p.exited)
		p.err = cmd.Wait()
	})
	return p, nil
}

// supervise follows the child's reports until it has ended, and ends it if it
// does not become ready in time, if it hangs, or when the cluster is closed.
func (p *process) supervise(c *Cluster) (time.Duration, error) {
	defer p.group.Wait()
	hung := make(chan error, 1)
	tooLate := time.NewTimer(startLimit)
	defer tooLate.Stop()
	stopping := c.stopping.Done()
	var readySince time.Time
	var reason error // why the child was ended from here, or what it reported
	for reports := p.reports; reports != nil; {
		select {
		case r, open := <-reports:
			switch {
			case !open:
				reports = nil
			case r.Ready:
				tooLate.Stop()
				readySince = time.Now()
				c.status.ready(r.Version)
				c.logger.Info("cluster is ready", "version", r.Version)
				p.group.Go(func() {
					if err := c.feelPulse(p); err != nil {
						hung <- err
					}
				})
			case r.Error != "" && reason == nil:
				reason = errors.New(r.Error) // what follows the first is its consequence
			case r.Error != "":
			default:
				c.status.set(func(s *cluster.Status) { s.Step = r.Step })
			}
		case <-tooLate.C:
			status, _ := c.status.read()
			reason = fmt.Errorf("not ready after %v: %s", startLimit, status.Step)
			p.kill()
		case reason = <-hung:
			p.kill()
		case <-stopping:
			stopping = nil
			p.group.Go(func() { p.end(c.killing) })
		}
	}
	<-p.exited
	var ready time.Duration
	if !readySince.IsZero() {
		ready = time.Since(readySince)
	}
	return ready, &ExitError{How: exitText(p.err), Reason: reason, Log: c.log.tail()}
}

// end tells the child to end, and kills it if it does not.
func (p *process) end(killing context.Context) {
	_ = p.stdin.Close() // ends the child even if it misses the signal
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	limit := time.NewTimer(stopLimit)
	defer limit.Stop()
	select {
	case <-p.exited:
	case <-limit.C:
		p.kill()
	case <-killing.Done():
		p.kill()
	}
}

// kill is harmless when the child has ended.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

// exitText says how a process ended: "signal: killed", "exit status 2".
func exitText(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}
