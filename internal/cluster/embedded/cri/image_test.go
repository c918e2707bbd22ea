package cri

import (
	"strings"
	"testing"

	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func TestImages(t *testing.T) {
	t.Parallel()
	images := NewImages(nil)
	spec := func(name string) *runtimeapi.ImageSpec { return &runtimeapi.ImageSpec{Image: name} }

	t.Run("an image of the catalogue is present by every name", func(t *testing.T) {
		byName, err := images.ImageStatus(t.Context(), spec("centos:7"), false)
		if err != nil || byName.GetImage() == nil {
			t.Fatalf("got %v, %v, want an image", byName, err)
		}
		for _, name := range []string{"docker.io/library/centos:7", byName.GetImage().GetId()} {
			got, err := images.ImageStatus(t.Context(), spec(name), false)
			if err != nil || got.GetImage().GetId() != byName.GetImage().GetId() {
				t.Errorf("%s: got %v, %v, want image %s", name, got.GetImage(), err, byName.GetImage().GetId())
			}
		}
		if id, err := images.PullImage(t.Context(), spec("centos:7"), nil, nil); id != byName.GetImage().GetId() || err != nil {
			t.Errorf("pull: got %s, %v", id, err)
		}
	})
	t.Run("any other is absent and cannot be pulled", func(t *testing.T) {
		got, err := images.ImageStatus(t.Context(), spec("nosuchimage-muzzi:7"), false)
		if err != nil || got.GetImage() != nil {
			t.Errorf("got %v, %v, want no image", got.GetImage(), err)
		}
		_, err = images.PullImage(t.Context(), spec("nosuchimage-muzzi:7"), nil, nil)
		if err == nil {
			t.Fatal("it was pulled")
		}
		for _, want := range []string{
			`failed to pull and unpack image "docker.io/library/nosuchimage-muzzi:7": `,
			"embedded cluster", "busybox", "centos", "-cluster kind",
		} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error %q does not say %q", err, want)
			}
		}
	})
}
