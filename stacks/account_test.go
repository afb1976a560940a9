package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks"
)

// Every provider of AWS works in the stack's account and no other, so that what
// runs on the state alone is refused elsewhere, too.
func TestProvidersAllowOneAccount(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"1", "6"} {
		rec := run(t, "stage", stage, "regions", "eu-central-1", "domain", "example.com", "addresses", "fixed")
		providers := 0
		for _, r := range rec.Resources {
			if r.Type != "pulumi:providers:aws" || r.Name == "aws-account" {
				continue
			}
			providers++
			assert.Equal(t, []any{"123456789012"}, r.Value("allowedAccountIds"), "%s on stage %s", r.Name, stage)
		}
		assert.GreaterOrEqual(t, providers, 2)
	}
}

func TestAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	config := record.Config(map[string]string{"rung:stage": "1"})
	err := recordtest.Fails(t, stacks.Program(app), config,
		record.Published(map[string]any{"account": "210987654321"}))
	for _, part := range []string{"stands in account 210987654321", "us-east-1", "credentials are of account 123456789012",
		"nothing was changed"} {
		assert.ErrorContains(t, err, part)
	}
	rec, err := record.Run(stacks.Program(app), config,
		record.Published(map[string]any{"account": "123456789012"}))
	require.NoError(t, err)
	assert.NotEmpty(t, rec.Resources)
}
