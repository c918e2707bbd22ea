package console

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/cli-runtime/pkg/printers"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/kubectl/pkg/cmd/events"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

// newEvents makes kubectl events. Following them is EventsOptions.runWatch in
// k8s.io/kubectl/pkg/cmd/events/events.go, v0.37.2, but that it ends with the
// session's context and no signal to the process ends it.
func newEvents(s *session) *cobra.Command {
	flags := events.NewEventsFlags(s, s.streams)
	cmd := &cobra.Command{Use: "events"}
	flags.AddFlags(cmd)
	flags.PrintFlags.AddFlags(cmd)
	cmd.Run = func(*cobra.Command, []string) {
		o, err := flags.ToOptions()
		cmdutil.CheckErr(err)
		cmdutil.CheckErr(o.Validate())
		if o.Watch {
			cmdutil.CheckErr(s.watchEvents(o, flags.ForObject))
			return
		}
		cmdutil.CheckErr(o.Run())
	}
	return cmd
}

func (s *session) watchEvents(o *events.EventsOptions, object string) error {
	var options metav1.ListOptions
	if object != "" {
		infos, err := s.NewBuilder().Unstructured().NamespaceParam(s.namespace).DefaultNamespace().
			ResourceTypeOrNameArgs(false, object).RequireObject(false).Do().Infos()
		if err != nil {
			return err
		}
		if len(infos) != 1 {
			return fmt.Errorf("--for must be in resource/name form")
		}
		kind := infos[0].Mapping.GroupVersionKind
		options.FieldSelector = fields.SelectorFromSet(fields.Set{
			"involvedObject.kind": kind.Kind, "involvedObject.apiVersion": kind.GroupVersion().String(), "involvedObject.name": infos[0].Name,
		}).String()
	}
	client, err := s.KubernetesClientSet()
	if err != nil {
		return err
	}
	changes, err := client.CoreV1().Events(s.namespace).Watch(s.ctx, options)
	if err != nil {
		return err
	}
	w := printers.GetNewTabWriter(o.Out)
	_, err = watchtools.UntilWithoutRetry(s.ctx, changes, func(e watch.Event) (bool, error) {
		event, ok := e.Object.(*corev1.Event)
		wanted := ok && (len(o.FilterTypes) == 0 || slices.ContainsFunc(o.FilterTypes, func(t string) bool { return strings.EqualFold(t, event.Type) }))
		if !wanted || e.Type == watch.Deleted { // events expire by themselves
			return false, nil
		}
		event.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Event"))
		if err := o.PrintObj(event, w); err != nil {
			return false, err
		}
		return false, w.Flush()
	})
	return ended(err)
}
