//go:build race

package container

// shadow is how many bytes the process has for a byte of its data: the race
// detector keeps some for each.
const shadow = 8
