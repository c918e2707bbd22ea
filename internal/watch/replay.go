package watch

import (
	"context"
	"slices"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// maxReplay is how many versions are looked at one by one.
const maxReplay = 200

// replay returns the lists of a resource at each version after one and before
// another, in order, without those in which nothing has changed. It reports false
// if they cannot all be had.
//
// An API server that was restarted cannot resume a watch, since its cache begins
// with the newest version, but it still lists at older ones, which etcd keeps for
// some minutes. There are few of them, since nothing changes while the API server
// is away. If versions are not the numbers that they are in etcd, such a list
// fails.
func (h *Hub) replay(ctx context.Context, res *resource, after, before string) (lists [][]object, ok bool) {
	from, err := strconv.ParseUint(after, 10, 64)
	if err != nil {
		return nil, false
	}
	to, err := strconv.ParseUint(before, 10, 64)
	if err != nil || to < from || to-from > maxReplay {
		return nil, false
	}
	var last []object
	for version := from + 1; version < to; version++ {
		listed, _, err := res.list(ctx, metav1.ListOptions{
			ResourceVersion:      strconv.FormatUint(version, 10),
			ResourceVersionMatch: metav1.ResourceVersionMatchExact,
		})
		if err != nil {
			h.log.Debug("list at a version", "resource", res.name, "version", version, "err", err)
			return nil, false
		}
		sortByVersion(listed)
		if version == from+1 || !slices.EqualFunc(listed, last, sameVersion) {
			lists = append(lists, listed)
		}
		last = listed
	}
	return lists, true
}

// sameVersion reports whether two objects are the same in the same version.
func sameVersion(a, b object) bool {
	return a.GetUID() == b.GetUID() && a.GetResourceVersion() == b.GetResourceVersion()
}
