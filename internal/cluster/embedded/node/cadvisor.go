package node

import (
	"context"
	"time"

	cadvisorapi "github.com/google/cadvisor/lib/model"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/kubelet/cadvisor"
)

// statistics takes the place of cAdvisor, which reads cgroups that this node's
// containers do not have. The machine's own numbers are measured; containers'
// numbers come from package cri.
type statistics struct {
	machine   *machine
	podMemory func() uint64 // resident bytes of all containers
}

var _ cadvisor.Interface = (*statistics)(nil)

func (s *statistics) Start() error { return nil }

// MachineInfo returns the host's size and identity.
func (s *statistics) MachineInfo(klog.Logger) (*cadvisorapi.MachineInfo, error) {
	m := s.machine
	return &cadvisorapi.MachineInfo{
		NumCores:       m.cores,
		MemoryCapacity: m.memory,
		SwapCapacity:   m.swap,
		MachineID:      m.id,
		SystemUUID:     m.id,
		BootID:         m.boot,
	}, nil
}

// VersionInfo returns the host's kernel and operating system.
func (s *statistics) VersionInfo() (*cadvisorapi.VersionInfo, error) {
	return &cadvisorapi.VersionInfo{
		KernelVersion:      s.machine.kernel,
		ContainerOsVersion: s.machine.osImage,
	}, nil
}

// ContainerInfoV2 returns the cgroup that is asked for: all pods, or else the
// root, that is the machine. The kubelet's summary wants exactly one entry with
// one sample, and the eviction manager reports an error every ten seconds without it.
func (s *statistics) ContainerInfoV2(name string, _ cadvisorapi.RequestOptions) (map[string]cadvisorapi.ContainerInfo, error) {
	info, err := s.cgroup(name)
	if err != nil {
		return nil, err
	}
	return map[string]cadvisorapi.ContainerInfo{info.Name: *info}, nil
}

// GetRequestedContainersInfo is ContainerInfoV2 in another form.
func (s *statistics) GetRequestedContainersInfo(name string, _ cadvisorapi.RequestOptions) (map[string]*cadvisorapi.ContainerInfo, error) {
	info, err := s.cgroup(name)
	if err != nil {
		return nil, err
	}
	return map[string]*cadvisorapi.ContainerInfo{info.Name: info}, nil
}

func (s *statistics) cgroup(name string) (*cadvisorapi.ContainerInfo, error) {
	var used uint64
	if name == podsCgroup {
		used = s.podMemory()
	} else {
		name = "/"
		var err error
		if used, err = s.machine.usedMemory(); err != nil {
			return nil, err
		}
	}
	return &cadvisorapi.ContainerInfo{
		ContainerReference: cadvisorapi.ContainerReference{Name: name},
		Spec: cadvisorapi.ContainerSpec{
			HasMemory: true,
			Memory:    cadvisorapi.MemorySpec{Limit: s.machine.memory},
		},
		Stats: []*cadvisorapi.ContainerStats{{
			Timestamp: time.Now(),
			Memory:    &cadvisorapi.MemoryStats{Usage: used, WorkingSet: used},
		}},
	}, nil
}

// RootFsInfo, ImagesFsInfo and ContainerFsInfo are one file system: the one of the node's files.
func (s *statistics) RootFsInfo() (cadvisorapi.FsInfo, error) {
	return s.GetDirFsInfo(s.machine.root)
}

func (s *statistics) ImagesFsInfo(context.Context) (cadvisorapi.FsInfo, error) { return s.RootFsInfo() }

func (s *statistics) ContainerFsInfo(context.Context) (cadvisorapi.FsInfo, error) {
	return s.RootFsInfo()
}

// GetDirFsInfo returns the file system that holds path.
func (s *statistics) GetDirFsInfo(path string) (cadvisorapi.FsInfo, error) {
	fs, err := statFileSystem(path)
	if err != nil {
		return cadvisorapi.FsInfo{}, err
	}
	return cadvisorapi.FsInfo{
		Timestamp:  time.Now(),
		Device:     fs.device,
		Mountpoint: path,
		Capacity:   fs.capacity,
		Available:  fs.available,
		Usage:      fs.used,
		Inodes:     &fs.inodes,
		InodesFree: &fs.inodeFree,
	}, nil
}
