package hosts_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/hosts"
)

// hammer writes to both sides all the time, knows no contract, and says by some of
// its sessions that it replicates. It gives what was acknowledged when it is ended.
func (w *world) hammer(sessions int) (end func() []write) {
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	var mu sync.Mutex
	var acked []write
	for i := range sessions {
		for _, url := range []string{w.spec.From, w.spec.To} {
			conn, err := pgx.Connect(ctx, url)
			require.NoError(w.t, err)
			if i%2 == 1 {
				_, err = conn.Exec(ctx, "SET session_replication_role = replica")
				require.NoError(w.t, err)
			}
			wait.Go(func() {
				defer conn.Close(context.Background())
				for n := 0; ctx.Err() == nil; n++ {
					asked := time.Now()
					_, err := conn.Exec(context.Background(), "INSERT INTO orders (note) VALUES ($1)", fmt.Sprintf("%s %d %d", url,
						i, n))
					if err == nil {
						mu.Lock()
						acked = append(acked, write{side: url, asked: asked, acked: time.Now()})
						mu.Unlock()
					}
					time.Sleep(5 * time.Millisecond)
				}
			})
		}
	}
	return func() []write { cancel(); wait.Wait(); return acked }
}

// Clients that know nothing of the move try to write to both sides throughout: once
// the new side has taken a write, the old one takes none.
func TestNeverDoBothSidesTakeWrites(t *testing.T) {
	w := newWorld(t, schema)
	w.do(hosts.CommandStart)
	// A transaction that is older than the change and writes only after it.
	old, err := pgx.Connect(t.Context(), w.spec.From)
	require.NoError(t, err)
	defer old.Close(context.Background())
	tx, err := old.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "SELECT count(*) FROM orders")
	require.NoError(t, err)

	end := w.hammer(2)
	time.Sleep(300 * time.Millisecond)
	w.do(hosts.CommandSwitch)
	_, err = tx.Exec(t.Context(), "INSERT INTO orders (note) VALUES ('from an old transaction')")
	require.ErrorContains(t, err, "25006")
	for _, sql := range []string{"CREATE TABLE more (id int)", "DROP TABLE orders", "TRUNCATE orders",
		"COPY orders (note) FROM PROGRAM 'echo x'", "MERGE INTO totals t USING (SELECT 1 AS id) s ON t.id = s.id WHEN " +
			"MATCHED THEN DELETE"} {
		require.ErrorContains(t, w.try(w.spec.From, sql), "25006", sql)
	}
	time.Sleep(300 * time.Millisecond)
	acked := end()
	var lastOld, firstNew time.Time
	counts := map[string]int{}
	for _, one := range acked {
		counts[one.side]++
		if one.side == w.spec.From && one.asked.After(lastOld) {
			lastOld = one.asked
		}
		if one.side == w.spec.To && (firstNew.IsZero() || one.acked.Before(firstNew)) {
			firstNew = one.acked
		}
	}
	assert.Positive(t, counts[w.spec.From])
	assert.Positive(t, counts[w.spec.To])
	assert.True(t, lastOld.Before(firstNew), "a write that was asked for %s after the new side had taken one",
		lastOld.Sub(firstNew))
	assert.Equal(t, 500+len(acked), w.count(w.spec.To, "SELECT count(*) FROM orders"))
	assert.Positive(t, w.count(w.spec.From, "SELECT last_value FROM rung_handover.refused"))
}
