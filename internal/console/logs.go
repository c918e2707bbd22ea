package console

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"k8s.io/kubectl/pkg/cmd/logs"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubectl/pkg/cmd/util/podcmd"
	"k8s.io/kubectl/pkg/polymorphichelpers"
	"k8s.io/kubectl/pkg/util/podutils"
)

// newLogs makes kubectl logs. What it reads, and from where, is kubectl's; reading
// is LogsOptions.RunLogsContext in k8s.io/kubectl/pkg/cmd/logs/logs.go, v0.37.2,
// but that a signal to the process does not end it, and that no word of it goes to
// the process's standard error.
func newLogs(s *session) *cobra.Command {
	o := logs.NewLogsOptions(s.streams)
	cmd := &cobra.Command{Use: "logs"}
	o.AddFlags(cmd)
	cmd.Run = func(cmd *cobra.Command, args []string) {
		cmdutil.CheckErr(o.Complete(s, cmd, args))
		cmdutil.CheckErr(o.Validate())
		sources, err := s.logSources(o)
		cmdutil.CheckErr(err)
		cmdutil.CheckErr(s.printLogs(o, sources))
	}
	return cmd
}

// logSource is the log of one container.
type logSource struct {
	of      corev1.ObjectReference
	request rest.ResponseWrapper
}

// logSources are the logs that a command asks for, in the order of their pods'
// and containers' names.
func (s *session) logSources(o *logs.LogsOptions) ([]logSource, error) {
	object, err := s.pod(o)
	if err != nil {
		return nil, err
	}
	requests := polymorphichelpers.LogsForObjectFn
	if o.AllPods {
		requests = polymorphichelpers.LogsForObjectFunc(polymorphichelpers.AllPodLogsForObjectFn)
	}
	byReference, err := requests(s, object, o.Options, o.GetPodTimeout, o.AllContainers)
	if err != nil {
		return nil, err
	}
	var sources []logSource
	for _, of := range slices.SortedFunc(maps.Keys(byReference), func(a, b corev1.ObjectReference) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.FieldPath, b.FieldPath))
	}) {
		sources = append(sources, logSource{of, byReference[of]})
	}
	if o.Follow && len(sources) > o.MaxFollowConcurrency && len(sources) > 1 {
		return nil, fmt.Errorf("you are attempting to follow %d log streams, but maximum allowed concurrency is %d, use --max-log-requests to increase the limit",
			len(sources), o.MaxFollowConcurrency)
	}
	return sources, nil
}

// pod chooses the pod of a Job or other owner, and the container of a pod that has
// several, and says so: polymorphichelpers does the same, and says so elsewhere.
func (s *session) pod(o *logs.LogsOptions) (runtime.Object, error) {
	object := o.Object
	if o.AllPods {
		return object, nil
	}
	switch object.(type) {
	case *corev1.Pod:
	case *corev1.PodList:
		return object, nil
	default:
		namespace, selector, err := polymorphichelpers.SelectorsForObject(object)
		if err != nil {
			return nil, fmt.Errorf("cannot get the logs from %T: %w", object, err)
		}
		client, err := s.KubernetesClientSet()
		if err != nil {
			return nil, err
		}
		pod, n, err := polymorphichelpers.GetFirstPod(client.CoreV1(), namespace, selector.String(), o.GetPodTimeout,
			func(pods []*corev1.Pod) sort.Interface { return podutils.ByLogging(pods) })
		if err != nil {
			return nil, err
		}
		if n > 1 {
			fmt.Fprintf(o.ErrOut, "Found %v pods, using pod/%v\n", n, pod.Name)
		}
		object = pod
	}
	pod := object.(*corev1.Pod)
	options := o.Options.(*corev1.PodLogOptions)
	several := len(pod.Spec.Containers) > 1 || len(pod.Spec.InitContainers) > 0 || len(pod.Spec.EphemeralContainers) > 0
	if o.AllContainers || options.Container != "" || !several || pod.Annotations[podcmd.DefaultContainerAnnotationName] != "" {
		return pod, nil
	}
	options.Container = pod.Spec.Containers[0].Name
	fmt.Fprintf(o.ErrOut, "Defaulted container %q out of: %s\n", options.Container, podcmd.AllContainerNames(pod))
	return pod, nil
}

// printLogs prints logs one after the other, or all at once as they grow.
func (s *session) printLogs(o *logs.LogsOptions, sources []logSource) error {
	if !o.Follow || len(sources) == 1 {
		for _, source := range sources {
			if err := s.printLog(s.ctx, o, source); err != nil {
				return err
			}
		}
		return nil
	}
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	errs := make([]error, len(sources))
	var printing sync.WaitGroup
	for i, source := range sources {
		printing.Go(func() {
			if errs[i] = s.printLog(ctx, o, source); errs[i] != nil {
				cancel()
			}
		})
	}
	printing.Wait()
	return utilerrors.NewAggregate(errs)
}

func (s *session) printLog(ctx context.Context, o *logs.LogsOptions, source logSource) error {
	out := prefixed(o, source.of)
	once := func(ctx context.Context) error { return logs.DefaultConsumeRequest(ctx, source.request, out) }
	if !o.Follow {
		err := once(ctx)
		if err != nil && o.IgnoreLogErrors {
			fmt.Fprintf(o.Out, "error: %v\n", err)
			return nil
		}
		return err
	}
	// A container that has not started is waited for.
	return wait.PollUntilContextTimeout(ctx, time.Second, o.GetPodTimeout, true, func(context.Context) (bool, error) {
		err := once(ctx)
		switch {
		case err == nil:
			return true, nil
		case o.IgnoreLogErrors:
			fmt.Fprintf(o.Out, "error: %v\n", err)
			return true, nil
		}
		fmt.Fprintln(o.ErrOut, err)
		if _, ok := err.(apierrors.APIStatus); ok {
			return false, nil
		}
		return false, err
	})
}

// prefixed is where the lines of a log go, with --prefix each after its source.
func prefixed(o *logs.LogsOptions, of corev1.ObjectReference) io.Writer {
	if !o.Prefix || of.FieldPath == "" || of.Name == "" {
		return o.Out
	}
	container := strings.TrimSuffix(of.FieldPath[strings.IndexByte(of.FieldPath, '{')+1:], "}")
	return prefixWriter{fmt.Appendf(nil, "[pod/%s/%s] ", of.Name, container), o.Out}
}

// prefixWriter takes one line a call.
type prefixWriter struct {
	prefix []byte
	to     io.Writer
}

func (w prefixWriter) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if _, err := w.to.Write(bytes.Join([][]byte{w.prefix, p}, nil)); err != nil {
		return 0, err
	}
	return len(p), nil
}
