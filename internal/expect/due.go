package expect

// due is a time at which a gap is decided if nothing comes before: the i-th of
// the check, or of the pod where pods have several.
type due struct {
	t      float64
	pod, i int
}

// dues are a heap: the first is the earliest. Those that were decided meanwhile
// are dropped when they come to the top. Unlike those of container/heap, its
// methods allocate nothing but the space for what they add.
type dues []due

func (d *dues) add(x due) {
	*d = append(*d, x)
	h := *d
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if h[parent].t <= h[i].t {
			return
		}
		h[parent], h[i] = h[i], h[parent]
		i = parent
	}
}

// drop takes out the first.
func (d *dues) drop() {
	h := *d
	last := len(h) - 1
	h[0] = h[last]
	h = h[:last]
	*d = h
	for i := 0; ; {
		least := i
		for _, child := range [...]int{2*i + 1, 2*i + 2} {
			if child < last && h[child].t < h[least].t {
				least = child
			}
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}
