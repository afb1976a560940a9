// Package ruletest shows recorded runs of programs to rules, for tests that hold
// whole stacks against the policies without an engine.
package ruletest

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/record"
)

// Stack is a recorded run as the engine would show it at the end of an up: each
// resource with its inputs, and its outputs laid over them.
func Stack(rec *record.Recording) *rule.Stack {
	var all []rule.Resource
	for _, r := range rec.Resources {
		in := resource.FromResourcePropertyMap(r.InputMap)
		out := in.AsMap()
		maps.Insert(out, resource.FromResourcePropertyMap(r.OutputMap).All)
		if r.ID != "" {
			out["id"] = property.New(r.ID)
		}
		res := rule.New(r.Type, r.Name, r.URN, property.NewMap(out))
		res.Parent, res.Protect, res.Region, res.Inputs, res.Depends =
			r.Parent, r.Protect, r.Region, rule.Object(in), r.MadeFrom
		all = append(all, res)
	}
	return rule.NewStack(all)
}
