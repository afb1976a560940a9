package rules

import (
	"fmt"
	"testing"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/stacks/ladder"
)

// thousand is 1,000 resources: every seeded stack, over and over.
func thousand() []rule.Resource {
	var all []rule.Resource
	for round := 0; len(all) < 1_000; round++ {
		for _, s := range seeds() {
			for _, r := range s.stack {
				if len(all) == 1_000 {
					return all
				}
				name := fmt.Sprintf("%s-%d-%d", r.name, round, len(all))
				all = append(all, rule.New(r.typ, name, "urn:"+name, value(r.props).AsMap()))
			}
		}
	}
	return all
}

// BenchmarkThousand is 1,000 resources through all rules, the index and the
// estimate included. The bound that the pack promises is 50 ms.
func BenchmarkThousand(b *testing.B) {
	resources, all := thousand(), All()
	stage, err := ladder.Get(3)
	if err != nil {
		b.Fatal(err)
	}
	set := rule.Settings{Stage: 3, Traffic: stage.Traffic}
	budget(1_000)(&set)
	if _, err := Estimate(rule.NewStack(nil), set); err != nil { // reads the catalogue once
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		st := rule.NewStack(resources)
		for i := range all {
			all[i].On(st, set)
		}
	}
}
