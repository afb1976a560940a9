package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
)

// cloud is what the offline cloud of a directory holds.
func cloud(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ".rung", "cloud.json"))
	require.NoError(t, err)
	return string(text)
}

// report reads the JSON of a preview.
func report(t *testing.T, r result) preview.Report {
	t.Helper()
	var out preview.Report
	require.NoError(t, json.Unmarshal([]byte(r.out), &out), r.out+r.err)
	return out
}

// The whole life of a stack, through the real engine and the offline cloud.
func TestLifeOfAStack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := rung(t, dir, "up", "1")
	require.Equal(t, codeDone, first.code, first.err)
	assert.True(t, strings.HasPrefix(first.out, "offline cloud: nothing here touches AWS or costs money"), first.out)
	assert.Contains(t, first.out, "http://example.com")

	again := rung(t, dir, "up", "1", "--format", "json")
	require.Equal(t, codeDone, again.code, again.err)
	assert.Empty(t, report(t, again).Resources.Changes, "a second up changes nothing")
	assert.Equal(t, "http://example.com", report(t, again).Outputs["url"])

	t.Run("climbing to stage 3 keeps the server", func(t *testing.T) {
		climb := rung(t, dir, "up", "3", "--format", "json")
		require.Equal(t, codeDone, climb.code, climb.err)
		assert.Contains(t, climb.err, "rung:handover is set to pending")
		got := report(t, climb)
		assert.Equal(t, []int{1, 3}, []int{*got.From, *got.To})
		assert.Zero(t, got.Resources.Delete+got.Resources.Replace)
	})
	t.Run("refresh finds no drift", func(t *testing.T) {
		got := rung(t, dir, "refresh")
		require.Equal(t, codeDone, got.code, got.err)
		assert.Contains(t, got.out, "no drift")
	})
	t.Run("refresh finds what was changed by hand", func(t *testing.T) {
		changed := strings.Replace(cloud(t, dir), `"size": 20`, `"size": 40`, 1)
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".rung", "cloud.json"), []byte(changed), 0o600))
		got := rung(t, dir, "refresh")
		require.Equal(t, codeDone, got.code, got.err)
		assert.Contains(t, got.out, "size: was 20, is 40")
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".rung", "cloud.json"),
			[]byte(strings.Replace(changed, `"size": 40`, `"size": 20`, 1)), 0o600))
		require.Equal(t, codeDone, rung(t, dir, "refresh").code)
	})
	t.Run("ending the handover without a word is refused", func(t *testing.T) {
		got := rung(t, dir, "up", "3", "--set", "handover=done")
		assert.Equal(t, codeGuarded, got.code)
		assert.Contains(t, got.out, "STOPPED BY THE DATA GUARD")
		assert.Contains(t, got.err,
			"rung up 3 --stack dev --dir "+dir+" --set handover=done --set confirmDataLoss=server-data")
		assert.Contains(t, cloud(t, dir), "server-data")
	})
	t.Run("destroy is refused until confirmed, then leaves nothing", func(t *testing.T) {
		refused := rung(t, dir, "destroy")
		assert.Equal(t, codeGuarded, refused.code)
		command := "--set confirmDataLoss=server-data"
		assert.Contains(t, refused.err, command)
		done := rung(t, dir, append([]string{"destroy"}, strings.Fields(command)...)...)
		require.Equal(t, codeDone, done.code, done.err)
		var left struct{ Resources map[string]any }
		require.NoError(t, json.Unmarshal([]byte(cloud(t, dir)), &left))
		assert.Empty(t, left.Resources)
	})
	t.Run("there is nothing to do after that", func(t *testing.T) {
		got := rung(t, dir, "destroy")
		assert.Equal(t, codeDone, got.code)
		assert.Contains(t, got.err, "holds no resources")
	})
}

func TestConfirmedDataGoesInTwoUpdates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Equal(t, codeDone, rung(t, dir, "up", "1").code)
	require.Equal(t, codeDone, rung(t, dir, "up", "3").code)
	got := rung(t, dir, "up", "3", "--set", "handover=done", "--set", "confirmDataLoss=server-data", "--format", "json")
	require.Equal(t, codeDone, got.code, got.err)
	assert.Contains(t, got.err, "Lifting the protection first of what may go: server-data")
	config, err := os.ReadFile(filepath.Join(dir, ".rung", "workspace", "Pulumi.dev.yaml"))
	require.NoError(t, err)
	assert.NotContains(t, string(config), confirmKey, "a confirmation is for one run")
	require.Equal(t, codeDone, rung(t, dir, "destroy").code, "nothing that holds data is left")
}

func TestOverBudgetChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got := rung(t, dir, "up", "1", "--set", "budget=1")
	assert.Equal(t, codeBudget, got.code)
	assert.Contains(t, got.out, "OVER BUDGET")
	assert.Equal(t, codeDone, rung(t, dir, "up", "1", "--set", "budget=100").code)
}

func TestDescendingForgetsTheHandover(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Equal(t, codeDone, rung(t, dir, "up", "1").code)
	require.Equal(t, codeDone, rung(t, dir, "up", "3").code)
	down := rung(t, dir, "up", "1", "--format", "json")
	require.Equal(t, codeDone, down.code, down.err)
	assert.Equal(t, 1, report(t, down).Resources.Delete, "the subnet of stage 3")
}

func TestNothingToDestroyMakesNothing(t *testing.T) {
	for _, command := range []string{"destroy", "refresh"} {
		dir := t.TempDir()
		got := rung(t, dir, command)
		assert.Equal(t, codeDone, got.code)
		assert.Contains(t, got.err, "holds no resources")
		assert.True(t, json.Valid([]byte(rung(t, dir, command, "--format", "json").out)))
		empty(t, dir)
	}
}

func TestDiffLeavesTheDirectoryAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got := rung(t, dir, "diff", "1", "3", "--format", "json", "--set", "nat=single")
	require.Equal(t, codeDone, got.code, got.err)
	r := report(t, got)
	assert.Equal(t, []int{1, 3}, []int{*r.From, *r.To})
	assert.Equal(t, 1, r.Resources.Create)
	assert.Contains(t, got.err, "offline cloud:", "JSON stays pure")
	empty(t, dir)

	markdown := rung(t, dir, "diff", "1", "3", "--format", "markdown")
	require.Equal(t, codeDone, markdown.code, markdown.err)
	assert.True(t, strings.HasPrefix(markdown.out, "### stage 1 → stage 3"), markdown.out)
}

// A stack that cannot be updated any more must not be stuck for ever: the
// volume was grown by hand, and AWS shrinks none.
func TestDestroyOfAStackThatCannotBeUpdated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.Equal(t, codeDone, rung(t, dir, "up", "1").code)
	grown := strings.Replace(cloud(t, dir), `"size": 20`, `"size": 40`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".rung", "cloud.json"), []byte(grown), 0o600))
	require.Equal(t, codeDone, rung(t, dir, "refresh").code)
	require.Equal(t, codeFailed, rung(t, dir, "up", "1").code)
	got := rung(t, dir, "destroy", "--set", "confirmDataLoss=server-data")
	require.Equal(t, codeDone, got.code, got.err)
	assert.Contains(t, got.err, "cannot be updated")
	assert.Contains(t, got.err, "nothing is left of it")
}
