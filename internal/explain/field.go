package explain

import (
	"fmt"
	"strings"

	"github.com/joblab/joblab/internal/explain/fieldpath"
)

// defaults are what applies where the manifest does not have a field; see
// SetDefaults_… in pkg/apis/batch/v1/defaults.go and pkg/apis/core/v1/defaults.go.
// A field that is not here has no default.
var defaults = map[string]string{
	"job.backoffLimit":                  "6",
	"job.parallelism":                   "1",
	"job.completionMode":                "NonIndexed",
	"job.suspend":                       "false",
	"job.podReplacementPolicy":          "TerminatingOrFailed",
	"pod.restartPolicy":                 "Always",
	"pod.terminationGracePeriodSeconds": "30",
	"cron.concurrencyPolicy":            "Allow",
	"cron.suspend":                      "false",
	"cron.successfulJobsHistoryLimit":   "3",
	"cron.failedJobsHistoryLimit":       "1",
}

// standard is the default of a field here, or empty.
func (p *place) standard(field string) string {
	switch field {
	case "job.completions":
		// Without either there is one of both; with parallelism alone any
		// success will do.
		if p.text(p.job+".parallelism") == "" {
			return "1"
		}
		return ""
	case "job.backoffLimit":
		if p.text(p.job+".backoffLimitPerIndex") != "" {
			return "2147483647"
		}
	case "job.podReplacementPolicy":
		if n, _ := fieldpath.Find(p.root, p.job+".podFailurePolicy"); n != nil {
			return "Failed"
		}
	}
	return defaults[field]
}

// field describes a field by the name that rules use and its path.
func (p *place) field(name, path, container string) *Field {
	_, line := fieldpath.Find(p.root, path)
	f := &Field{Object: p.kind + "/" + p.name, Path: path, Line: line}
	value, ok := p.value(name, container)
	if !ok {
		value, f.Absent = p.standard(name), true
	}
	f.Value = value
	return f
}

// compare notes what the lab's own manifest says instead.
func (f *Field) compare(was *place, name, container string) {
	if was == nil || was.path(name, container) == "" {
		return
	}
	value, ok := was.value(name, container)
	switch {
	case ok == !f.Absent && value == f.Value, !ok && f.Absent:
	case ok:
		f.Was = value
	default:
		f.Was, f.WasAbsent = was.standard(name), true
	}
}

// changed says that the learner changed the field; nothing if they did not.
func (f *Field) changed() words {
	name := f.Path[strings.LastIndexByte(f.Path, '.')+1:]
	switch {
	case f.WasAbsent:
		return words{
			fmt.Sprintf("You added `%s` (line %d).", name, f.Line),
			fmt.Sprintf("직접 추가한 필드: `%s` (%d행).", name, f.Line),
		}
	case f.Was == "":
		return words{}
	case f.Absent:
		return words{
			fmt.Sprintf("You removed `%s`, which was `%s` in the lab.", name, f.Was),
			fmt.Sprintf("직접 지운 필드: `%s` (실습에서는 `%s`).", name, f.Was),
		}
	}
	return words{
		fmt.Sprintf("You changed `%s` (line %d): it was `%s` in the lab.", name, f.Line, f.Was),
		fmt.Sprintf("직접 바꾼 필드: `%s` (%d행, 실습에서는 `%s`).", name, f.Line, f.Was),
	}
}
