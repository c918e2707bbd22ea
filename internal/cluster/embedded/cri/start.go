package cri

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox"
)

// Reasons of an exited container, as containerd gives them.
const (
	reasonCompleted  = "Completed"
	reasonError      = "Error"
	reasonOOMKilled  = "OOMKilled"
	reasonStartError = "StartError"
)

// StartContainer starts the container's process and opens its log file. A
// command that cannot be started leaves the container exited with code 128,
// reason StartError, and a start time of 1970, and is the returned error too.
func (r *Runtime) StartContainer(_ context.Context, id string) error {
	c, err := r.container(id)
	if err != nil {
		return err
	}
	c.starting.Lock()
	defer c.starting.Unlock()
	if c.removed {
		return notFound("container", id)
	}
	if got := c.currentState(); got != runtimeapi.ContainerState_CONTAINER_CREATED {
		return status.Errorf(codes.FailedPrecondition, "container %q is in state %s", id, got)
	}
	log, err := openLog(c.logPath)
	if err != nil {
		return c.failToStart(fmt.Errorf("open the container's log: %w", err))
	}
	spec := c.spec
	spec.Limits = c.limits()
	streams, err := c.openIO(&spec, log)
	if err != nil {
		log.close()
		return c.failToStart(fmt.Errorf("make the container's streams: %w", err))
	}
	startedAt := time.Now()
	process, err := r.sandbox.Start(spec)
	streams.started()
	if err != nil {
		streams.finish()
		log.close()
		return c.failToStart(err)
	}
	c.mu.Lock()
	c.state = runtimeapi.ContainerState_CONTAINER_RUNNING
	c.process, c.log, c.startedAt, c.streams = process, log, startedAt, streams
	c.mu.Unlock()
	go func() {
		<-process.Done()
		log.release()
		streams.finish()
		if err := log.close(); err != nil {
			r.log.Warn("Container output was lost", "container", c.config.GetMetadata().GetName(), "log", c.logPath, "err", err)
		}
		exit := process.Exit()
		if exit.Crash != "" {
			r.log.Error("The container's interpreter broke", "container", c.config.GetMetadata().GetName(), "err", exit.Crash)
		}
		c.finish(exit)
	}()
	return nil
}

// failToStart puts a container that never ran in its final state and returns err.
func (c *container) failToStart(err error) error {
	code := int32(128)
	if start, ok := errAsStart(err); ok {
		code = int32(start.Code)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = runtimeapi.ContainerState_CONTAINER_EXITED
	c.finishedAt = time.Now()
	c.exitCode, c.reason, c.message = code, reasonStartError, err.Error()
	close(c.exited)
	return err
}

// finish puts a container that ran in its final state.
func (c *container) finish(exit sandbox.Exit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = runtimeapi.ContainerState_CONTAINER_EXITED
	c.log = nil
	c.finishedAt = exit.At
	c.exitCode = int32(exit.Code)
	switch {
	case exit.OOMKilled:
		c.reason = reasonOOMKilled
	case exit.Code == 0:
		c.reason = reasonCompleted
	default:
		c.reason = reasonError
	}
	close(c.exited)
}
