package console

import (
	"fmt"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/client-go/rest"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/kubectl/pkg/cmd/get"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/utils/ptr"
)

// newGet makes kubectl get. Its flags are registered as NewCmdGet in
// k8s.io/kubectl/pkg/cmd/get/get.go does, v0.37.2, since that keeps its options
// to itself.
func newGet(s *session) *cobra.Command {
	o := get.NewGetOptions("kubectl", s.streams)
	cmd := &cobra.Command{Use: "get"}
	o.PrintFlags.AddFlags(cmd)
	flags := cmd.Flags()
	flags.BoolVarP(&o.Watch, "watch", "w", o.Watch, "After listing/getting the requested object, watch for changes.")
	flags.BoolVar(&o.WatchOnly, "watch-only", o.WatchOnly, "Watch for changes to the requested object(s), without listing/getting first.")
	flags.BoolVar(&o.OutputWatchEvents, "output-watch-events", o.OutputWatchEvents, "Output watch event objects when --watch or --watch-only is used. Existing objects are output as initial ADDED events.")
	flags.BoolVar(&o.IgnoreNotFound, "ignore-not-found", o.IgnoreNotFound, "Succeed if a specific object is not there.")
	flags.StringVar(&o.FieldSelector, "field-selector", o.FieldSelector, "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2).")
	cmdutil.AddChunkSizeFlag(cmd, &o.ChunkSize)
	cmdutil.AddLabelSelectorFlagVar(cmd, &o.LabelSelector)
	cmd.Run = func(cmd *cobra.Command, args []string) {
		cmdutil.CheckErr(o.Complete(s, cmd, args))
		cmdutil.CheckErr(o.Validate())
		if o.Watch || o.WatchOnly {
			cmdutil.CheckErr(s.watch(o, args))
			return
		}
		cmdutil.CheckErr(o.Run(s, args))
	}
	return cmd
}

// watch is kubectl get --watch: GetOptions.watch in the same file, but that it
// ends with the session's context. kubectl's own ends the whole process at a
// signal.
func (s *session) watch(o *get.GetOptions, args []string) error {
	r := s.NewBuilder().
		Unstructured().
		NamespaceParam(o.Namespace).DefaultNamespace().
		LabelSelectorParam(o.LabelSelector).
		FieldSelectorParam(o.FieldSelector).
		RequestChunksOf(o.ChunkSize).
		ResourceTypeOrNameArgs(true, args...).
		SingleResourceType().
		Latest().
		TransformRequests(func(r *rest.Request) {
			if o.ServerPrint && o.IsHumanReadablePrinter {
				r.SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
			}
		}).
		Do()
	if err := r.Err(); err != nil {
		return err
	}
	infos, err := r.Infos()
	if apierrors.IsNotFound(err) && o.IgnoreNotFound {
		return nil
	} else if err != nil {
		return err
	}
	shown := ptr.To(!o.WatchOnly)
	printer, err := o.ToPrinter(infos[0].ResourceMapping(), shown, false, false)
	if err != nil {
		return err
	}
	object, err := r.Object()
	if err != nil {
		return err
	}
	w := printers.GetNewTabWriter(o.Out)
	show := func(typ watch.EventType, object runtime.Object) error {
		if o.OutputWatchEvents {
			object = &metav1.WatchEvent{Type: string(typ), Object: runtime.RawExtension{Object: object}}
		}
		if err := printer.PrintObj(object, w); err != nil {
			return fmt.Errorf("unable to output the provided object: %w", err)
		}
		return nil
	}
	// A watch of one object from "now" begins with the object itself, one of a list
	// goes on after the list.
	version, objects := "0", []runtime.Object{object}
	isList := meta.IsListType(object)
	if isList {
		if version, err = meta.NewAccessor().ResourceVersion(object); err != nil {
			return err
		}
		if objects, err = meta.ExtractList(object); err != nil {
			return err
		}
	}
	for _, object := range objects {
		if err := show(watch.Added, object); err != nil {
			return err
		}
	}
	w.Flush()
	*shown = isList
	changes, err := r.Watch(version)
	if err != nil {
		return err
	}
	_, err = watchtools.UntilWithoutRetry(s.ctx, changes, func(e watch.Event) (bool, error) {
		if err := show(e.Type, e.Object); err != nil {
			return false, err
		}
		w.Flush()
		*shown = true
		return false, nil
	})
	return ended(err)
}

// ended is nil for a watch that the API server closed, as it does after a while,
// which is no error to kubectl.
func ended(err error) error {
	if err == watchtools.ErrWatchClosed {
		return nil
	}
	return err
}
