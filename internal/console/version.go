package console

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

// newVersion makes kubectl version. kubectl's own reads its version from what its
// linker was told, which this program's is not.
func newVersion(s *session) *cobra.Command {
	return &cobra.Command{Use: "version", Run: func(_ *cobra.Command, args []string) {
		if len(args) > 0 {
			cmdutil.CheckErr(fmt.Errorf("extra arguments: %v", args))
		}
		fmt.Fprintf(s.streams.Out, "Client Version: %s\n", clientVersion())
		server, err := s.client.discovery.ServerVersion()
		cmdutil.CheckErr(err)
		fmt.Fprintf(s.streams.Out, "Server Version: %s\n", server.GitVersion)
	}}
}

// clientVersion is the release of kubectl whose code this is: k8s.io/kubectl
// v0.37.2 is of v1.37.2.
func clientVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if rest, ok := strings.CutPrefix(module.Version, "v0."); ok && module.Path == "k8s.io/kubectl" {
				return "v1." + rest
			}
		}
	}
	return "unknown"
}
