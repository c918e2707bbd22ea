//go:build !embed_sandbox

package sandbox

// executable is empty: containers run in this program, executed again.
var executable []byte
