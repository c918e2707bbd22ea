package filetree

// Mounts are the mounts of the tree, as they were made. A Source says nothing
// to a container: it is left out.
func (t *Tree) Mounts() []Mount {
	all := make([]Mount, len(t.mounts))
	for i, m := range t.mounts {
		all[i] = Mount{Target: m.Target, ReadOnly: m.ReadOnly, Memory: m.Memory}
	}
	return all
}
