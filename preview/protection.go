package preview

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// protecting are the properties that keep a resource from being deleted, or its
// data from going with it, and the value that does.
var protecting = map[string]any{
	"deletionProtection":        true,
	"enableDeletionProtection":  true,
	"deletionProtectionEnabled": true,
	"disableApiTermination":     true,
	"forceDestroy":              false,
	"forceDelete":               false,
	"skipFinalSnapshot":         false,
	"deleteAutomatedBackups":    false,
}

// pulumiProtects is the name of the protection that is Pulumi's own.
const pulumiProtects = "protect"

// Protection is a resource that stands with fewer protections than the program
// gives it, and what a plan puts back: an earlier run has lifted it and ended
// before the resource was gone, or somebody did so by hand.
type Protection struct {
	URN  string `json:"urn"`
	Type string `json:"type"`
	Name string `json:"name"`
	// Restored are the properties that protect again, "protect" for Pulumi's own.
	Restored []string `json:"restored"`
}

// Protections are what a plan puts back, sorted by name.
func Protections(steps []Step) []Protection {
	var out []Protection
	for _, s := range steps {
		if back := restored(s); len(back) > 0 {
			out = append(out, Protection{URN: s.URN, Type: s.Type, Name: s.Name, Restored: back})
		}
	}
	slices.SortFunc(out, func(a, b Protection) int { return strings.Compare(a.Name+a.URN, b.Name+b.URN) })
	return out
}

// restored are the protections that a step gives to a resource which stays.
func restored(s Step) (back []string) {
	if s.Op != Same && s.Op != Update {
		return nil
	}
	if !s.Protect && s.Protects {
		back = append(back, pulumiProtects)
	}
	for _, key := range slices.Sorted(maps.Keys(protecting)) {
		was, had := s.Old[key]
		if had && !reflect.DeepEqual(was, protecting[key]) && reflect.DeepEqual(s.New[key], protecting[key]) {
			back = append(back, key)
		}
	}
	return back
}

// String names the resource and what protects it again.
func (p Protection) String() string {
	return fmt.Sprintf("%s (%s)", p.Name, strings.Join(p.Restored, ", "))
}
