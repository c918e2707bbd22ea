package expect

import "container/heap"

// due is a time at which a gap is decided if nothing comes before: the i-th of
// the check, or of the pod where pods have several.
type due struct {
	t      float64
	pod, i int
}

// dues are in the order of a heap, by time. Those that were decided meanwhile are
// dropped when they come to the top.
type dues []due

func (d dues) Len() int           { return len(d) }
func (d dues) Less(i, j int) bool { return d[i].t < d[j].t }
func (d dues) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }
func (d *dues) Push(x any)        { *d = append(*d, x.(due)) }

func (d *dues) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	*d = (*d)[:last]
	return x
}

func (d *dues) add(x due) { heap.Push(d, x) }
func (d *dues) drop()     { heap.Pop(d) }
