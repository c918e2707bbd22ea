package console

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/kubectl/pkg/cmd/apiresources"
	"k8s.io/kubectl/pkg/cmd/create"
	"k8s.io/kubectl/pkg/cmd/describe"
	"k8s.io/kubectl/pkg/cmd/explain"
	"k8s.io/kubectl/pkg/cmd/patch"
	"k8s.io/kubectl/pkg/cmd/top"
)

// verb is a command that the console does.
type verb struct {
	name  string // of one word or two
	short string
	usage string // what follows the name
	// flags are those that it takes, besides --namespace and --help.
	flags []string
	// command makes the command. Its Run may panic with fatal.
	command func(*session) *cobra.Command
	// check says why words or flags are refused, or nothing.
	check func(cmd *cobra.Command, args []string) refusal
	// follows reports whether the command goes on until somebody ends it.
	follows func(cmd *cobra.Command) bool
	// completes says what its words are.
	completes wordKind
}

// wordKind is what the words of a verb are, for completion.
type wordKind int

const (
	noWords  wordKind = iota
	objects           // a type, then names; or TYPE/NAME
	types             // a type
	podNames          // a pod, or TYPE/NAME
	onlyPods          // pods
	free              // a name that is not there yet
)

// verbs are all that the console does, in the order of help.
var verbs = []*verb{
	{
		name: "get", short: "List objects, or follow them with --watch", usage: "TYPE [NAME…]", completes: objects,
		flags: []string{
			"output", "watch", "watch-only", "output-watch-events", "selector", "field-selector", "show-labels", "label-columns",
			"no-headers", "sort-by", "ignore-not-found", "show-kind", "show-managed-fields", "chunk-size",
		},
		command: newGet, follows: watches,
	},
	{
		name: "describe", short: "Show an object with its events", usage: "TYPE [NAME]", completes: objects,
		flags:   []string{"selector", "show-events", "chunk-size"},
		command: func(s *session) *cobra.Command { return describe.NewCmdDescribe("kubectl", s, s.streams) },
	},
	{
		name: "logs", short: "Print the log of a container, or follow it with --follow", usage: "POD | TYPE/NAME", completes: podNames,
		flags: []string{
			"follow", "previous", "container", "all-containers", "all-pods", "timestamps", "tail", "since", "since-time", "limit-bytes",
			"selector", "prefix", "ignore-errors", "max-log-requests", "pod-running-timeout",
		},
		command: newLogs, follows: func(cmd *cobra.Command) bool { return changed(cmd, "follow") },
	},
	{
		name: "events", short: "List events, or follow them with --watch", completes: noWords,
		flags:   []string{"watch", "for", "types", "no-headers", "output", "show-managed-fields", "chunk-size"},
		command: newEvents, follows: watches,
	},
	{
		name: "explain", short: "Explain the fields of a type", usage: "TYPE[.FIELD…]", completes: types,
		flags:   []string{"recursive", "max-depth", "api-version"},
		command: func(s *session) *cobra.Command { return explain.NewCmdExplain("kubectl", s, s.streams) },
	},
	{
		name: "wait", short: "Wait until something holds for an object", usage: "TYPE/NAME --for=condition=… | jsonpath=… | create | delete", completes: objects,
		flags:   []string{"for", "timeout", "selector", "field-selector", "all", "output"},
		command: newWait, follows: func(*cobra.Command) bool { return true },
	},
	{
		name: "delete", short: "Delete objects", usage: "TYPE NAME… | TYPE --all", completes: objects,
		flags: []string{
			"all", "selector", "field-selector", "cascade", "force", "grace-period", "now", "ignore-not-found", "timeout", "wait", "output", "dry-run",
		},
		command: newDelete, follows: func(*cobra.Command) bool { return true },
	},
	{
		name: "patch", short: "Change fields of an object", usage: "TYPE NAME --patch='…'", completes: objects,
		flags:   []string{"patch", "type", "dry-run", "output", "show-managed-fields"},
		command: func(s *session) *cobra.Command { return patch.NewCmdPatch(s, s.streams) },
	},
	{
		name: "create job", short: "Make a Job of a CronJob", usage: "NAME --from=cronjob/NAME", completes: free,
		flags:   []string{"from", "dry-run", "output", "show-managed-fields"},
		command: func(s *session) *cobra.Command { return create.NewCmdCreateJob(s, s.streams) },
	},
	{
		name: "top pod", short: "Show what pods use, where metrics are collected", usage: "[NAME]", completes: onlyPods,
		flags:   []string{"selector", "field-selector", "containers", "no-headers", "sort-by", "sum"},
		command: func(s *session) *cobra.Command { return top.NewCmdTopPod(s, nil, s.streams) },
		check: func(cmd *cobra.Command, _ []string) refusal {
			if by, _ := cmd.Flags().GetString("sort-by"); by != "" && by != "cpu" && by != "memory" {
				return refusal("--sort-by is cpu or memory")
			}
			return ""
		},
	},
	{
		name: "api-resources", short: "List the types of objects", completes: noWords,
		flags:   []string{"api-group", "namespaced", "verbs", "categories", "sort-by", "output", "no-headers"},
		command: func(s *session) *cobra.Command { return apiresources.NewCmdAPIResources(s, s.streams) },
	},
	{name: "version", short: "Print the versions", completes: noWords, flags: []string{}, command: newVersion},
}

// aliases are other words for verbs.
var aliases = map[string]string{"top pods": "top pod", "top po": "top pod", "log": "logs"}

// foreignVerbs are kubectl's verbs that the console does not do, and why.
var foreignVerbs = map[string]string{
	"apply":        "a manifest is run with the page's Run button; " + hostFiles,
	"create":       "only create job NAME --from=cronjob/NAME is there; a manifest is run with the page's Run button",
	"replace":      hostFiles,
	"edit":         "it opens an editor on the machine on which the server runs; use patch",
	"exec":         "the identity of a run may not run commands in containers",
	"attach":       "the identity of a run may not attach to containers",
	"debug":        "the identity of a run may not change pods",
	"cp":           hostFiles,
	"port-forward": "it opens a port on the machine on which the server runs",
	"proxy":        "it opens a port on the machine on which the server runs",
	"diff":         hostFiles,
	"kustomize":    hostFiles,
	"config":       "there is no kubeconfig here: " + oneServer,
	"plugin":       "it runs programs of the machine on which the server runs",
	"kuberc":       hostFiles,
	"alpha":        "it has nothing that labs need",
	"completion":   "press Tab",
	"scale":        "Jobs have no scale subresource: kubectl patch job NAME -p '{\"spec\":{\"parallelism\":0}}' does it",
	"autoscale":    "labs are about Jobs, which are not scaled",
	"rollout":      "labs are about Jobs, which have no rollout",
	"run":          "pods are made by manifests: use the page's Run button",
	"expose":       "labs need no Services of your own",
	"set":          "use patch",
	"label":        "use patch: kubectl patch job NAME -p '{\"metadata\":{\"labels\":{…}}}'",
	"annotate":     "use patch: kubectl patch job NAME -p '{\"metadata\":{\"annotations\":{…}}}'",
	"top":          "only top pod is there; nodes are not a run's",
	"cordon":       oneSpace,
	"uncordon":     oneSpace,
	"drain":        oneSpace,
	"taint":        oneSpace,
	"certificate":  oneSpace,
	"cluster-info": oneSpace,
	"auth":         "what the identity may do is in the answer of the command that it may not do",
	"api-versions": "use api-resources",
	"options":      "use help VERB",
}

// find returns the verb that the words begin with and the words after it; no verb
// for none, and for help.
func find(args []string) (*verb, []string, refusal) {
	if len(args) > 0 && args[0] == "help" {
		args = append(args[1:len(args):len(args)], "--help")
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		if len(args) == 0 || args[0] == "--help" || args[0] == "-h" {
			return nil, nil, ""
		}
		return nil, nil, "the first word is what to do: try help"
	}
	for n := min(2, len(args)); n > 0; n-- {
		name := strings.Join(args[:n], " ")
		if alias, ok := aliases[name]; ok {
			name = alias
		}
		for _, v := range verbs {
			if v.name == name {
				return v, args[n:], ""
			}
		}
	}
	if why, ok := foreignVerbs[args[0]]; ok {
		return nil, nil, refusal(fmt.Sprintf("%s: %s", args[0], why))
	}
	return nil, nil, refusal(fmt.Sprintf("there is no %q here; try help", args[0]))
}

func watches(cmd *cobra.Command) bool { return changed(cmd, "watch") || changed(cmd, "watch-only") }

// help prints what there is.
func help(w io.Writer) {
	fmt.Fprint(w, "This is kubectl, for the namespace of this run.\n\n")
	for _, v := range verbs {
		fmt.Fprintf(w, "  %-14s %s\n", v.name, v.short)
	}
	fmt.Fprint(w, "\nUse \"kubectl help VERB\" for its flags. Tab completes, Ctrl-C ends what goes on.\n")
}

// help prints what a verb takes.
func (v *verb) help(cmd *cobra.Command, w io.Writer) {
	taken := pflag.NewFlagSet(v.name, pflag.ContinueOnError)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		for _, name := range append([]string{"namespace"}, v.flags...) {
			if f.Name == name {
				told := *f
				if name == "output" && v.name != "delete" {
					told.Usage = "wide, yaml, json, name, jsonpath=…, jsonpath-as-json=… or custom-columns=…"
				}
				taken.AddFlag(&told)
			}
		}
	})
	fmt.Fprintf(w, "%s.\n\nUsage:\n  kubectl %s\n\nFlags:\n%s", v.short, strings.TrimSpace(v.name+" "+v.usage), taken.FlagUsages())
}
