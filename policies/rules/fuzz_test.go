package rules

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// oddities are what no program should write and what the engine may pass.
var oddities = []any{
	unknown{}, secret{unknown{}}, nil, secret{nil}, true, "", "x", "true", "{", "*", -1, 0, 1e308, secret{hidden},
	l{}, l{nil}, l{unknown{}}, l{"x", unknown{}}, l{l{}}, l{m{}}, m{}, m{"x": unknown{}}, m{"": nil},
}

// places are the paths of everything within v.
func places(v any, path string) []string {
	join := func(key string) string {
		if path == "" {
			return key
		}
		return path + "." + key
	}
	var all []string
	switch v := v.(type) {
	case m:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			all = append(all, join(k))
			all = append(all, places(v[k], join(k))...)
		}
	case l:
		for i, e := range v {
			all = append(all, join(fmt.Sprint(i)))
			all = append(all, places(e, join(fmt.Sprint(i)))...)
		}
	}
	return all
}

// TestOdditiesAtEveryPlace puts each oddity at each place of each seeded stack.
func TestOdditiesAtEveryPlace(t *testing.T) {
	checks := 0
	for id, s := range seeds() {
		r, _ := ByID(id)
		for i, subject := range s.stack {
			for _, path := range places(subject.props, "") {
				for _, odd := range oddities {
					stack := slices.Clone(s.stack)
					stack[i].props = with(subject.props, path, odd).(m)
					assert.NotPanics(t, func() { r.On(build(stack), s.settings()) }, "%s: %s = %v", id, path, odd)
					checks++
				}
			}
		}
	}
	assert.Greater(t, checks, 3_000)
}

// words are all keys and texts that any seed uses, so that random properties
// often are ones that rules read.
func words() []string {
	seen := map[string]bool{"": true, "x": true}
	var collect func(v any)
	collect = func(v any) {
		switch v := v.(type) {
		case m:
			for k, e := range v {
				seen[k] = true
				collect(e)
			}
		case l:
			for _, e := range v {
				collect(e)
			}
		case string:
			seen[v] = true
		}
	}
	for _, s := range seeds() {
		for _, r := range s.stack {
			collect(r.props)
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// randomValue draws a property of any kind, at most depth levels deep.
func randomValue(t *rapid.T, keys []string, depth int) property.Value {
	kinds := 8
	if depth > 0 {
		kinds = 10
	}
	var v property.Value
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		v = property.New(property.Computed)
	case 1:
		v = property.Value{}
	case 2:
		v = property.New(rapid.Bool().Draw(t, "bool"))
	case 3:
		v = property.New(rapid.Float64().Draw(t, "number"))
	case 4, 5:
		v = property.New(rapid.SampledFrom(keys).Draw(t, "text"))
	case 6:
		a, err := asset.FromText("x")
		if err != nil {
			t.Fatal(err)
		}
		v = property.New(a)
	case 7:
		v = property.New(property.ResourceReference{URN: "urn:x", ID: property.New(property.Computed)})
	case 8:
		var all []property.Value
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			all = append(all, randomValue(t, keys, depth-1))
		}
		v = property.New(all)
	case 9:
		v = property.New(randomMap(t, keys, depth-1))
	}
	return v.WithSecret(rapid.IntRange(0, 4).Draw(t, "secret") == 0)
}

func randomMap(t *rapid.T, keys []string, depth int) property.Map {
	all := map[string]property.Value{}
	for range rapid.IntRange(0, 8).Draw(t, "size") {
		all[rapid.SampledFrom(keys).Draw(t, "key")] = randomValue(t, keys, depth)
	}
	return property.NewMap(all)
}

// TestNoPropertiesBreakARule runs every rule on random stacks.
func TestNoPropertiesBreakARule(t *testing.T) {
	all, keys := All(), words()
	var types []string
	for _, r := range all {
		types = append(types, r.Types...)
	}
	rapid.Check(t, func(t *rapid.T) {
		var resources []rule.Resource
		for i := range rapid.IntRange(1, 12).Draw(t, "resources") {
			r := rule.New(rapid.SampledFrom(types).Draw(t, "type"), fmt.Sprint("r", i), fmt.Sprint("urn", i),
				randomMap(t, keys, 3))
			r.Protect = rapid.Bool().Draw(t, "protect")
			r.Parent = fmt.Sprint("urn", rapid.IntRange(0, 12).Draw(t, "parent"))
			r.Depends = map[string][]string{rapid.SampledFrom(keys).Draw(t,
				"property"): {fmt.Sprint("urn", rapid.IntRange(0, 12).Draw(t, "dependency"))}}
			resources = append(resources, r)
		}
		set := rule.Settings{Stage: ladder.Number(rapid.IntRange(0, 6).Draw(t, "stage"))}
		budget(1)(&set)
		st := rule.NewStack(resources)
		for _, r := range all {
			for _, f := range r.On(st, set).Found {
				if f.Message == "" {
					t.Fatalf("%s says nothing about %s", r.ID, f.URN)
				}
			}
		}
	})
}

// FuzzUserData feeds the readers of foreign text: scripts and policies.
func FuzzUserData(f *testing.F) {
	for _, s := range []string{"", script, secretScript, openPolicy, "H4sIAAAAAAAA/w==",
		`{"Statement":{"Principal":{"AWS":[1]}}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := rule.New(token.EC2Instance, "it", "urn:it", property.NewMap(map[string]property.Value{
			"userData": property.New(text), "policy": property.New(text),
		}))
		for _, each := range All() {
			each.OnOne(&r, rule.Settings{})
		}
	})
}
