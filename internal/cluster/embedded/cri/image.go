package cri

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"
	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/joblab/joblab/internal/sandbox"
)

// Images implements the kubelet's ImageManagerService over the sandbox's
// catalogue: an image in it is present, any other cannot be pulled.
type Images struct {
	disk func() (Disk, error)
}

var _ internalapi.ImageManagerService = (*Images)(nil)

// Disk is the file system that holds the containers.
type Disk struct {
	Mountpoint string
	UsedBytes  uint64
	UsedInodes uint64
}

// NewImages returns the image service. It asks disk what the file system that
// holds the containers looks like, each time that the kubelet wants to know.
func NewImages(disk func() (Disk, error)) *Images { return &Images{disk: disk} }

// ListImages returns the catalogue, or the one image that filter names.
func (i *Images) ListImages(_ context.Context, filter *runtimeapi.ImageFilter) ([]*runtimeapi.Image, error) {
	if name := filter.GetImage().GetImage(); name != "" {
		image, ok := findImage(filter.GetImage())
		if !ok {
			return nil, nil
		}
		return []*runtimeapi.Image{imageStatus(image)}, nil
	}
	var list []*runtimeapi.Image
	for _, image := range sandbox.Images() {
		list = append(list, imageStatus(image))
	}
	return list, nil
}

// ImageStatus returns the image, or a response without one if it is not in the catalogue.
func (i *Images) ImageStatus(_ context.Context, spec *runtimeapi.ImageSpec, _ bool) (*runtimeapi.ImageStatusResponse, error) {
	image, ok := findImage(spec)
	if !ok {
		return &runtimeapi.ImageStatusResponse{}, nil
	}
	return &runtimeapi.ImageStatusResponse{Image: imageStatus(image)}, nil
}

// PullImage returns the ID of an image of the catalogue. For any other the error
// begins as containerd's does and then says what can be had instead.
func (i *Images) PullImage(_ context.Context, spec *runtimeapi.ImageSpec, _ *runtimeapi.AuthConfig, _ *runtimeapi.PodSandboxConfig) (string, error) {
	if image, ok := findImage(spec); ok {
		return image.ID, nil
	}
	name := spec.GetImage()
	if ref, err := reference.ParseDockerRef(name); err == nil {
		name = ref.String()
	}
	return "", fmt.Errorf("failed to pull and unpack image %q: failed to resolve reference %q: "+
		"the embedded cluster pulls nothing and knows only these images: %s (any tag); -cluster kind runs any image",
		name, name, strings.Join(families(), ", "))
}

// RemoveImage always fails.
func (i *Images) RemoveImage(context.Context, *runtimeapi.ImageSpec) error {
	return errors.New("the embedded cluster's images are part of the program and cannot be removed")
}

// ImageFsInfo reports one file system for images and containers alike.
func (i *Images) ImageFsInfo(context.Context) (*runtimeapi.ImageFsInfoResponse, error) {
	disk, err := i.disk()
	if err != nil {
		return nil, fmt.Errorf("image file system: %w", err)
	}
	usage := []*runtimeapi.FilesystemUsage{{
		Timestamp:  time.Now().UnixNano(),
		FsId:       &runtimeapi.FilesystemIdentifier{Mountpoint: disk.Mountpoint},
		UsedBytes:  &runtimeapi.UInt64Value{Value: disk.UsedBytes},
		InodesUsed: &runtimeapi.UInt64Value{Value: disk.UsedInodes},
	}}
	return &runtimeapi.ImageFsInfoResponse{ImageFilesystems: usage, ContainerFilesystems: usage}, nil
}

// Close does nothing: there is no connection to close.
func (i *Images) Close(context.Context) error { return nil }

// findImage finds an image by the name that the pod gave, by another name or by its ID.
func findImage(spec *runtimeapi.ImageSpec) (sandbox.Image, bool) {
	for _, name := range []string{spec.GetUserSpecifiedImage(), spec.GetImage()} {
		if name == "" {
			continue
		}
		if image, ok := sandbox.Lookup(name); ok {
			return image, true
		}
	}
	for _, image := range sandbox.Images() {
		if image.ID == spec.GetImage() {
			return image, true
		}
	}
	return sandbox.Image{}, false
}

func imageStatus(image sandbox.Image) *runtimeapi.Image {
	return &runtimeapi.Image{
		Id:          image.ID,
		RepoTags:    []string{image.Ref},
		RepoDigests: []string{repoDigest(image)},
		Size:        image.Size,
		Spec:        &runtimeapi.ImageSpec{Image: image.Ref},
		Pinned:      true,
		Uid:         &runtimeapi.Int64Value{Value: 0},
	}
}

// repoDigest is the image's name with its digest in place of the tag.
func repoDigest(image sandbox.Image) string {
	name := image.Ref
	if ref, err := reference.ParseDockerRef(name); err == nil {
		name = ref.Name()
	}
	return name + "@" + image.ID
}

// families are the catalogue's images by their last name, without tag: "busybox", "centos".
func families() []string {
	var names []string
	for _, image := range sandbox.Images() {
		name := image.Ref
		if ref, err := reference.ParseDockerRef(name); err == nil {
			name = path.Base(ref.Name())
		}
		names = append(names, name)
	}
	slices.SortFunc(names, cmp.Compare[string])
	return slices.Compact(names)
}
