package cri

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox"
)

// resolvConfPath is where a container finds its DNS settings.
const resolvConfPath = "/etc/resolv.conf"

// writeResolvConf mounts the pod's DNS settings into the container, as runtimes
// do, unless the pod mounts something there itself.
func (r *Runtime) writeResolvConf(c *container) error {
	dns := c.pod.config.GetDnsConfig()
	mounted := slices.ContainsFunc(c.spec.Mounts, func(m sandbox.Mount) bool { return m.Target == resolvConfPath })
	if dns == nil || mounted {
		return nil
	}
	file := filepath.Join(r.containerDir(c.id), "resolv.conf")
	if err := os.WriteFile(file, resolvConf(dns), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", resolvConfPath, err)
	}
	c.spec.Mounts = append(c.spec.Mounts, sandbox.Mount{Source: file, Target: resolvConfPath})
	return nil
}

// resolvConf is the text of a resolv.conf(5), in containerd's order.
func resolvConf(dns *runtimeapi.DNSConfig) []byte {
	var text bytes.Buffer
	if searches := dns.GetSearches(); len(searches) > 0 {
		fmt.Fprintf(&text, "search %s\n", strings.Join(searches, " "))
	}
	for _, server := range dns.GetServers() {
		fmt.Fprintf(&text, "nameserver %s\n", server)
	}
	if options := dns.GetOptions(); len(options) > 0 {
		fmt.Fprintf(&text, "options %s\n", strings.Join(options, " "))
	}
	return text.Bytes()
}
