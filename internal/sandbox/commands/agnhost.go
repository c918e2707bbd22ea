package commands

import (
	"context"
	"fmt"
	"os"
	"syscall"
)

// pause waits for a signal, as the image registry.k8s.io/pause does.
func pause(ctx context.Context, c *Call) int {
	for _, arg := range c.Args[1:] {
		if arg == "-v" {
			return c.printf("pause.c 3.10.1\n")
		}
	}
	sig, ok := c.Host.Catch(syscall.SIGINT, syscall.SIGTERM)(ctx)
	if !ok {
		return 1
	}
	fmt.Fprintf(c.FS.Stderr, "Shutting down, got signal: %s\n", map[syscall.Signal]string{syscall.SIGINT: "Interrupt", syscall.SIGTERM: "Terminated"}[sig])
	return 0
}

// agnhostLocal are the sub-commands of agnhost that need no network, but pause.
var agnhostLocal = map[string]Func{
	"entrypoint-tester": entrypointTester,
	"logs-generator":    logsGenerator,
	"mounttest":         mountTest,
}

// agnhost is the tool of Kubernetes' own tests, as far as they are run here: the
// sub-commands pause, and those of agnhostLocal and agnhostServers.
func agnhost(ctx context.Context, c *Call) int {
	if len(c.Args) > 1 {
		if sub, ok := agnhostLocal[c.Args[1]]; ok {
			return sub(ctx, c)
		}
	}
	switch {
	case len(c.Args) > 1 && agnhostServers[c.Args[1]] != nil:
		return agnhostServers[c.Args[1]](ctx, c)
	case len(c.Args) < 2:
		return c.printf("Usage:\n  app [command]\n\nAvailable Commands:\n  pause       Pauses the execution\n")
	case c.Args[1] != "pause":
		fmt.Fprintf(c.FS.Stderr, "Error: the sandbox's agnhost has no sub-command %q\n", c.Args[1])
		return 1
	case len(c.Args) > 2:
		fmt.Fprintf(c.FS.Stderr, "Error: unknown command %q for \"app pause\"\n", c.Args[2])
		return 1
	}
	c.printf("Paused\n")
	next := c.Host.Catch(syscall.SIGINT, syscall.SIGTERM)
	c.printf("Signals registered\n")
	sig, ok := next(ctx)
	if !ok {
		return 1
	}
	file := c.getenv("TERMINATION_MESSAGE_PATH")
	if file == "" {
		file = "/dev/termination-log"
	}
	text := fmt.Sprintf("exiting because of signal %q\n", sig)
	if f, err := c.FS.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644); err == nil {
		f.Write([]byte(text))
		f.Close()
	}
	c.printf("%s", text)
	if sig == syscall.SIGINT {
		return 1
	}
	return 2
}
