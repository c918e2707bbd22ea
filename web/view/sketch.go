package view

import (
	"fmt"
	"strings"

	"github.com/joblab/joblab/internal/timeline"
)

// The size of a sketch in its own units, and how many lanes it has room for.
const (
	sketchWidth  = 104
	sketchHeight = 30
	sketchLanes  = 8
	sketchBar    = 6.0
)

// Sketch is how a recorded run looks from afar: a bar for each state of each pod.
type Sketch []SketchBar

// SketchBar is one of its bars; Look is the class of its state.
type SketchBar struct {
	X, Y, Width, Height float64
	Look                string
}

// NewSketch draws the first lanes of a run that took so many seconds.
func NewSketch(v timeline.View, end float64) Sketch {
	lanes := v.Lanes[:min(len(v.Lanes), sketchLanes)]
	if len(lanes) == 0 || end <= 0 {
		return nil
	}
	pitch := min(sketchHeight/float64(len(lanes)), sketchBar+4)
	height := max(2, min(sketchBar, pitch-1.2))
	top := (sketchHeight - pitch*float64(len(lanes)-1) - height) / 2
	var bars Sketch
	for i, lane := range lanes {
		for _, s := range lane.Segments {
			to := end
			if s.To != nil {
				to = min(*s.To, end)
			}
			x := s.From / end * sketchWidth
			bars = append(bars, SketchBar{X: x, Y: top + pitch*float64(i), Width: max(1.2, (to-s.From)/end*sketchWidth-0.6), Height: height, Look: lookOf(s.Status)})
		}
	}
	return bars
}

// lookOf is the class of a STATUS, as static/src/status.ts has it.
func lookOf(status string) string {
	switch status = strings.TrimPrefix(status, "Init:"); status {
	case "Pending", "SchedulingGated":
		return "pending"
	case "ContainerCreating", "PodInitializing":
		return "creating"
	case "Running", "NotReady":
		return "running"
	case "Completed", "Succeeded":
		return "completed"
	case "Terminating":
		return "terminating"
	case "Unknown":
		return "unknown"
	}
	switch {
	case strings.HasSuffix(status, "BackOff"):
		return "backoff"
	case strings.Contains(status, "/"):
		return "creating"
	}
	return "error"
}

func units(n float64) string {
	return strings.TrimSuffix(strings.TrimSuffix(fmt.Sprintf("%.1f", n), "0"), ".")
}
