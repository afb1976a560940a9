package main

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

func TestStagesShowsTheWholeLadder(t *testing.T) {
	dir := t.TempDir()
	for _, format := range formats() {
		got := rung(t, dir, "stages", "--format", format)
		require.Equal(t, codeDone, got.code)
		for _, s := range ladder.Stages() {
			assert.Contains(t, got.out, s.Name, format)
		}
	}
	empty(t, dir)
}

func TestConfigShowsEveryKey(t *testing.T) {
	dir := t.TempDir()
	for _, format := range formats() {
		got := rung(t, dir, "config", "--format", format)
		require.Equal(t, codeDone, got.code)
		for _, k := range config.Keys() {
			assert.Contains(t, got.out, "rung:"+k.Name, format)
		}
	}
	var all struct{ Keys []map[string]string }
	require.NoError(t, json.Unmarshal([]byte(rung(t, dir, "config", "--format", "json").out), &all))
	assert.Len(t, all.Keys, len(config.Keys()))
	for _, field := range []string{"name", "type", "default", "allowed", "meaning"} {
		assert.Contains(t, all.Keys[0], field)
	}
}

func TestCostOfAStageNeedsNoEngine(t *testing.T) {
	dir := t.TempDir()
	got := rung(t, dir, "cost", "1", "--format", "json")
	require.Equal(t, codeDone, got.code, got.err)
	b := bill(t, got)
	assert.Equal(t, 1, *b.Stage)
	assert.NotEmpty(t, b.Cost.Lines)
	empty(t, dir)
}

func TestCostOverBudget(t *testing.T) {
	got := rung(t, t.TempDir(), "cost", "1", "--set", "budget=1")
	assert.Equal(t, codeBudget, got.code)
	assert.Contains(t, got.out, "OVER BUDGET")
}

func TestCostOfAFile(t *testing.T) {
	got := rung(t, t.TempDir(), "cost", "--file", "testdata/export.json", "--format", "json")
	require.Equal(t, codeDone, got.code, got.err)
	b := bill(t, got)
	assert.Nil(t, b.Stage, "it is not rung's")
	var names []string
	for _, l := range b.Cost.Lines {
		names = append(names, l.Name)
	}
	assert.Contains(t, names, "shop")
	require.Len(t, b.Cost.Unpriced, 1)
	assert.Equal(t, "odd", b.Cost.Unpriced[0].Name)
	assert.NotEmpty(t, b.Cost.Unpriced[0].Reason)
}

// bill reads the JSON of a bill and checks that its lines add up.
func bill(t *testing.T, r result) preview.Bill {
	t.Helper()
	var b preview.Bill
	require.NoError(t, json.Unmarshal([]byte(r.out), &b), r.out+r.err)
	sum := decimal.Zero
	for _, l := range b.Cost.Lines {
		sum = sum.Add(l.Monthly.Decimal)
	}
	assert.True(t, sum.Equal(b.Cost.To.Decimal), "the lines add up to the total")
	return b
}
