package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/stacks"
)

// What stays by type is what the stages say of their resources.
func TestStayingTypesAreTheRetainedOnes(t *testing.T) {
	retained := map[string]bool{}
	for _, s := range []settings{{"stage": "1"}, {"stage": "4"}, {"stage": "6", "domain": "example.com"}} {
		for _, r := range build(t, s).Custom() {
			retained[r.Type] = retained[r.Type] || r.RetainOnDelete
		}
	}
	assert.Greater(t, len(retained), 100, "the stages have many types")
	for typ, stays := range retained {
		assert.Equal(t, stays, stacks.Stays(typ), typ)
	}
}
