package console

import (
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/cli-runtime/pkg/resource"
	kubectldelete "k8s.io/kubectl/pkg/cmd/delete"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
	cmdwait "k8s.io/kubectl/pkg/cmd/wait"
)

// newDelete makes kubectl delete. Its waiting is that of wait, see [patient].
func newDelete(s *session) *cobra.Command {
	flags := kubectldelete.NewDeleteCommandFlags("")
	cmd := &cobra.Command{Use: "delete"}
	flags.AddFlags(cmd)
	cmdutil.AddDryRunFlag(cmd)
	cmd.Run = func(cmd *cobra.Command, args []string) {
		o, err := flags.ToOptions(nil, s.streams)
		cmdutil.CheckErr(err)
		cmdutil.CheckErr(o.Complete(s, args, cmd))
		cmdutil.CheckErr(o.Validate())
		var gone *cmdwait.WaitOptions
		if o.WaitForDeletion && o.DryRunStrategy == cmdutil.DryRunNone {
			gone = s.untilGone(o, args)
		}
		o.WaitForDeletion = false
		cmdutil.CheckErr(o.RunDelete(s))
		if gone != nil {
			cmdutil.CheckErr(gone.RunWaitContext(s.ctx))
		}
	}
	return cmd
}

// untilGone waits for the end of what is about to be deleted. What is not there,
// the deletion tells.
func (s *session) untilGone(o *kubectldelete.DeleteOptions, args []string) *cmdwait.WaitOptions {
	infos, err := s.NewBuilder().
		Unstructured().
		ContinueOnError().
		NamespaceParam(s.namespace).DefaultNamespace().
		LabelSelectorParam(o.LabelSelector).
		FieldSelectorParam(o.FieldSelector).
		SelectAllParam(o.DeleteAll).
		ResourceTypeOrNameArgs(false, args...).RequireObject(false).
		Flatten().
		Do().Infos()
	if err != nil {
		return nil
	}
	var there []*resource.Info
	uids := cmdwait.UIDMap{}
	for _, info := range infos {
		object, err := o.DynamicClient.Resource(info.Mapping.Resource).Namespace(info.Namespace).Get(s.ctx, info.Name, metav1.GetOptions{})
		if err != nil {
			continue
		}
		there = append(there, info)
		uids[cmdwait.ResourceLocation{GroupResource: info.Mapping.Resource.GroupResource(), Namespace: info.Namespace, Name: info.Name}] = object.GetUID()
	}
	if len(there) == 0 {
		return nil
	}
	timeout := o.Timeout
	if timeout == 0 {
		timeout = longLimit
	}
	return &cmdwait.WaitOptions{
		ResourceFinder: genericclioptions.ResourceFinderForResult(resource.InfoListVisitor(there)),
		UIDMap:         uids,
		DynamicClient:  o.DynamicClient,
		Timeout:        timeout,
		Printer:        printers.NewDiscardingPrinter(),
		ConditionFn:    []cmdwait.ConditionFunc{patient(cmdwait.IsDeleted)},
		IOStreams:      o.IOStreams,
	}
}
