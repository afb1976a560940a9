package failover_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/failover"
)

// A copy is compared while people write, and one that is not what it copies is refused by
// the name of its table: here it is another server's, which nothing tells from a copy but its rows.
func TestACopyIsCompared(t *testing.T) {
	r := newTwoRegions(t)
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	var written atomic.Int64
	wait.Go(func() {
		for ctx.Err() == nil {
			if try(r.old().URL("shop"), "INSERT INTO notes VALUES (gen_random_uuid()::text)") == nil {
				written.Add(1)
			}
		}
	})
	defer wait.Wait()
	defer stop()
	require.Eventually(t, func() bool { return written.Load() > 3 }, 10*time.Second, 10*time.Millisecond)
	all, err := r.stack("").Compare(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	for _, c := range all {
		assert.Equal(t, 1, c.Tables)
		assert.Empty(t, c.Differences)
	}
	assert.Positive(t, all[0].Rows)
	before := written.Load()
	require.Eventually(t, func() bool { return written.Load() > before }, 10*time.Second, 10*time.Millisecond,
		"writes go on")
	assert.Zero(t, query[int](t, r.old().URL("shop"), "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'rung%'"))

	// The primary of one pair and the copy of another.
	s := r.stack("")
	s.Pairs = []failover.Pair{{Name: "shop", From: way(r.old().URL("shop")), To: way(r.new().URL("people"))}}
	_, err = s.Compare(t.Context())
	require.ErrorContains(t, err, "the copy is not what it copies")
	require.ErrorContains(t, err, "notes")
	require.ErrorContains(t, err, "lead nobody there")
	s.Pairs[0].To = way(r.old().URL("shop"))
	_, err = s.Compare(t.Context())
	require.ErrorContains(t, err, "receiver")
}
