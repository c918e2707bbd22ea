package awk

import "regexp"

// Expressions.
type (
	expr any

	numberLit struct{ v value }
	stringLit struct{ v value }
	regexLit  struct{ re *regexp.Regexp }
	group     struct{ list []expr } // parenthesised; more than one is an index or the arguments of print
	variable  struct{ cell *cell }
	local     struct{ at int }
	field     struct{ index expr }
	subscript struct {
		array expr // variable or local
		index []expr
	}
	unary struct {
		op string
		x  expr
	}
	binary struct {
		op   string
		x, y expr
	}
	match struct {
		x, re expr
		not   bool
	}
	concat      struct{ x, y expr }
	conditional struct{ test, yes, no expr }
	membership  struct {
		index []expr
		array expr
	}
	assign struct {
		to, from expr
		op       string // "" or the operator before the equals sign
	}
	increment struct {
		of     expr
		by     float64
		prefix bool
	}
	call struct {
		fn   *function
		args []expr
	}
	builtinCall struct {
		builtin *builtin
		args    []expr
	}
	getline struct {
		to      expr // nil: the record
		command expr
		file    expr
	}
)

// Statements.
type (
	stmt any

	exprStmt  struct{ x expr }
	printStmt struct {
		args   []expr
		format bool   // printf
		op     string // ">", ">>", "|" or ""
		dest   expr
	}
	ifStmt struct {
		test    expr
		yes, no []stmt
	}
	loopStmt struct { // for and while; test may be nil
		init, post stmt
		test       expr
		body       []stmt
		bodyFirst  bool // do … while
	}
	forIn struct {
		name  expr
		array expr
		body  []stmt
	}
	blockStmt  struct{ body []stmt }
	deleteStmt struct {
		array expr
		index []expr // nil: the whole array
	}
	returnStmt struct{ x expr }
	exitStmt   struct{ x expr }
	jump       struct{ to control } // break, continue, next, nextfile
)

// control is how a statement ended.
type control int

const (
	normal control = iota
	breaking
	continuing
	nextRecord
	nextFile
	returning
	exiting
)
