package engine_test

import (
	"path/filepath"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// A preview has its provider inside this process, with the variables of a process;
// what changes something has processes. Both say the same.
func TestAPreviewMakesItsProvidersWithinTheProcess(t *testing.T) {
	var made []string
	within := engine.Within{Provider: func(pkg string, env func(string) string) (pulumirpc.ResourceProviderServer, error) {
		made = append(made, pkg+" of "+filepath.Base(env(engine.StateVariable)))
		return &toy{}, nil
	}}
	dir := t.TempDir()
	s := open(t, engine.Options{Dir: dir, Program: things(thing{name: "a"}, thing{name: "b"}), Within: within})
	r, err := s.Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "create", "b": "create"}, ops(r.Events))
	assert.Equal(t, []string{"random of cloud.json"}, made)

	_, err = s.Up(t.Context())
	require.NoError(t, err)
	assert.Len(t, made, 1, "an up starts a process")
	r, err = s.Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "same", "b": "same"}, ops(r.Events))
	assert.Len(t, made, 2)
}
