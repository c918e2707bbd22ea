package console

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Why flags are refused.
const (
	hostFiles  = "it reads or writes files of the machine on which the server runs"
	oneServer  = "the console talks to this run's API server only, and as this run's identity"
	oneSpace   = "the console works in the namespace of this run only"
	noTemplate = "Go templates can take any time; use -o jsonpath=… or -o custom-columns=…"
)

// foreign are kubectl's flags that no verb takes here. They are known, so that
// their refusal says why.
var foreign = []struct {
	name, short string
	boolean     bool
	why         string
}{
	{"all-namespaces", "A", true, oneSpace},
	{"filename", "f", false, hostFiles},
	{"kustomize", "k", false, hostFiles},
	{"template", "", false, noTemplate},
	{"raw", "", false, oneSpace},
	{"kubeconfig", "", false, hostFiles},
	{"kuberc", "", false, hostFiles},
	{"cache-dir", "", false, hostFiles},
	{"profile-output", "", false, hostFiles},
	{"profile", "", false, hostFiles},
	{"log-file", "", false, hostFiles},
	{"log-dir", "", false, hostFiles},
	{"patch-file", "", false, hostFiles},
	{"certificate-authority", "", false, hostFiles},
	{"client-certificate", "", false, hostFiles},
	{"client-key", "", false, hostFiles},
	{"server", "s", false, oneServer},
	{"cluster", "", false, oneServer},
	{"context", "", false, oneServer},
	{"user", "", false, oneServer},
	{"token", "", false, oneServer},
	{"username", "", false, oneServer},
	{"password", "", false, oneServer},
	{"as", "", false, oneServer},
	{"as-group", "", false, oneServer},
	{"as-uid", "", false, oneServer},
	{"as-user-extra", "", false, oneServer},
	{"tls-server-name", "", false, oneServer},
	{"insecure-skip-tls-verify", "", true, oneServer},
	{"insecure-skip-tls-verify-backend", "", true, oneServer},
	{"proxy-url", "", false, oneServer},
	{"request-timeout", "", false, "the console has its own limits of time"},
	{"interactive", "i", true, "the console has no input"},
	{"local", "", true, "there is no file to work on"},
	{"v", "v", false, "the log of the program is not the console's"},
	{"vmodule", "", false, "the log of the program is not the console's"},
}

// addForeign adds the flags that a command lacks, and that of the namespace.
func addForeign(flags *pflag.FlagSet) {
	flags.StringP("namespace", "n", "", "the namespace of this run")
	for _, f := range foreign {
		if flags.Lookup(f.name) != nil {
			continue
		}
		short := f.short
		if short != "" && flags.ShorthandLookup(short) != nil {
			short = ""
		}
		if f.boolean {
			flags.BoolP(f.name, short, false, f.why)
		} else {
			flags.StringP(f.name, short, "", f.why)
		}
	}
}

// allows says why a flag that is given may not be, or nothing.
func (v *verb) allows(f *pflag.Flag, namespace string) refusal {
	switch {
	case f.Name == "help":
		return ""
	case f.Name == "namespace":
		if f.Value.String() != namespace {
			return refusal(fmt.Sprintf("--namespace %s: %s, %s", f.Value, oneSpace, namespace))
		}
		return ""
	case slices.Contains(v.flags, f.Name):
		return checkValue(v, f)
	}
	for _, known := range foreign {
		if known.name == f.Name {
			return refusal(fmt.Sprintf("--%s: %s", f.Name, known.why))
		}
	}
	return refusal(fmt.Sprintf("--%s is not one of the flags that %s takes here: %s", f.Name, v.name, strings.Join(v.flagNames(), ", ")))
}

func (v *verb) flagNames() []string {
	var names []string
	for _, name := range append(slices.Clone(v.flags), "namespace", "help") {
		names = append(names, "--"+name)
	}
	slices.Sort(names)
	return names
}

// formats are the values of --output, and whether they go on with an expression.
var formats = map[string]bool{
	"": false, "wide": false, "yaml": false, "json": false, "name": false,
	"jsonpath": true, "jsonpath-as-json": true, "custom-columns": true,
}

// sortKeys are the values of --sort-by. kubectl gives up, and the process with it,
// on fields that have no order.
var sortKeys = []string{
	"metadata.name", "metadata.creationTimestamp", "status.startTime", "status.completionTime", "status.phase", "spec.nodeName",
	"status.containerStatuses[0].restartCount", "lastTimestamp", "firstTimestamp", "count", "reason", "type",
}

// checkValue refuses values of allowed flags that would read files, or take
// without end.
func checkValue(v *verb, f *pflag.Flag) refusal {
	value := f.Value.String()
	switch f.Name {
	case "output":
		format, expression, with := strings.Cut(value, "=")
		takes, ok := formats[strings.ToLower(format)]
		switch {
		case !ok || with && !takes:
			return refusal(fmt.Sprintf("--output %s: here it is wide, yaml, json, name, jsonpath=…, jsonpath-as-json=… or custom-columns=…: "+
				"formats with files read %s", format, "the machine on which the server runs"))
		case with:
			return checkExpression(strings.ToLower(format), expression)
		}
	case "sort-by":
		if v.name == "get" && !slices.Contains(sortKeys, strings.TrimPrefix(strings.Trim(value, "{}"), ".")) {
			return refusal(fmt.Sprintf("--sort-by %s: here it is one of %s", value, strings.Join(sortKeys, ", ")))
		}
	case "for":
		return checkExpression("jsonpath", value)
	}
	return ""
}

// checkExpression refuses JSONPath that multiplies what it finds again and again:
// what cannot be interrupted must not take long. Columns cannot, but for "..".
func checkExpression(format, s string) refusal {
	for _, part := range []struct {
		text string
		most int
	}{{"..", 1}, {"range", 2}, {",", 3}} {
		if part.text == "," && format == "custom-columns" {
			continue
		}
		if strings.Count(s, part.text) > part.most {
			return refusal(fmt.Sprintf("an expression may hold %q %d times at most", part.text, part.most))
		}
	}
	return ""
}

// changed reports whether a flag is given.
func changed(cmd *cobra.Command, name string) bool {
	f := cmd.Flags().Lookup(name)
	return f != nil && f.Changed
}
