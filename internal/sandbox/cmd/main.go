// Command cmd is the small executable that containers of the embedded cluster
// run in. Only package sandbox starts it.
package main

import "github.com/joblab/joblab/internal/sandbox/container"

func main() { container.Main(nil) }
