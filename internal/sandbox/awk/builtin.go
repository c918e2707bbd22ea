package awk

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

type builtin struct {
	min, max int // number of arguments
	fn       func(in *interp, args []expr) value
}

func math1(f func(float64) float64) *builtin {
	return &builtin{1, 1, func(in *interp, args []expr) value { return num(f(in.eval(args[0]).num())) }}
}

func text1(f func(string) string) *builtin {
	return &builtin{1, 1, func(in *interp, args []expr) value { return str(f(in.text1(args[0]))) }}
}

var builtins = map[string]*builtin{
	"sin": math1(math.Sin), "cos": math1(math.Cos), "exp": math1(math.Exp), "log": math1(math.Log), "sqrt": math1(math.Sqrt), "int": math1(math.Trunc),
	"tolower": text1(strings.ToLower), "toupper": text1(strings.ToUpper),
	"atan2": {2, 2, func(in *interp, args []expr) value {
		y := in.eval(args[0]).num()
		return num(math.Atan2(y, in.eval(args[1]).num()))
	}},
	"rand":    {0, 0, func(in *interp, _ []expr) value { return num(in.random.Float64()) }},
	"srand":   {0, 1, (*interp).srand},
	"length":  {0, 1, (*interp).length},
	"index":   {2, 2, (*interp).indexOf},
	"substr":  {2, 3, (*interp).substr},
	"split":   {2, 3, (*interp).splitInto},
	"sub":     {2, 3, func(in *interp, args []expr) value { return in.substitute(args, false) }},
	"gsub":    {2, 3, func(in *interp, args []expr) value { return in.substitute(args, true) }},
	"gensub":  {3, 4, (*interp).gensub},
	"match":   {2, 3, (*interp).matchAt},
	"sprintf": {1, math.MaxInt, (*interp).sprintf},
	"system": {1, 1, func(in *interp, args []expr) value {
		return num(float64(in.cfg.Command(in.ctx, in.text1(args[0]), nil, nil)))
	}},
	"close":    {1, 1, func(in *interp, args []expr) value { return num(float64(in.close(in.text1(args[0])))) }},
	"fflush":   {0, 1, func(*interp, []expr) value { return num(0) }},
	"systime":  {0, 0, func(*interp, []expr) value { return num(float64(time.Now().Unix())) }},
	"strftime": {0, 2, (*interp).strftime},
}

func (in *interp) text1(x expr) string { return in.eval(x).str(in.convfmt()) }

func (in *interp) srand(args []expr) value {
	old := in.seed
	in.seed = float64(time.Now().Unix())
	if len(args) > 0 {
		in.seed = in.eval(args[0]).num()
	}
	in.random = rand.New(rand.NewPCG(math.Float64bits(in.seed), 0))
	return num(old)
}

func (in *interp) length(args []expr) value {
	if len(args) == 0 {
		return num(float64(utf8.RuneCountInString(in.record())))
	}
	switch args[0].(type) {
	case variable, local:
		if c := in.cell(args[0]); c.arr != nil || c.from != nil && c.from.arr != nil {
			return num(float64(len(c.array().elems)))
		}
	}
	return num(float64(utf8.RuneCountInString(in.text1(args[0]))))
}

func (in *interp) indexOf(args []expr) value {
	s := in.text1(args[0])
	i := strings.Index(s, in.text1(args[1]))
	if i < 0 {
		return num(0)
	}
	return num(float64(utf8.RuneCountInString(s[:i]) + 1))
}

func (in *interp) substr(args []expr) value {
	runes := []rune(in.text1(args[0]))
	start := math.RoundToEven(in.eval(args[1]).num())
	end := math.Inf(1)
	if len(args) > 2 {
		end = start + math.RoundToEven(in.eval(args[2]).num())
	}
	start, end = max(start, 1), min(end, float64(len(runes)+1))
	if !(start < end) {
		return str("")
	}
	return str(string(runes[int(start)-1 : int(end)-1]))
}

func (in *interp) splitInto(args []expr) value {
	s := in.text1(args[0])
	var parts []string
	switch {
	case len(args) < 3:
		parts = in.splitBy(s, in.fs.v.str(in.convfmt()))
	case s == "":
	default:
		if lit, ok := args[2].(regexLit); ok {
			parts = lit.re.Split(s, -1)
		} else {
			parts = in.splitBy(s, in.text1(args[2]))
		}
	}
	arr := in.cell(args[1]).array()
	arr.clear()
	for i, part := range parts {
		arr.set(strconv.Itoa(i+1), outside(part))
	}
	return num(float64(len(parts)))
}

// substitute is sub and gsub.
func (in *interp) substitute(args []expr, all bool) value {
	re := in.regex(args[0])
	repl := in.text1(args[1])
	var to expr = field{numberLit{num(0)}}
	if len(args) > 2 {
		to = args[2]
	}
	limit := 1
	if all {
		limit = math.MaxInt
	}
	s, n := replace(re, in.text1(to), repl, 1, limit, false)
	if n > 0 && (assignable(to)) {
		in.set(to, str(s))
	}
	return num(float64(n))
}

func (in *interp) gensub(args []expr) value {
	how := in.eval(args[2])
	target := in.record()
	if len(args) > 3 {
		target = in.text1(args[3])
	}
	first, limit := max(1, int(how.num())), 1
	if s := how.str(in.convfmt()); strings.HasPrefix(strings.ToLower(s), "g") {
		first, limit = 1, math.MaxInt
	}
	s, _ := replace(in.regex(args[0]), target, in.text1(args[1]), first, limit, true)
	return str(s)
}

func (in *interp) matchAt(args []expr) value {
	s := in.text1(args[0])
	at := in.regex(args[1]).FindStringSubmatchIndex(s)
	if len(args) > 2 {
		arr := in.cell(args[2]).array()
		arr.clear()
		for i := 0; i+1 < len(at); i += 2 {
			if at[i] >= 0 {
				arr.set(strconv.Itoa(i/2), outside(s[at[i]:at[i+1]]))
			}
		}
	}
	start, length := 0, -1
	if at != nil {
		start = utf8.RuneCountInString(s[:at[0]]) + 1
		length = utf8.RuneCountInString(s[at[0]:at[1]])
	}
	in.rstart.v, in.rlength.v = num(float64(start)), num(float64(length))
	return in.rstart.v
}

func (in *interp) sprintf(args []expr) value {
	format := in.text1(args[0])
	vals := make([]value, len(args)-1)
	for i, x := range args[1:] {
		vals[i] = in.eval(x)
	}
	return str(sprintf(in.convfmt(), format, vals))
}

func (in *interp) strftime(args []expr) value {
	format, at := "%a %b %e %H:%M:%S %Z %Y", time.Now()
	if len(args) > 0 {
		format = in.text1(args[0])
	}
	if len(args) > 1 {
		at = time.Unix(int64(in.eval(args[1]).num()), 0)
	}
	return str(in.cfg.Strftime(format, at))
}
