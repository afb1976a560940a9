package engine_test

import (
	"errors"
	"os"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// Of a plugin that dies the user reads one sentence: what died, at what, what to do and
// where its last words are.
func TestADeadPluginIsToldInOneSentence(t *testing.T) {
	s := open(t, engine.Options{Program: things(
		thing{name: "fine"}, thing{name: "fatal", in: pulumi.Map{"die": pulumi.String("panic: the end")}})})
	_, err := s.Up(t.Context())
	var run *engine.RunError
	require.True(t, errors.As(err, &run), "%v", err)
	require.NotNil(t, run.Dead)
	assert.Equal(t, "pulumi-resource-random", run.Dead.Name)
	assert.Contains(t, run.Dead.Doing, "create fatal")
	assert.Empty(t, run.Diagnostics, "what follows from its end is left out")
	assert.ErrorContains(t, err, "up failed: the plugin pulumi-resource-random ended in the middle of its work, at create")
	assert.ErrorContains(t, err, "run it again, which looks for that first")
	assert.ErrorContains(t, err, run.Dead.Log)
	for _, noise := range []string{"STDOUT", "*always*", "EOF", "panic"} {
		assert.NotContains(t, err.Error(), noise)
	}
	text, err := os.ReadFile(run.Dead.Log)
	require.NoError(t, err)
	assert.Contains(t, string(text), "panic: the end")
}
