package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
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
	var all struct{ Keys []map[string]any }
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
	b := billIn(t, got)
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
	b := billIn(t, got)
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

// billIn reads the JSON of a bill and checks that its lines add up.
func billIn(t *testing.T, r result) preview.Bill {
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

// The ending of the output file names the format, and the terminal stays free.
func TestOutputGoesToAFile(t *testing.T) {
	for name, tt := range map[string]struct {
		args   []string
		file   string
		starts string
	}{
		"by the ending":        {nil, "report.html", "<!DOCTYPE html>"},
		"in capitals":          {nil, "REPORT.HTML", "<!DOCTYPE html>"},
		"JSON":                 {nil, "report.json", "{"},
		"Markdown":             {nil, "report.md", "### "},
		"an ending of its own": {nil, "report.log", "stage 1"},
		"what was asked for":   {[]string{"--format", "json"}, "report.html", "{"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, tt.file)
			got := rung(t, dir, append([]string{"cost", "1", "--output", path}, tt.args...)...)
			require.Equal(t, codeDone, got.code, got.err)
			assert.Empty(t, got.out)
			assert.Contains(t, got.err, "Written to "+path)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(string(text), tt.starts), string(text[:min(len(text), 80)]))
		})
	}
}

// A file holds one page or all pieces of text, however often something is shown.
func TestOutputFileIsWholeAfterAnUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	page, text := filepath.Join(dir, "up.html"), filepath.Join(dir, "up.txt")
	require.Equal(t, codeDone, rung(t, dir, "up", "1", "--output", page).code)
	got, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(string(got), "<!DOCTYPE html>"))
	assert.Contains(t, string(got), "http://example.com", "the outputs are on the page")
	require.Equal(t, codeDone, rung(t, dir, "up", "1", "--output", text).code)
	got, err = os.ReadFile(text)
	require.NoError(t, err)
	assert.Contains(t, string(got), "in place")
	assert.Contains(t, string(got), "stack dev stands on stage 1")
}
