package cri

import (
	"context"
	"slices"
	"time"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox/filetree"
)

// ListContainers returns the containers that match every part of filter that is set.
func (r *Runtime) ListContainers(_ context.Context, filter *runtimeapi.ContainerFilter) ([]*runtimeapi.Container, error) {
	list := make([]*runtimeapi.Container, 0, 16)
	for _, c := range r.selectContainers(filter.GetId(), filter.GetPodSandboxId(), filter.GetLabelSelector()) {
		state := c.currentState()
		if want := filter.GetState(); want != nil && want.State != state {
			continue
		}
		list = append(list, &runtimeapi.Container{
			Id:           c.id,
			PodSandboxId: c.pod.id,
			Metadata:     c.config.GetMetadata(),
			Image:        c.imageSpec(),
			ImageRef:     c.image.ID,
			ImageId:      c.image.ID,
			State:        state,
			CreatedAt:    c.createdAt.UnixNano(),
			Labels:       c.config.GetLabels(),
			Annotations:  c.config.GetAnnotations(),
		})
	}
	return list, nil
}

// ContainerStatus returns everything that is known of a container. Times that
// are not known (a container that never started has no start) are 0, 1970 in the API.
// A container that was removed still has its last status for rememberTime.
func (r *Runtime) ContainerStatus(_ context.Context, id string, _ bool) (*runtimeapi.ContainerStatusResponse, error) {
	r.mu.Lock()
	c, last := r.containers[id], r.removed[id].status
	r.mu.Unlock()
	switch {
	case c != nil:
		return &runtimeapi.ContainerStatusResponse{Status: c.status()}, nil
	case last != nil:
		return &runtimeapi.ContainerStatusResponse{Status: last}, nil
	}
	return nil, notFound("container", id)
}

func (c *container) status() *runtimeapi.ContainerStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &runtimeapi.ContainerStatus{
		Id:          c.id,
		Metadata:    c.config.GetMetadata(),
		State:       c.state,
		CreatedAt:   c.createdAt.UnixNano(),
		StartedAt:   nanos(c.startedAt),
		FinishedAt:  nanos(c.finishedAt),
		ExitCode:    c.exitCode,
		Reason:      c.reason,
		Message:     c.message,
		Image:       c.imageSpec(),
		ImageRef:    repoDigest(c.image),
		ImageId:     repoDigest(c.image),
		Labels:      c.config.GetLabels(),
		Annotations: c.config.GetAnnotations(),
		Mounts:      c.config.GetMounts(),
		LogPath:     c.logPath,
		Resources:   c.resources,
		User: &runtimeapi.ContainerUser{
			Linux: linuxUser(c.spec.User),
		},
	}
}

// imageSpec names the image as containerd does in a status: by its full name.
func (c *container) imageSpec() *runtimeapi.ImageSpec {
	return &runtimeapi.ImageSpec{Image: c.image.Ref, UserSpecifiedImage: c.config.GetImage().GetUserSpecifiedImage()}
}

// selectContainers returns the containers that have this ID, pod and labels;
// what is empty does not select.
func (r *Runtime) selectContainers(id, podID string, labels map[string]string) []*container {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*container
	for _, c := range r.containers {
		if id != "" && id != c.id || podID != "" && podID != c.pod.id || !matches(labels, c.config.GetLabels()) {
			continue
		}
		list = append(list, c)
	}
	return list
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// linuxUser is whom a container runs as, for its status.
func linuxUser(u filetree.User) *runtimeapi.LinuxContainerUser {
	groups := []int64{int64(u.GID)}
	for _, group := range u.Groups {
		if g := int64(group); !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	return &runtimeapi.LinuxContainerUser{Uid: int64(u.UID), Gid: int64(u.GID), SupplementalGroups: groups}
}
