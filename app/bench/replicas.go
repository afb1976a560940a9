package main

import (
	"context"
	"fmt"

	"github.com/rung-dev/rung/app/database"
)

// conns is how many connections each server has in the measurement of
// replicas; with 5 ms queries that is the limit of a server.
const conns = 5

const busy = `SELECT sum(i * i % 7) FROM generate_series(1, 20000) i`

func replicas(ctx context.Context, t *trial) []row {
	const tool, best = "read replicas, servers limited by ", "best of three: %.0f/s on the primary alone, " +
		"%.0f/s on one replica, %.0f/s on two (%.2fx of one)"
	over := func(limit, sql, claim, why string) row {
		v := reading(ctx, t, sql)
		return row{tool: tool + limit, claim: claim, measured: fmt.Sprintf(best, v[0], v[1], v[2], v[2]/v[1]),
			got: v[2] / v[1], want: 2, why: why}
	}
	return []row{
		over("connections", fiveMillis, "reads spread over the replicas: two carry 2x of one",
			"Each server has five connections and each query waits 5 ms, so a server's limit does not depend on the "+
				"shared processors. One replica frees the primary but carries no more than it."),
		over("processors", busy, "the same",
			"All servers share this machine's processors with whatever else runs on it, so this run cannot show what a "+
				"replica on a machine of its own adds."),
	}
}

// reading is the throughput over no, one and two replicas: the best of three
// rounds, because what else the machine does can only take from it.
func reading(ctx context.Context, t *trial, sql string) (out [3]float64) {
	for range 3 {
		for n := range out {
			out[n] = max(out[n], readingOver(ctx, t, n, sql))
		}
	}
	return out
}

func readingOver(ctx context.Context, t *trial, replicas int, sql string) float64 {
	if t.err != nil {
		return 0
	}
	pools, err := t.pools(ctx, replicas, conns)
	if t.fails(err) {
		return 0
	}
	defer pools.Close()
	return t.rate(ctx, 4*conns, func(ctx context.Context) error {
		return pools.Read(ctx, func(q database.Querier) error { return q.QueryRow(ctx, sql).Scan(nil) })
	})
}
