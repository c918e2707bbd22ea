package main

import (
	"bytes"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/joblab/joblab/internal/lab"
)

// imagesOf are the images of the labs' containers.
func imagesOf(labs []*lab.Lab) []string {
	var images []string
	for _, l := range labs {
		decoder := yaml.NewDecoder(bytes.NewReader(l.Manifest))
		for {
			var object any
			if decoder.Decode(&object) != nil {
				break // the end: labs are checked when they are read
			}
			images = appendImages(images, object)
		}
	}
	slices.Sort(images)
	return slices.Compact(images)
}

// appendImages appends the images of the containers that are anywhere in value.
func appendImages(images []string, value any) []string {
	switch v := value.(type) {
	case []any:
		for _, element := range v {
			images = appendImages(images, element)
		}
	case map[string]any:
		for key, element := range v {
			if image, ok := element.(string); ok && key == "image" {
				images = append(images, image)
			}
			images = appendImages(images, element)
		}
	}
	return images
}
