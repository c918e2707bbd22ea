package embedded_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/joblab/joblab/internal/cluster"
	"github.com/joblab/joblab/internal/cluster/embedded"
	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

// superviseCommand makes the test binary a program that runs a cluster in the
// directory that follows: something that tests can kill.
const superviseCommand = "supervise-for-test"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == superviseCommand {
		if err := superviseForTest(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	embeddedtest.Main(m)
}

// superviseForTest runs a cluster in dir, writes a line when it is ready, and
// closes it when standard input ends.
func superviseForTest(dir string) error {
	ctx := context.Background()
	c, err := embedded.Start(ctx, embedded.Config{Dir: dir})
	if err != nil {
		return err
	}
	status, err := cluster.WaitReady(ctx, c)
	if err != nil {
		return err
	}
	fmt.Printf("generation %d is ready\n", status.Generation)
	if _, err := os.Stdin.Read(make([]byte, 1)); err == nil {
		return fmt.Errorf("unexpected input")
	}
	return c.Close(ctx)
}
