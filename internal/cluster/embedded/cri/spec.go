package cri

import (
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox"
	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// defaultPath is the PATH that containerd gives to an image that sets none.
const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// argv is what the container runs. See the table in Kubernetes' "Define a
// Command and Arguments for a Container": a command makes the image's own
// entrypoint and arguments count for nothing.
func argv(config *runtimeapi.ContainerConfig, image sandbox.Image) []string {
	entrypoint, args := config.GetCommand(), config.GetArgs()
	if len(entrypoint) == 0 {
		entrypoint = image.Entrypoint
		if len(args) == 0 {
			args = image.Cmd
		}
	}
	return slices.Concat(entrypoint, args)
}

// environment is the container's whole environment: a PATH, what the image
// sets, HOSTNAME, what the pod sets. The later wins, and a name is there once.
func environment(config *runtimeapi.ContainerConfig, image sandbox.Image, hostname string) []string {
	all := append([]string{defaultPath}, image.Env...)
	all = append(all, "HOSTNAME="+hostname)
	for _, e := range config.GetEnvs() {
		all = append(all, e.GetKey()+"="+string(e.GetValue()))
	}
	at := make(map[string]int, len(all))
	env := all[:0]
	for _, pair := range all {
		name, _, _ := strings.Cut(pair, "=")
		if i, ok := at[name]; ok {
			env[i] = pair
			continue
		}
		at[name] = len(env)
		env = append(env, pair)
	}
	return env
}

func (r *Runtime) mounts(config *runtimeapi.ContainerConfig) []sandbox.Mount {
	list := make([]sandbox.Mount, 0, len(config.GetMounts()))
	for _, m := range config.GetMounts() {
		list = append(list, sandbox.Mount{
			Source: m.GetHostPath(), Target: m.GetContainerPath(), ReadOnly: m.GetReadonly(),
			Memory: r.inMemory != nil && r.inMemory(m.GetHostPath()),
		})
	}
	return list
}

// stopSignal is the signal that a pod asks to be stopped with. Signals that not
// every system has, and none, become SIGTERM.
func stopSignal(s runtimeapi.Signal) syscall.Signal {
	if signal := unix.SignalNum(strings.TrimPrefix(s.String(), "SIGNAL_")); signal != 0 {
		return signal
	}
	return syscall.SIGTERM
}

// user is whom the container's programs run as: root unless the pod says
// otherwise.
func user(security *runtimeapi.LinuxContainerSecurityContext) filetree.User {
	u := filetree.User{UID: uint32(security.GetRunAsUser().GetValue()), GID: uint32(security.GetRunAsGroup().GetValue())}
	for _, group := range security.GetSupplementalGroups() {
		u.Groups = append(u.Groups, uint32(group))
	}
	return u
}
