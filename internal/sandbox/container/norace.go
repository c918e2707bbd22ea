//go:build !race

package container

// shadow is how many bytes the process has for a byte of its data.
const shadow = 1
