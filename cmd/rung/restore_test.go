package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/operate/offline"
)

// attic is a cloud with backups.
type attic struct {
	offline.Driver
	asked operate.Restoring
	made  operate.Restored
}

func (a *attic) Restore(_ context.Context, _ operate.Stack, r operate.Restoring,
	tell func(string)) (operate.Restored, error) {
	a.asked = r
	tell(r.Name + " is creating")
	return a.made, r.Within(time.Now().Add(-time.Hour), time.Now())
}

func TestRestore(t *testing.T) {
	s := newShop(t)
	require.Equal(t, codeDone, s.rung("up", "1").code)
	r := s.rung("restore", "--at", "15m")
	assert.Equal(t, codeUsage, r.code)
	assert.Contains(t, r.err, "restore: the offline cloud is a file")

	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	cloud := &attic{made: operate.Restored{Name: "r-1", Host: "r-1.rds", Port: 5432, At: at}}
	s.asks = cloud
	r = s.rung("restore", "--at", "latest", "--name", "r-1")
	require.Equal(t, codeDone, r.code, r.err)
	assert.True(t, cloud.asked.At.IsZero())
	assert.Equal(t, "database", cloud.asked.Of.Name)
	assert.Contains(t, r.err, "r-1 is creating")
	assert.Contains(t, r.err, "`rung db database --host r-1.rds`")
	assert.Contains(t, r.out, "database as it was at 2026-11-30T12:00:00Z\nr-1  r-1.rds:5432\n")

	cloud.made = operate.Restored{Name: "r-1", At: at, Rows: []operate.Rows{{Table: "posts", Now: 3, Then: 2},
		{Table: "new", Now: 1, Then: -1}}}
	r = s.rung("restore", "--at", "15m")
	require.Equal(t, codeDone, r.code, r.err)
	assert.WithinDuration(t, time.Now().Add(-15*time.Minute), cloud.asked.At, time.Minute)
	assert.Regexp(t, `posts +2 +3\n`, r.out)
	assert.Regexp(t, `new +no table +1\n`, r.out)

	for want, args := range map[string][]string{"--at: got \"\"": {"restore"},
		"--name: got \"A\"":    {"restore", "--at", "1m", "--name", "A"},
		"cache is no database": {"restore", "cache", "--at", "1m"}, "no backup goes there": {"restore", "--at", "2h"}} {
		r = s.rung(args...)
		assert.Equal(t, codeUsage, r.code, want)
		assert.Contains(t, r.err, want)
	}
}
