package engine_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// openSteps are the steps that runs have left open, by logical name.
func openSteps(s *engine.Stack) map[string]apitype.OpType {
	out := map[string]apitype.OpType{}
	for urn, op := range s.Open() {
		out[urn[strings.LastIndex(urn, ":")+1:]] = op
	}
	return out
}

// held is a stack that a run holds.
func held(t *testing.T, dir string, program pulumi.RunFunc) *engine.Stack {
	t.Helper()
	s, err := engine.Open(t.Context(), engine.Options{Dir: dir, Program: program})
	require.NoError(t, err)
	_, err = s.Hold(t.Context(), "up", nil)
	require.NoError(t, err)
	return s
}

func TestStepsOfARunThatFailsStayOpen(t *testing.T) {
	dir := t.TempDir()
	fails := func(name string) pulumi.RunFunc {
		return things(thing{name: "a"}, thing{name: name, in: pulumi.Map{"fail": pulumi.String("no")}})
	}
	first := held(t, dir, fails("b"))
	_, err := first.Preview(t.Context())
	require.NoError(t, err)
	assert.Empty(t, openSteps(first), "a preview leaves nothing open")
	_, err = first.Up(t.Context())
	require.Error(t, err)
	assert.Equal(t, map[string]apitype.OpType{"b": apitype.OpCreate}, openSteps(first))
	require.NoError(t, first.Close())

	second := held(t, dir, fails("c"))
	assert.Equal(t, map[string]apitype.OpType{"b": apitype.OpCreate}, openSteps(second), "the next run knows")
	_, err = second.Up(t.Context())
	require.Error(t, err)
	assert.Equal(t, map[string]apitype.OpType{"b": apitype.OpCreate, "c": apitype.OpCreate}, openSteps(second),
		"what stays open adds up")
	require.NoError(t, second.TakeUp(t.Context(), nil, nil))
	assert.Empty(t, openSteps(second), "once it is taken up")
	require.NoError(t, second.Close())

	third := held(t, dir, fails("d"))
	_, err = third.Up(t.Context())
	require.Error(t, err)
	require.NoError(t, third.Ended())
	require.NoError(t, third.Close())
	fourth := held(t, dir, things())
	assert.Empty(t, openSteps(fourth), "a run that came to its end has nothing open")
	require.NoError(t, fourth.Close())
}
