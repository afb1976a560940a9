package polyglot

import (
	"encoding/json"
	"testing"

	pschema "github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// alone loads no other package: a schema that asks for one fails the test.
type alone struct{ pschema.Loader }

// Pulumi takes the schema, as `pulumi package add` does before it writes an SDK.
func TestPulumiTakesTheSchema(t *testing.T) {
	text, err := Schema()
	require.NoError(t, err)
	var spec pschema.PackageSpec
	require.NoError(t, json.Unmarshal(text, &spec))
	bound, diags, err := pschema.BindSpec(spec, alone{}, pschema.ValidationOptions{})
	require.NoError(t, err)
	assert.Empty(t, diags)
	assert.Len(t, bound.Resources, len(offered()))
}
