package preview

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// keys returns the property paths that matter for the change, and all that
// change. The detailed diff is preferred because it names whole paths; without
// one there are only the names of properties.
func keys(op Op, mds []apitype.StepEventMetadata) (matter, changed []string) {
	if op != Update && op != Replace {
		return []string{}, []string{}
	}
	all, forcing := map[string]bool{}, map[string]bool{}
	for _, md := range mds {
		collect(md, all, forcing)
	}
	changed = sorted(all)
	if op == Replace && len(forcing) > 0 {
		return sorted(forcing), changed
	}
	return changed, changed
}

func collect(md apitype.StepEventMetadata, all, forcing map[string]bool) {
	detailed := false
	for path, d := range md.DetailedDiff {
		all[path] = true
		if strings.HasSuffix(string(d.Kind), "-replace") {
			forcing[path], detailed = true, true
		}
	}
	if md.DetailedDiff == nil {
		for _, k := range md.Diffs {
			all[k] = true
		}
	}
	for _, k := range md.Keys {
		if !detailed {
			forcing[k] = true
		}
		if md.DetailedDiff == nil {
			all[k] = true
		}
	}
}

func sorted(set map[string]bool) []string {
	out := slices.Sorted(maps.Keys(set))
	if out == nil {
		return []string{}
	}
	return out
}

// tagsOnly reports whether an update changes nothing but tags. Every climb
// does, because each resource carries the stage it stands on.
func tagsOnly(s Step) bool {
	if s.Op != Update || len(s.Changed) == 0 {
		return false
	}
	return !slices.ContainsFunc(s.Changed, func(path string) bool {
		root := PropertyOf(path)
		return root != "tags" && root != "tagsAll"
	})
}

// PropertyOf is the first name of a property path.
func PropertyOf(path string) string {
	if i := strings.IndexAny(path, ".["); i > 0 {
		return path[:i]
	}
	return path
}
