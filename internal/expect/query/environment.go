package query

import (
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"
)

// maxCost bounds one evaluation, in CEL's units of about one step each.
const maxCost = 1_000_000

// Subjects are parts of a run that an expression can look at, or that an entry
// changed: a set of bits.
type Subjects uint8

// The subjects, each a variable.
const (
	Pods Subjects = 1 << iota
	Jobs
	CronJobs
	Events
	Steps
	Refusals
	Clock
)

// subjects are the variables.
var subjects = map[string]Subjects{
	"pods":     Pods,
	"jobs":     Jobs,
	"cronjobs": CronJobs,
	"events":   Events,
	"steps":    Steps,
	"refusals": Refusals,
	"t":        Clock,
}

// scope may stand before each variable: timeline.pods is pods.
const scope = "timeline."

func variables() []string { return slices.Sorted(maps.Keys(subjects)) }

// moments are the fields that say when something was seen.
var moments = map[string]bool{
	"createdAt": true, "scheduledAt": true, "startedAt": true, "finishedAt": true, "terminatingAt": true,
	"deletedAt": true, "lastScheduledAt": true, "at": true,
}

// environment is CEL's with the variables of a run.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	objects := func(name string) *cel.Type { return cel.ListType(cel.ObjectType("query." + name)) }
	typeOf := map[string]*cel.Type{
		"pods":     objects("pod"),
		"jobs":     objects("job"),
		"cronjobs": objects("cronJob"),
		"events":   objects("event"),
		"steps":    cel.MapType(cel.StringType, cel.BoolType),
		"refusals": objects("refusal"),
		"t":        cel.DoubleType,
	}
	options := []cel.EnvOption{
		ext.NativeTypes(ext.ParseStructTags(true), reflect.TypeFor[pod](), reflect.TypeFor[job](), reflect.TypeFor[condition](),
			reflect.TypeFor[cronJob](), reflect.TypeFor[event](), reflect.TypeFor[refusal]()),
		ext.Lists(), ext.Strings(), ext.Math(),
		cel.CrossTypeNumericComparisons(true),
		cel.EnableMacroCallTracking(),
		cel.ASTValidators(cel.ValidateRegexLiterals()),
	}
	for name, typ := range typeOf {
		options = append(options, cel.Variable(name, typ), cel.Variable(scope+name, typ))
	}
	return cel.NewEnv(options...)
})

// adapter makes values of CEL of the objects of a run.
func adapter() types.Adapter {
	env, err := environment()
	if err != nil {
		return types.DefaultTypeAdapter
	}
	return env.CELTypeAdapter()
}
