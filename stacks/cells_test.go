package stacks

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/record/recordtest"
)

const two = "us-east-1,eu-west-1"

func TestRung5Stands(t *testing.T) {
	for name, settings := range variants {
		t.Run(name, func(t *testing.T) {
			rec := built(t, 5, append(slices.Clone(settings), "regions", two)...)
			for _, part := range []string{"network", "loadbalancer", "web", "workers", "jobs", "cache", "search", "users-service"} {
				here, there := rec.Named(part), rec.Named(part+"-euw1")
				assert.NotEmpty(t, here, part)
				assert.Len(t, there, len(here), part)
			}
			recordtest.Only(t, rec, "aws:budgets/budget:Budget")
		})
	}
}
