package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVerdict(t *testing.T) {
	for name, tt := range map[string]struct {
		give row
		want string
	}{
		"as claimed":       {row{got: 9, want: 9}, "yes"},
		"four fifths":      {row{got: 7.2, want: 9}, "yes"},
		"a quarter":        {row{got: 3.5, want: 9}, "in part"},
		"hardly":           {row{got: 1.5, want: 9}, "no"},
		"a cost":           {row{got: 3.5, want: 3, cost: true}, "yes"},
		"a higher cost":    {row{got: 6.9, want: 3, cost: true}, "costs more"},
		"no figure":        {row{got: 30}, "–"},
		"quick enough":     {row{got: 99, want: 100, less: true}, "yes"},
		"too slow":         {row{got: 101, want: 100, less: true}, "no"},
		"part of one":      {row{got: 0.79, want: 0.8}, "yes"},
		"too small a part": {row{got: 0.3, want: 0.8}, "no"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, tt.give.verdict()) })
	}
}

func TestReplaceKeepsTheRest(t *testing.T) {
	old := []byte("before\n" + figures.begin + "\nold\n" + figures.end + "\nafter\n")
	once, err := figures.replace(old, "new\n")
	require.NoError(t, err)
	assert.Equal(t, "before\n"+figures.begin+"\n\nnew\n\n"+figures.end+"\nafter\n", string(once))
	twice, err := figures.replace(once, "new\n")
	require.NoError(t, err)
	assert.Equal(t, once, twice)
	_, err = figures.replace([]byte("nothing"), "new")
	assert.Error(t, err)
}

// The ladder's saving is that of a CDN that bills no traffic.
func TestWhatACDNSaves(t *testing.T) {
	run := &trial{}
	verdicts := map[string]string{}
	for _, r := range cdnCost(t.Context(), run) {
		verdicts[r.tool] = r.verdict()
	}
	require.NoError(t, run.err)
	assert.Equal(t, map[string]string{"CDN, what goes out: CloudFront": "no", "CDN, what goes out: Cloudflare": "yes"},
		verdicts)
}

func TestMedianIsOfTheMiddle(t *testing.T) {
	of := []turn{{perSecond: 1.4}, {perSecond: 9}, {perSecond: 1.2}}
	assert.Equal(t, 1.4, median(of, func(i int) float64 { return of[i].perSecond }), "one bad round counts for nothing")
}

func TestTurnsAreComparedRoundByRound(t *testing.T) {
	a := []turn{{1000, 2 * time.Millisecond, 3 * time.Millisecond}, {100, 20 * time.Millisecond, 30 * time.Millisecond},
		{900, 3 * time.Millisecond, 4 * time.Millisecond}}
	b := []turn{{1200, time.Millisecond, 2 * time.Millisecond}, {120, 10 * time.Millisecond, 20 * time.Millisecond},
		{1100, 2 * time.Millisecond, 2 * time.Millisecond}}
	var got []float64
	for _, r := range besideMinimal(a, b) {
		assert.Equal(t, appWeb, r.tool)
		got = append(got, r.got)
	}
	assert.InDeltaSlice(t, []float64{1.2, 2, 1.5}, got, 1e-9, "although the machine was ten times slower in one round")
	assert.Len(t, of(append(besideMinimal(a, b), row{tool: "index"}), appWeb), 3)
}

// Every measurement works; the figures of so small a run mean nothing.
func TestEveryMeasurementWorks(t *testing.T) {
	rows, err := measureAll(t.Context(), small, "", func(what string) { t.Log(what) })
	require.NoError(t, err)
	tools := map[string]bool{}
	for _, r := range rows {
		assert.Greater(t, r.got, 0.0, r.tool)
		assert.NotEmpty(t, r.claim, r.tool)
		assert.NotEmpty(t, r.why, r.tool)
		tools[r.tool] = true
	}
	assert.Len(t, tools, 20)
	t.Log("\n" + render(rows))
}
