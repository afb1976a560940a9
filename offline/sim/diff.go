package sim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// change is one difference between old and new inputs.
type change struct {
	path resource.PropertyPath // with indices, as the engine shows it
	flat string                // without indices, as tables name it
	old  any
	new  any
}

// diff compares inputs property by property. filled names what the cloud fills
// in when the program does not say it, so that its absence is no change.
func (k *Kind) diff(old, new Props, filled map[string]bool, ignore []string) plugin.DiffResult {
	var changes []change
	for _, key := range keysOf(old, new) {
		if key == defaultsKey || slices.Contains(ignore, key) || (new[key] == nil && filled[key]) {
			continue
		}
		k.compare(resource.PropertyPath{key}, key, old[key], new[key], &changes)
	}
	if k.Ignore != nil {
		skip := k.Ignore(old, new)
		changes = slices.DeleteFunc(changes, func(c change) bool { return covers(skip, c.flat) })
	}
	if len(changes) == 0 {
		return plugin.DiffResult{Changes: plugin.DiffNone}
	}
	return k.result(old, new, changes)
}

func (k *Kind) result(old, new Props, changes []change) plugin.DiffResult {
	replaceOn := k.ReplaceOn
	if k.ReplaceWhen != nil {
		replaceOn = slices.Concat(replaceOn, k.ReplaceWhen(old, new))
	}
	res := plugin.DiffResult{Changes: plugin.DiffSome, DetailedDiff: map[string]plugin.PropertyDiff{}}
	for _, c := range changes {
		d := plugin.PropertyDiff{Kind: c.kind(), InputDiff: true}
		top := resource.PropertyKey(c.path[0].(string))
		if c.replaces(replaceOn) {
			d.Kind = d.Kind.AsReplace()
			res.ReplaceKeys = appendNew(res.ReplaceKeys, top)
		}
		res.ChangedKeys = appendNew(res.ChangedKeys, top)
		res.DetailedDiff[c.path.String()] = d
	}
	res.DeleteBeforeReplace = len(res.ReplaceKeys) > 0 && (k.DeleteFirst || k.keepsName(old, new))
	return res
}

// keepsName reports whether a replacement would have the very name that the old
// resource still holds: a name given by the program, and not changed.
func (k *Kind) keepsName(old, new Props) bool {
	if k.Name == nil || !new.Has(k.Name.property()) || wasDefault(new, k.Name.property()) {
		return false
	}
	return equal(old[k.Name.property()], new[k.Name.property()])
}

func (c change) kind() plugin.DiffKind {
	switch {
	case c.old == nil:
		return plugin.DiffAdd
	case c.new == nil:
		return plugin.DiffDelete
	}
	return plugin.DiffUpdate
}

// replaces reports whether a change lies at or under a path that forces a
// replacement, or brings or takes an object that holds such a path.
func (c change) replaces(replaceOn []string) bool {
	if covers(replaceOn, c.flat) {
		return true
	}
	for _, path := range replaceOn {
		rest, under := strings.CutPrefix(path, c.flat+".")
		if !under {
			continue
		}
		for _, side := range []any{c.old, c.new} {
			if len(values(side, strings.Split(rest, "."))) > 0 {
				return true
			}
		}
	}
	return false
}

// covers reports whether one of the paths is the given one or a parent of it.
func covers(paths []string, path string) bool {
	return slices.ContainsFunc(paths, func(p string) bool {
		return p == path || strings.HasPrefix(path, p+".")
	})
}

func (k *Kind) compare(path resource.PropertyPath, flat string, old, new any, out *[]change) {
	old, new = normal(old), normal(new)
	if equal(old, new) || (slices.Contains(k.JSON, flat) && sameJSON(old, new)) {
		return
	}
	om, oldIsMap := asMap(old)
	nm, newIsMap := asMap(new)
	if oldIsMap && newIsMap {
		for _, key := range keysOf(om, nm) {
			k.compare(extend(path, key), flat+"."+key, om[key], nm[key], out)
		}
		return
	}
	ol, oldIsList := old.([]any)
	nl, newIsList := new.([]any)
	if oldIsList && newIsList {
		if k.isSet(flat, ol, nl) {
			k.compareSets(path, flat, ol, nl, out)
			return
		}
		for i := range max(len(ol), len(nl)) {
			k.compare(extend(path, i), flat, at(ol, i), at(nl, i), out)
		}
		return
	}
	*out = append(*out, change{path: path, flat: flat, old: old, new: new})
}

// isSet reports whether a list compares without order: lists of strings, and
// the lists of objects that the table names.
func (k *Kind) isSet(flat string, lists ...[]any) bool {
	if slices.Contains(k.Ordered, flat) {
		return false
	}
	if slices.Contains(k.Sets, flat) {
		return true
	}
	for _, e := range slices.Concat(lists...) {
		switch e.(type) {
		case string, Unknown:
		default:
			return false
		}
	}
	return true
}

// compareSets reports the elements that came or went, at their own index.
func (k *Kind) compareSets(path resource.PropertyPath, flat string, old, new []any, out *[]change) {
	gone, come := without(old, new), without(new, old)
	if len(gone) == 1 && len(come) == 1 && len(old) == len(new) {
		k.compare(extend(path, come[0]), flat, old[gone[0]], new[come[0]], out)
		return
	}
	for _, i := range gone {
		*out = append(*out, change{path: extend(path, i), flat: flat, old: old[i]})
	}
	for _, i := range come {
		p := extend(path, i)
		if len(gone) > 0 && slices.Contains(gone, i) {
			*out = slices.DeleteFunc(*out, func(c change) bool { return c.path.String() == p.String() })
			*out = append(*out, change{path: p, flat: flat, old: old[i], new: new[i]})
			continue
		}
		*out = append(*out, change{path: p, flat: flat, new: new[i]})
	}
}

// without gives the indices of a's elements that b does not have as often.
func without(a, b []any) []int {
	count := map[string]int{}
	for _, e := range b {
		count[canonical(e)]++
	}
	var left []int
	for i, e := range a {
		if count[canonical(e)]--; count[canonical(e)] < 0 {
			left = append(left, i)
		}
	}
	return left
}

func extend(path resource.PropertyPath, step any) resource.PropertyPath {
	return append(slices.Clone(path), step)
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func appendNew[T comparable](list []T, e T) []T {
	if slices.Contains(list, e) {
		return list
	}
	return append(list, e)
}

func keysOf(a, b map[string]any) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// normal drops what means nothing to the provider: nulls, empty lists and
// empty objects are the same as absent.
func normal(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return nil
		}
	case []string:
		return normal(anyList(v))
	case int:
		return float64(v)
	case Props:
		return normal(map[string]any(v))
	case map[string]any:
		out := map[string]any{}
		for key, e := range v {
			if n := normal(e); n != nil && key != defaultsKey {
				out[key] = n
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	return v
}

func equal(a, b any) bool {
	if _, unknown := b.(Unknown); unknown {
		return false
	}
	return canonical(a) == canonical(b)
}

// canonical is a text that two equal values share. Unknowns differ from all.
func canonical(v any) string {
	data, err := json.Marshal(mark(normal(v)))
	if err != nil {
		return fmt.Sprintf("%#v", v)
	}
	return string(data)
}

// mark makes unknowns visible to JSON.
func mark(v any) any {
	switch v := v.(type) {
	case Unknown:
		return map[string]any{"\x00unknown": true}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = mark(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, e := range v {
			out[key] = mark(e)
		}
		return out
	}
	return v
}

func sameJSON(a, b any) bool {
	as, aok := a.(string)
	bs, bok := b.(string)
	var av, bv any
	return aok && bok && json.Unmarshal([]byte(as), &av) == nil && json.Unmarshal([]byte(bs), &bv) == nil &&
		canonical(av) == canonical(bv)
}
