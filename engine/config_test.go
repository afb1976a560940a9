package engine_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
)

// Values reach the program as the stock CLI would pass them, and only an up keeps them.
func TestConfigReachesTheProgram(t *testing.T) {
	var stage string
	var regions []string
	s := open(t, engine.Options{Dir: t.TempDir(), Program: func(ctx *pulumi.Context) error {
		c := config.New(ctx, "rung")
		stage, regions = c.Require("stage"), nil
		return c.GetObject("regions", &regions)
	}})
	require.NoError(t, s.SetConfig(map[string]string{"rung:stage": "1", "rung:gone": "x"}))
	require.NoError(t, s.UnsetConfig("rung:gone", "rung:never"))

	_, err := s.With(map[string]string{"rung:stage": "2",
		"rung:regions": `["us-east-1","eu-west-1"]`}).Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "2", stage)
	assert.Equal(t, []string{"us-east-1", "eu-west-1"}, regions)

	_, err = s.Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "1", stage, "the preview before kept nothing")
	assert.Empty(t, regions)

	_, err = s.With(map[string]string{"rung:regions": `["eu-west-1"]`}).Up(t.Context())
	require.NoError(t, err)
	kept, err := s.Config()
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"rung:stage": "1", "rung:regions": []any{"eu-west-1"}}, kept)
	_, err = s.Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"eu-west-1"}, regions)
}
