package offline

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// alone loads no other package: a schema that asks for one fails the test.
type alone struct{ schema.Loader }

// Programs without an SDK are checked against the schemas, which Pulumi must take.
func TestPulumiTakesTheSchemas(t *testing.T) {
	for _, name := range Providers() {
		t.Run(name, func(t *testing.T) {
			pkg, err := simulated(name)
			require.NoError(t, err)
			text, err := pkg.PulumiSchema()
			require.NoError(t, err)
			var spec schema.PackageSpec
			require.NoError(t, json.Unmarshal(text, &spec))
			bound, diags, err := schema.BindSpec(spec, alone{}, schema.ValidationOptions{})
			require.NoError(t, err)
			assert.Empty(t, diags)
			assert.Len(t, bound.Resources, len(pkg.Tokens()))
			assert.Len(t, bound.Functions, len(pkg.Functions()))
		})
	}
}
