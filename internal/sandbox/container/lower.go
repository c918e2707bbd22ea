package container

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// lower rewrites a parsed script for what the interpreter lacks:
//
//   - $$, $!, $0 and $PPID are the container's, not the host process's;
//   - subshells are marked, since a signal to the shell is none to them; both
//     sides of a pipe are subshells;
//   - a background job is announced, so that it has a process id which kill
//     and wait know, and its end is recorded;
//   - <(S) and >(S) get their pipe from the file tree, since the interpreter
//     would make a FIFO on the host;
//   - tests of a file's owner, which would read the host's user database,
//     become tests of existence: every file belongs to the container's root.
//
// It also notes the names of functions, which take precedence over commands.
func (s *shell) lower(node syntax.Node) {
	var jobs []*syntax.Stmt
	var substs []*syntax.Word
	var subshells []*[]*syntax.Stmt
	var pipes []*syntax.BinaryCmd
	own := make(map[syntax.Node]bool) // subshells that are a job by themselves
	syntax.Walk(node, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.FuncDecl:
			if n.Name != nil {
				s.funcs.Store(n.Name.Value, true)
			}
		case *syntax.Stmt:
			if n.Background {
				jobs = append(jobs, n)
				own[n.Cmd] = true
			}
		case *syntax.Subshell:
			if !own[n] {
				subshells = append(subshells, &n.Stmts)
			}
		case *syntax.CmdSubst:
			if len(n.Stmts) != 1 || n.Stmts[0].Cmd != nil { // not $(<file)
				subshells = append(subshells, &n.Stmts)
			}
		case *syntax.BinaryCmd:
			if n.Op == syntax.Pipe || n.Op == syntax.PipeAll {
				pipes = append(pipes, n)
			}
		case *syntax.Word:
			if slices.ContainsFunc(n.Parts, isProcSubst) {
				substs = append(substs, n)
			}
		case *syntax.ParamExp:
			if n.Param == nil {
				break
			}
			switch n.Param.Value {
			case "$":
				n.Param.Value = varPID
			case "PPID":
				n.Param.Value = varPPID
			case "0":
				n.Param.Value = varZero
			case "!":
				n.Param.Value = varLast
			}
			n.Short = false
		case *syntax.UnaryTest:
			if n.Op == syntax.TsUsrOwn || n.Op == syntax.TsGrpOwn {
				n.Op = syntax.TsExists
			}
		}
		return true
	})
	for _, stmts := range subshells {
		if len(*stmts) > 0 {
			*stmts = append([]*syntax.Stmt{subshellMark((*stmts)[0].Position)}, *stmts...)
		}
	}
	for _, p := range pipes {
		p.X, p.Y = inSubshell(p.X), inSubshell(p.Y)
	}
	for _, job := range jobs {
		lowerJob(job)
	}
	for _, word := range substs {
		for i, part := range word.Parts {
			if ps, ok := part.(*syntax.ProcSubst); ok {
				word.Parts[i] = lowerProcSubst(ps)
			}
		}
	}
}

// subshellMark is "__joblab subshell $? && __joblab status 0": it marks the
// subshell and leaves $? as it was. In a list with && a failure does not
// trigger set -e.
func subshellMark(at syntax.Pos) *syntax.Stmt {
	return statement(at, &syntax.BinaryCmd{
		OpPos: at, Op: syntax.AndStmt,
		X: statement(at, words(at, lit(internal), lit("subshell"), param("?"))),
		Y: statement(at, words(at, lit(internal), lit("status"), lit("0"))),
	})
}

func inSubshell(st *syntax.Stmt) *syntax.Stmt {
	at := st.Position
	return statement(at, &syntax.Subshell{Lparen: at, Rparen: at, Stmts: []*syntax.Stmt{subshellMark(at), st}})
}

func isProcSubst(p syntax.WordPart) bool {
	_, ok := p.(*syntax.ProcSubst)
	return ok
}

// lowerProcSubst turns "<(S)" into
//
//	$(__joblab pipe; { S; } >$__joblab_pipe & __joblab pipe-name)
func lowerProcSubst(ps *syntax.ProcSubst) *syntax.CmdSubst {
	at := ps.OpPos
	redirect := func(op syntax.RedirOperator, name string) *syntax.Redirect {
		return &syntax.Redirect{OpPos: at, Op: op, Word: &syntax.Word{Parts: []syntax.WordPart{param(name)}}}
	}
	body := statement(at, &syntax.Block{Lbrace: at, Rbrace: at, Stmts: ps.Stmts})
	body.Background = true
	if ps.Op == syntax.CmdIn {
		body.Redirs = []*syntax.Redirect{redirect(syntax.RdrOut, varPipe)}
	} else {
		body.Redirs = []*syntax.Redirect{redirect(syntax.RdrIn, varPipe), redirect(syntax.RdrOut, varStdout)}
	}
	return &syntax.CmdSubst{Left: at, Right: at, Stmts: []*syntax.Stmt{
		statement(at, words(at, lit(internal), lit("pipe"))),
		body,
		statement(at, words(at, lit(internal), lit("pipe-name"))),
	}}
}

// lowerJob turns "S &" into
//
//	{ __joblab start TEXT; { __joblab_job=$__joblab_last __joblab_sub=; ( S ) && __joblab end 0 || __joblab end $?; } & }
func lowerJob(st *syntax.Stmt) {
	var text strings.Builder
	body := *st
	body.Background = false
	syntax.NewPrinter(syntax.SingleLine(true)).Print(&text, &body)
	call, simple := body.Cmd.(*syntax.CallExpr)
	kind := "start"
	if simple && len(call.Args) > 0 {
		kind = "start-simple"
	}
	at := st.Position
	end := func(status syntax.WordPart) *syntax.Stmt {
		return statement(at, words(at, lit(internal), lit("end"), status))
	}
	finish := &syntax.BinaryCmd{
		OpPos: at, Op: syntax.OrStmt,
		X: statement(at, &syntax.BinaryCmd{
			OpPos: at, Op: syntax.AndStmt,
			X: statement(at, &syntax.Subshell{Lparen: at, Rparen: at, Stmts: []*syntax.Stmt{&body}}),
			Y: end(lit("0")),
		}),
		Y: end(param("?")),
	}
	job := statement(at, &syntax.Block{Lbrace: at, Rbrace: at, Stmts: []*syntax.Stmt{
		statement(at, &syntax.CallExpr{Assigns: []*syntax.Assign{{
			Name: lit(varJob), Value: &syntax.Word{Parts: []syntax.WordPart{param(varLast)}},
		}, {
			Name: lit(varSub),
		}}}),
		statement(at, finish),
	}})
	job.Background = true
	*st = syntax.Stmt{Position: at, Comments: st.Comments, Cmd: &syntax.Block{Lbrace: at, Rbrace: at, Stmts: []*syntax.Stmt{
		statement(at, words(at, lit(internal), lit(kind), &syntax.SglQuoted{Value: text.String()})),
		job,
	}}}
}

func lit(s string) *syntax.Lit { return &syntax.Lit{Value: s} }

func param(name string) *syntax.ParamExp { return &syntax.ParamExp{Param: lit(name)} }

func words(at syntax.Pos, parts ...syntax.WordPart) *syntax.CallExpr {
	call := &syntax.CallExpr{}
	for _, p := range parts {
		if l, ok := p.(*syntax.Lit); ok {
			l.ValuePos, l.ValueEnd = at, at
		}
		call.Args = append(call.Args, &syntax.Word{Parts: []syntax.WordPart{p}})
	}
	return call
}

func statement(at syntax.Pos, cmd syntax.Command) *syntax.Stmt {
	return &syntax.Stmt{Position: at, Cmd: cmd}
}
