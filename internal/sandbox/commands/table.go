package commands

// table has each command by the name of its program. Shells are not among
// them: they belong to package container.
var table = map[string]Func{
	"true":   func(ctxT, *Call) int { return 0 },
	"false":  func(ctxT, *Call) int { return 1 },
	"sleep":  sleep,
	"cat":    cat,
	"echo":   echo,
	"kill":   kill,
	"printf": printf,
}
