// Package e2e says which of Kubernetes' own end-to-end specs are run against the
// embedded cluster, judges a run of them, and writes the part of doc/parity.md
// that is about them. Its command, in cmd, does the run; package suite is the
// test binary with the specs.
//
//   - specs.yaml is the only place where a spec is left out or expected to fail,
//     each with the reason.
//   - A run is as expected only if every selected spec passes, but for those that
//     the file lists; and of those, none.
//   - What is written has nothing in it that changes from run to run: no time, no
//     machine, no failure's text.
package e2e
