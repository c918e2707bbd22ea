package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

// version is set by the linker (make build).
var version string

func printVersion(_ context.Context, args []string, stdout, stderr io.Writer) error {
	if _, err := parse(newFlags("version", "", stderr), args, 0, ""); err != nil {
		return err
	}
	kubernetes := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == "k8s.io/kubernetes" {
				kubernetes = dep.Version
			}
		}
	}
	_, err := fmt.Fprintf(stdout, "joblab %s\nKubernetes %s (embedded)\n%s %s/%s\n", ownVersion(), kubernetes, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// ownVersion is the program's, that of its module if the linker was told none.
func ownVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		return info.Main.Version
	}
	return version
}
