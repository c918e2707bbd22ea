// Package labs holds the labs that are built into the program: data only. The
// directory NN-slug of a lab holds lab.yaml, the manifest, a guide in each
// language, and the recording of a real run; tracks.yaml names the tracks, and
// lab.schema.json tells editors what lab.yaml may hold. doc/labs.md says how to
// write one.
package labs

import "embed"

// FS is the root of the labs.
//
//go:embed tracks.yaml [0-9]*-*
var FS embed.FS

// Schema is the JSON Schema of lab.yaml.
//
//go:embed lab.schema.json
var Schema []byte
