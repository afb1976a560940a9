package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/stacks/config"
)

func TestFlagsOfAChangeOverOfRegions(t *testing.T) {
	const fits = 2 * time.Second
	for name, tt := range map[string]struct {
		give regionMove
		want []string
	}{
		"planned":           {regionMove{maxPause: fits}, nil},
		"lost":              {regionMove{maxPause: fits, unplanned: true, accept: true}, nil},
		"planned with loss": {regionMove{maxPause: fits, accept: true}, []string{"--accept-loss"}},
		"all at once": {regionMove{unplanned: true, abort: true, maxPause: time.Hour},
			[]string{"--abort", "--max-pause: got 1h0m0s, want 100ms to 1m"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.give.check()
			if tt.want == nil {
				require.NoError(t, err)
			}
			for _, want := range tt.want {
				require.ErrorIs(t, err, errUsage)
				assert.ErrorContains(t, err, want)
			}
		})
	}
}

func TestAnAbortOfNothing(t *testing.T) {
	r := rung(t, t.TempDir(), "failover", "region", "eu-west-1", "--abort")
	assert.Equal(t, codeUsage, r.code, r.err)
}

// promotes is a driver that tells of copies.
type promotes struct {
	operate.Driver
	copies []operate.Copy
}

func (p promotes) Copies(context.Context, operate.Stack, string) ([]operate.Copy, error) {
	return p.copies, nil
}

// What is not well is refused before anything is closed, and primaries go on only where the
// cloud says that no copy is being promoted.
func TestWhatTheCloudSaysOfCopies(t *testing.T) {
	well := operate.Copy{Name: "database-euw1", ID: "copy", Region: "eu-west-1", Source: "db", SourceRegion: "us-east-1",
		State: "available", SourceState: "available"}
	with := func(change func(*operate.Copy)) operate.Copy { c := well; change(&c); return c }
	b := between{Region: "eu-west-1", Pairs: []operate.Following{{Copy: operate.Store{Name: "database-euw1"}}}}
	for name, tt := range map[string]struct {
		give      operate.Copy
		refused   string
		promoting bool
	}{
		"well":        {well, "", false},
		"source lost": {with(func(c *operate.Copy) { c.SourceState = "" }), "--unplanned", false},
		"being promoted": {with(func(c *operate.Copy) { c.State = "modifying" }),
			"copy in eu-west-1 is modifying", true},
		"promoted":           {with(func(c *operate.Copy) { c.Source = "" }), "", true},
		"another's promoted": {with(func(c *operate.Copy) { c.Source, c.Name = "", "old-euw1" }), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := &day{session: &session{app: &app{}}, driver: promotes{copies: []operate.Copy{tt.give}}}
			err := d.ready(t.Context(), "eu-west-1")
			if tt.refused == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tt.refused)
			}
			promoting, err := d.promoting(t.Context(), b)
			require.NoError(t, err)
			assert.Equal(t, tt.promoting, promoting)
		})
	}
}

// What a change-over is between is kept until it has ended: a promoted copy does not tell
// what it has copied.
func TestAChangeOverUnderWay(t *testing.T) {
	dir := t.TempDir()
	b := between{Region: "eu-west-1", Pairs: []operate.Following{{Source: operate.Store{Name: "database", Secret: "arn"},
		Copy: operate.Store{Name: "database-euw1"}}}}
	require.NoError(t, b.save(dir))
	info, err := os.Stat(filepath.Join(dir, betweenFile))
	require.NoError(t, err)
	assert.EqualValues(t, 0o600, info.Mode().Perm())
	d := &day{session: &session{app: &app{}}}
	again, err := d.between(t.Context(), dir, "eu-west-1")
	require.NoError(t, err)
	assert.Equal(t, b, again)
	_, err = d.between(t.Context(), dir, "eu-central-1")
	require.ErrorContains(t, err, "a change-over to eu-west-1 is under way")
}

// The list of regions to which nobody is led can be emptied.
func TestARegionLeavesTheListOfThoseThatAreHeld(t *testing.T) {
	for want, list := range map[string][]string{"[]": {"eu-west-1"}, `["eu-central-1"]`: {"eu-west-1", "eu-central-1"}} {
		assert.Equal(t, want, without(list, "eu-west-1"))
		_, err := config.Parse(map[string]string{"stage": "5", "traffic.held": want, "regions": "us-east-1,eu-central-1"})
		require.NoError(t, err)
	}
}

func TestURLOfATunnel(t *testing.T) {
	who := operate.Login{User: "app", Password: "p/w@", Database: "app"}
	assert.Equal(t, "postgres://app:p%2Fw%40@127.0.0.1:7/app?sslmode=require", urlOf(who, "127.0.0.1:7", true))
	assert.Equal(t, "postgres://app:p%2Fw%40@127.0.0.1:7/app?sslmode=prefer", urlOf(who, "127.0.0.1:7", false))
}
