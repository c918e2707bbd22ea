// Package suite is the test binary with Kubernetes' own end-to-end specs, as
// k8s.io/kubernetes/test/e2e has them. It is built with the tag e2e only: its
// dependencies take minutes to compile. Package e2e says which specs are run.
package suite
