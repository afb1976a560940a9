package view

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
)

func TestPendingIsDrift(t *testing.T) {
	got := preview.Drifts{}.Pending([]string{
		"urn:pulumi:dev::rung::rung:components:Database$aws:rds/instance:Instance::database-primary"})
	require.True(t, got.Any())
	assert.True(t, got.Resources[0].Pending)
	assert.True(t, got.Resources[0].HoldsData)
	assert.Equal(t, "database-primary", got.Resources[0].Name)
	assert.Zero(t, Drifts(got).differing())
}
