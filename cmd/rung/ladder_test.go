package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/ladder"
)

// onStages runs a command line on the stages themselves.
func onStages(t *testing.T, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{program: stacks.Program, resolve: noBuild, static: noFiles,
		unwatched: true, in: strings.NewReader(""), out: &out, err: &errs}
	return result{a.run(t.Context(), append(args, "--dir", t.TempDir())), out.String(), errs.String()}
}

func growthOfStages(t *testing.T) view.Growth {
	t.Helper()
	catalogue, err := cost.Load()
	require.NoError(t, err)
	g, err := (&app{program: stacks.Program, flags: flags{stack: "dev"}}).growth(catalogue)
	require.NoError(t, err)
	return g
}

// The picture of the month in the README is what the stages cost; -update draws it anew.
func TestTheCurveInTheDocumentsIsCurrent(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "ladder-cost.svg")
	drawn := growthOfStages(t).Chart().Image("What a month costs, by registered users")
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile(file, []byte(drawn), 0o644))
	}
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, drawn, string(written), "run go test ./cmd/rung -run TestTheCurve -update")
}

// So is the picture of the architecture as it grows.
func TestTheGrowthInTheDocumentsIsCurrent(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "ladder-growth.svg")
	drawn, err := growthOfStages(t).Image()
	require.NoError(t, err)
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile(file, []byte(drawn), 0o644))
	}
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, drawn, string(written), "run go test ./cmd/rung -run TestTheGrowth -update")
}

// More users never cost less on a stage, and the curve ends where `rung cost` begins.
func TestTheCurveRisesToWhatTheStageCosts(t *testing.T) {
	for _, x := range growthOfStages(t) {
		if x.Stage.Number == ladder.Last {
			assert.Empty(t, x.Curve)
			continue
		}
		last := x.Curve[len(x.Curve)-1]
		assert.InDelta(t, x.Bill.Cost.To.InexactFloat64(), last.Expected, 0.001, x.Stage.Name)
		for i, p := range x.Curve {
			assert.True(t, p.Low <= p.Expected && p.Expected <= p.High, "%s with %d users", x.Stage.Name, p.Users)
			if i > 0 {
				assert.GreaterOrEqual(t, p.Expected, x.Curve[i-1].Expected-0.01, "%s with %d users", x.Stage.Name, p.Users)
			}
		}
	}
}

func TestLadderOfTheCommand(t *testing.T) {
	got := onStages(t, "ladder", "--format", "json")
	require.Equal(t, codeDone, got.code, got.err)
	var out struct {
		Stages []struct {
			Stage      int
			Monthly    string
			Components []string
			Curve      []struct{ Users int }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &out))
	require.Len(t, out.Stages, 6)
	assert.Contains(t, out.Stages[2].Components, "loadbalancer")
	assert.Equal(t, 10_000_000, out.Stages[4].Curve[len(out.Stages[4].Curve)-1].Users)
	assert.Equal(t, codeUsage, onStages(t, "ladder", "3").code)
	assert.Equal(t, codeUsage, onStages(t, "ladder", "--set", "colour=red").code)
}

// The front door reads well wherever it is read.
func TestTheLadderReadsWellInABrowser(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ladder.html")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, growthOfStages(t).HTML(f))
	require.NoError(t, f.Close())
	ctx := apptest.Browser(t, 10*time.Minute)
	for _, v := range views {
		assert.Empty(t, complaints(t, ctx, path, v), "%+v", v)
	}
}
