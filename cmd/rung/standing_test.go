package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A setting that a standing stack does not follow says so, in preview and up, and
// one that the cloud would refuse half-way is refused before.
func TestSettingsThatWhatStandsDoesNotFollow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Equal(t, codeDone, rung(t, dir, "up", "1").code)
	got := rung(t, dir, "preview", "1", "--set", "ami=ami-0123456789abcdef1")
	require.Equal(t, codeDone, got.code, got.err)
	assert.Contains(t, got.err, "rung:ami changes nothing here: server keeps the image that it was made with")
	got = rung(t, dir, "up", "1", "--set", "server.dataGiB=10")
	assert.Equal(t, codeUsage, got.code)
	assert.Contains(t, got.err, `rung:server.dataGiB: the volume has 20 GiB, and AWS makes none smaller`)
	got = rung(t, dir, "preview", "1")
	assert.NotContains(t, got.err, "changes nothing here", "what nobody has set is no news")
}
