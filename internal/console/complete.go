package console

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

// Candidate is a word that could stand at the end of a line.
type Candidate struct {
	Text string `json:"text"`
	Note string `json:"note"`
}

// Completion says what could stand in the place of a word that has begun.
type Completion struct {
	// From is the byte of the line at which the word begins.
	From       int         `json:"from"`
	Candidates []Candidate `json:"candidates"`
}

// resourceTypes are what the identity of a run may see.
var resourceTypes = []Candidate{
	{"pods", "po"}, {"jobs", ""}, {"cronjobs", "cj"}, {"events", "ev"}, {"configmaps", "cm"}, {"services", "svc"},
}

// Complete completes the line up to a byte. It is empty where nothing is known to
// fit.
func (c *Console) Complete(ctx context.Context, t Target, line string) Completion {
	from := strings.LastIndexAny(line, " \t") + 1
	done := Completion{From: from, Candidates: []Candidate{}}
	word := line[from:]
	before, err := Split(line[:from])
	if err != nil {
		return done
	}
	if len(before) > 0 && before[0] == "kubectl" {
		before = before[1:]
	} else if len(before) == 0 && word != "" && strings.HasPrefix("kubectl", word) {
		done.Candidates = append(done.Candidates, Candidate{"kubectl", ""})
	}
	v, args, no := find(before)
	if no != "" || v == nil {
		done.Candidates = append(done.Candidates, verbCandidates(before, word)...)
		return done
	}
	for _, candidate := range c.words(ctx, t, v, args, word, &done.From) {
		if strings.HasPrefix(candidate.Text, line[done.From:]) {
			done.Candidates = append(done.Candidates, candidate)
		}
	}
	return done
}

// verbCandidates are the verbs, or the second words of those that have two.
func verbCandidates(before []string, word string) []Candidate {
	if len(before) == 1 && before[0] == "help" {
		before = nil
	}
	var all []Candidate
	for _, v := range verbs {
		name, rest := v.name, ""
		if first, second, ok := strings.Cut(v.name, " "); ok {
			name, rest = first, second
		}
		switch {
		case len(before) == 0 && strings.HasPrefix(name, word):
			all = append(all, Candidate{name, v.short})
		case len(before) == 1 && rest != "" && before[0] == name && strings.HasPrefix(rest, word):
			all = append(all, Candidate{rest, v.short})
		}
	}
	return all
}

// words are those that could stand next in a verb's command. They may begin
// elsewhere than at the last blank.
func (c *Console) words(ctx context.Context, t Target, v *verb, args []string, word string, from *int) []Candidate {
	api, err := c.discovery()
	if err != nil {
		return nil
	}
	kube := &client{ctx: ctx, target: t, discovery: api, warnings: io.Discard}
	s := &session{
		client: kube, Factory: cmdutil.NewFactory(kube), namespace: t.Namespace, ctx: ctx,
		streams: genericiooptions.IOStreams{In: strings.NewReader(""), Out: io.Discard, ErrOut: io.Discard},
	}
	flags := v.command(s).Flags()
	addForeign(flags)
	if name, value, ok := strings.Cut(word, "="); ok && strings.HasPrefix(name, "--") {
		*from += len(name) + 1
		return s.values(flags.Lookup(name[2:]), args, value)
	}
	if strings.HasPrefix(word, "-") {
		return v.flagCandidates(flags)
	}
	if f := pending(flags, args); f != nil {
		return s.values(f, args, word)
	}
	return s.positional(v, positionals(flags, args), word)
}

func (v *verb) flagCandidates(flags *pflag.FlagSet) []Candidate {
	var all []Candidate
	for _, name := range v.flags {
		f := flags.Lookup(name)
		if f == nil {
			continue
		}
		text := "--" + name
		if f.NoOptDefVal == "" {
			text += "="
		}
		note, _, _ := strings.Cut(f.Usage, ".")
		if f.Shorthand != "" {
			note = "-" + f.Shorthand + " · " + note
		}
		all = append(all, Candidate{text, note})
	}
	slices.SortFunc(all, func(a, b Candidate) int { return strings.Compare(a.Text, b.Text) })
	return all
}

// flagOf returns the flag that a word names, if its value is the next word.
func flagOf(flags *pflag.FlagSet, word string) *pflag.Flag {
	var f *pflag.Flag
	switch {
	case strings.Contains(word, "="):
	case strings.HasPrefix(word, "--"):
		f = flags.Lookup(word[2:])
	case len(word) == 2 && word[0] == '-':
		f = flags.ShorthandLookup(word[1:])
	}
	if f == nil || f.NoOptDefVal != "" {
		return nil
	}
	return f
}

// pending returns the flag whose value is next.
func pending(flags *pflag.FlagSet, args []string) *pflag.Flag {
	if len(args) == 0 {
		return nil
	}
	return flagOf(flags, args[len(args)-1])
}

// positionals are the words that belong to no flag.
func positionals(flags *pflag.FlagSet, args []string) []string {
	var words []string
	for i := 0; i < len(args); i++ {
		switch {
		case flagOf(flags, args[i]) != nil:
			i++
		case !strings.HasPrefix(args[i], "-"):
			words = append(words, args[i])
		}
	}
	return words
}

// values are what a flag can be.
func (s *session) values(f *pflag.Flag, args []string, word string) []Candidate {
	if f == nil {
		return nil
	}
	fixed := map[string][]string{
		"output":    {"wide", "yaml", "json", "name", "jsonpath=", "custom-columns="},
		"cascade":   {"background", "foreground", "orphan"},
		"dry-run":   {"client", "server"},
		"types":     {"Normal", "Warning"},
		"namespace": {s.namespace},
		"sort-by":   sortKeys,
	}
	var all []Candidate
	for _, value := range fixed[f.Name] {
		all = append(all, Candidate{value, ""})
	}
	switch f.Name {
	case "container":
		return s.containers(args)
	case "from":
		return s.names("cronjobs", "cronjob/")
	case "type":
		return []Candidate{{"strategic", ""}, {"merge", ""}, {"json", ""}}
	case "for":
		if f.Value.Type() != "stringArray" { // of events
			return s.slashed(word)
		}
		return []Candidate{{"condition=Complete", ""}, {"condition=Failed", ""}, {"condition=Ready", ""}, {"delete", ""}, {"create", ""}, {"jsonpath=", ""}}
	}
	return all
}

// positional are the words that a verb takes next.
func (s *session) positional(v *verb, before []string, word string) []Candidate {
	switch v.completes {
	case types:
		if len(before) == 0 {
			return resourceTypes
		}
	case onlyPods:
		return s.names("pods", "")
	case podNames:
		if strings.Contains(word, "/") {
			return s.slashed(word)
		}
		if len(before) == 0 {
			return append(s.names("pods", ""), Candidate{"job/", ""})
		}
	case objects:
		switch {
		case strings.Contains(word, "/"):
			return s.slashed(word)
		case len(before) == 0:
			return resourceTypes
		case !strings.Contains(before[0], "/"):
			return s.names(before[0], "")
		}
	}
	return nil
}

// slashed are the names after TYPE/.
func (s *session) slashed(word string) []Candidate {
	typ, _, ok := strings.Cut(word, "/")
	if !ok {
		return []Candidate{{"pod/", ""}, {"job/", ""}, {"cronjob/", ""}}
	}
	return s.names(typ, typ+"/")
}

// list lists the objects of a type, as a learner may call it.
func (s *session) list(typ string) []unstructured.Unstructured {
	mapper, err := s.ToRESTMapper()
	if err != nil {
		return nil
	}
	resource, err := mapper.ResourceFor(schema.GroupVersionResource{Resource: strings.ToLower(typ)})
	if err != nil {
		return nil
	}
	client, err := s.DynamicClient()
	if err != nil {
		return nil
	}
	list, err := client.Resource(resource).Namespace(s.namespace).List(s.ctx, metav1.ListOptions{Limit: cmdutil.DefaultChunkSize})
	if err != nil {
		return nil
	}
	return list.Items
}

// names are those of the objects of a type.
func (s *session) names(typ, prefix string) []Candidate {
	var all []Candidate
	for _, object := range s.list(typ) {
		note, _, _ := unstructured.NestedString(object.Object, "status", "phase")
		all = append(all, Candidate{prefix + object.GetName(), note})
	}
	return all
}

// containers are those of the pod that a command is about, or of all.
func (s *session) containers(args []string) []Candidate {
	var all []Candidate
	pods := s.list("pods")
	named := slices.ContainsFunc(pods, func(p unstructured.Unstructured) bool { return isOf(p, args) })
	for _, pod := range pods {
		if named && !isOf(pod, args) {
			continue
		}
		for _, field := range []string{"initContainers", "containers"} {
			list, _, _ := unstructured.NestedSlice(pod.Object, "spec", field)
			for _, item := range list {
				container, _ := item.(map[string]any)
				name, _ := container["name"].(string)
				candidate := Candidate{name, strings.TrimSuffix(field, "s")}
				if name != "" && !slices.Contains(all, candidate) {
					all = append(all, candidate)
				}
			}
		}
	}
	return all
}

func isOf(pod unstructured.Unstructured, args []string) bool {
	return slices.ContainsFunc(args, func(arg string) bool {
		_, name, ok := strings.Cut(arg, "/")
		return arg == pod.GetName() || ok && name == pod.GetName()
	})
}
