package query

import (
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// done is the steps that have been done, as a map from each step that there may
// be to whether it has been.
type doneMap struct{ traits.Mapper }

// done returns what expressions see of the steps that have been done.
func done(steps map[string]bool) ref.Val {
	return doneMap{types.NewDynamicMap(types.DefaultTypeAdapter, steps)}
}

// Find returns false for a step that has not been done.
func (m doneMap) Find(key ref.Val) (ref.Val, bool) {
	if v, found := m.Mapper.Find(key); found {
		return v, true
	}
	return types.False, true
}

// Get is like Find.
func (m doneMap) Get(key ref.Val) ref.Val {
	v, _ := m.Find(key)
	return v
}
