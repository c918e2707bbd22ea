package console

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/cli-runtime/pkg/resource"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
	cmdwait "k8s.io/kubectl/pkg/cmd/wait"
)

// newWait makes kubectl wait.
func newWait(s *session) *cobra.Command {
	flags := cmdwait.NewWaitFlags(s, s.streams)
	cmd := &cobra.Command{Use: "wait"}
	flags.AddFlags(cmd)
	cmd.Run = func(_ *cobra.Command, args []string) {
		o, err := flags.ToOptions(args)
		cmdutil.CheckErr(err)
		for i, holds := range o.ConditionFn {
			if !strings.EqualFold(o.ForCondition[i], "create") { // that polls, and needs no help
				o.ConditionFn[i] = patient(holds)
			}
		}
		cmdutil.CheckErr(o.RunWaitContext(s.ctx))
	}
	return cmd
}

// patient waits for a condition by asking kubectl for it, which then does not
// wait, at each change of the object. kubectl's own waiting ends the whole process
// at a signal.
func patient(holds cmdwait.ConditionFunc) cmdwait.ConditionFunc {
	return func(ctx context.Context, info *resource.Info, o *cmdwait.WaitOptions) (runtime.Object, bool, error) {
		now := *o
		now.Timeout = 0
		if o.Timeout == 0 || info.Name == "" {
			return holds(ctx, info, &now)
		}
		timedOut := fmt.Errorf("%w on %s/%s", wait.ErrorInterrupted(nil), info.Mapping.Resource.Resource, info.Name)
		objects := o.DynamicClient.Resource(info.Mapping.Resource).Namespace(info.Namespace)
		for {
			// What changes while the condition is asked for is seen after it.
			changes, err := objects.Watch(ctx, metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("metadata.name", info.Name).String()})
			for err == nil {
				object, ok, notYet := holds(ctx, info, &now)
				if ok || notYet != nil && !isNotYet(notYet) && ctx.Err() == nil {
					changes.Stop()
					return object, ok, notYet
				}
				select {
				case _, open := <-changes.ResultChan():
					if !open {
						err = errClosed
					}
				case <-ctx.Done():
					err = ctx.Err()
				}
			}
			if changes != nil {
				changes.Stop()
			}
			switch {
			case ctx.Err() != nil:
				return info.Object, false, timedOut
			case err != errClosed:
				return info.Object, false, err
			}
		}
	}
}

var errClosed = fmt.Errorf("the API server closed the watch")

// isNotYet reports whether it is only that the condition does not hold:
// getObjAndCheckCondition and IsDeleted in k8s.io/kubectl/pkg/cmd/wait.
func isNotYet(err error) bool { return strings.HasPrefix(err.Error(), "condition not met for ") }
