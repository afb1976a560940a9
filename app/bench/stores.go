package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/rung-dev/rung/app/cache"
	"github.com/rung-dev/rung/app/database"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/redis"
	"github.com/rung-dev/rung/app/store"
)

// The ladder's query takes 5 ms and its uncached one 50 ms; sleeping makes
// them so on any machine.
const (
	fiveMillis  = `SELECT pg_sleep(0.005)`
	fiftyMillis = `SELECT pg_sleep(0.05)`
)

// trip is the distance between an app and its database in the measurement
// that adds one.
const trip = 10 * time.Millisecond

func pooling(ctx context.Context, p *place) ([]row, error) {
	near, err := poolingOver(ctx, p, p.primary())
	if err != nil {
		return nil, err
	}
	l, err := far(p.primary(), trip)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	distant, err := poolingOver(ctx, p, l.Addr().String())
	if err != nil {
		return nil, err
	}
	near.tool, distant.tool = "connection pool", "connection pool, database 10 ms away (simulated)"
	near.why = "A connection costs what forking a server process costs; on the loopback there is no distance, no TLS " +
		"and no password, which are most of the 50 ms."
	distant.why = "Each exchange pays the distance once, the query too: what a pool saves is the exchanges that open a " +
		"connection. TLS adds two of them and a password two, which are not measured here."
	return []row{near, distant}, nil
}

func poolingOver(ctx context.Context, p *place, address string) (row, error) {
	url := "postgres://app@" + address + "/" + databaseName + "?sslmode=disable"
	n := p.queries / 4
	fresh, err := times(n, func(int) error {
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, fiveMillis)
		return err
	})
	if err != nil {
		return row{}, err
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return row{}, err
	}
	config.MinConns, config.MaxConns = 5, 20
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return row{}, err
	}
	defer pool.Close()
	query := func(int) error { _, err := pool.Exec(ctx, fiveMillis); return err }
	if _, err := times(20, query); err != nil { // fills the pool
		return row{}, err
	}
	pooled, err := times(n, query)
	if err != nil {
		return row{}, err
	}
	a, b := fresh.percentile(50), pooled.percentile(50)
	return row{claim: "a 5 ms query: 55 ms with a connection of its own, 6 ms from a pool (9x)",
		measured: fmt.Sprintf("%s → %s (%.1fx), medians of %d", ms(a), ms(b), ratio(a, b), n), got: ratio(a, b), want: 9}, nil
}

// caching reads 400 values five times each through the app's cache: four of
// five reads are hits.
func caching(ctx context.Context, p *place) ([]row, error) {
	r, err := redis.Open(ctx, redis.Config{URL: p.redis.URL()})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	c := cache.New(r, store.ErrNotFound, metrics.New().Cache)
	var queries atomic.Int64
	load := func(ctx context.Context) ([]byte, error) {
		queries.Add(1)
		_, err := p.pool.Exec(ctx, fiftyMillis)
		return []byte(`{"title":"a post"}`), err
	}
	ids := make([]string, p.queries)
	for i := range ids {
		ids[i] = store.NewID().String()
	}
	var reads []string
	for range 5 {
		reads = append(reads, ids...)
	}
	rand.Shuffle(len(reads), func(i, j int) { reads[i], reads[j] = reads[j], reads[i] })
	without, err := parallel(reads[:len(ids)], func(string) error { _, err := load(ctx); return err })
	if err != nil {
		return nil, err
	}
	queries.Store(0)
	family := cache.Family{Name: "bench", TTL: 300 * time.Second}
	with, err := parallel(reads, func(id string) error { _, err := c.Get(ctx, family, id, load); return err })
	if err != nil {
		return nil, err
	}
	saved := 1 - float64(queries.Load())/float64(len(reads))
	faster := 1 - float64(with.mean())/float64(without.mean())
	return []row{
		{tool: "cache, 80 % hits", claim: "database queries −80 %", measured: fmt.Sprintf("%d reads, %d queries (−%.0f %%)", len(reads), queries.Load(), saved*100), got: saved, want: 0.8,
			why: "The hits follow from the reads: each value is asked for five times."},
		{tool: "cache, 80 % hits", claim: "mean latency 50 ms → 14 ms (−72 %)",
			measured: fmt.Sprintf("%s → %s (−%.0f %%); a hit takes %s", ms(without.mean()), ms(with.mean()), faster*100, ms(with.percentile(50))), got: faster, want: 0.72,
			why: "The ladder's hit takes 5 ms. Here it comes out of the process' memory or a Redis on the same machine."},
	}, nil
}

// parallel measures fn for each of the ids, a few at a time.
func parallel(ids []string, fn func(string) error) (timed, error) {
	var mu sync.Mutex
	var out timed
	var failed error
	next := make(chan string)
	var under sync.WaitGroup
	for range 4 {
		under.Go(func() {
			for id := range next {
				begin := time.Now()
				err := fn(id)
				took := time.Since(begin)
				mu.Lock()
				out = append(out, took)
				if err != nil {
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	for _, id := range ids {
		next <- id
	}
	close(next)
	under.Wait()
	return out, failed
}

const (
	makeLarge = `CREATE TABLE bench_users (id bigint PRIMARY KEY, email text NOT NULL, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`
	fillLarge = `INSERT INTO bench_users (id, email, name) SELECT i, 'user-' || i || '@example.com', 'user-' || i FROM generate_series(1, $1::bigint) i`
	byEmail   = `SELECT id, name FROM bench_users WHERE email = $1`
	addIndex  = `CREATE INDEX bench_users_email ON bench_users (email)`
	analyse   = `VACUUM ANALYZE bench_users`
)

func indexing(ctx context.Context, p *place) ([]row, error) {
	for _, sql := range []string{makeLarge} {
		if _, err := p.pool.Exec(ctx, sql); err != nil {
			return nil, err
		}
	}
	if _, err := p.pool.Exec(ctx, fillLarge, p.rows); err != nil {
		return nil, err
	}
	if _, err := p.pool.Exec(ctx, analyse); err != nil {
		return nil, err
	}
	lookup := func(int) error {
		var id int64
		var name string
		return p.pool.QueryRow(ctx, byEmail, fmt.Sprintf("user-%d@example.com", 1+rand.IntN(p.rows))).Scan(&id, &name)
	}
	without, err := times(11, lookup)
	if err != nil {
		return nil, err
	}
	if _, err := p.pool.Exec(ctx, addIndex); err != nil {
		return nil, err
	}
	if _, err := p.pool.Exec(ctx, analyse); err != nil {
		return nil, err
	}
	if _, err := times(10, lookup); err != nil {
		return nil, err
	}
	with, err := times(p.queries, lookup)
	if err != nil {
		return nil, err
	}
	a, b := without.percentile(50), with.percentile(50)
	return []row{{tool: "index", claim: "one row of 1M: 500 ms → 5 ms (100x)",
		measured: fmt.Sprintf("%d rows: %s → %s (%.0fx), medians", p.rows, ms(a), ms(b), ratio(a, b)),
		got:      ratio(a, b), want: 100, why: "Table and index are in memory here, so both sides take less than the ladder's."}}, nil
}

const (
	makeBare    = `CREATE TABLE bench_bare (LIKE bench_users); ALTER TABLE bench_bare ADD PRIMARY KEY (id)`
	makeIndexed = `CREATE TABLE bench_indexed (LIKE bench_users); ALTER TABLE bench_indexed ADD PRIMARY KEY (id);
		CREATE INDEX ON bench_indexed (email); CREATE INDEX ON bench_indexed (name, created_at); CREATE UNIQUE INDEX ON bench_indexed (name)`
	oneBare     = `INSERT INTO bench_bare (id, email, name, created_at) VALUES ($1, $2, $3, now())`
	oneIndexed  = `INSERT INTO bench_indexed (id, email, name, created_at) VALUES ($1, $2, $3, now())`
	bulkBare    = `INSERT INTO bench_bare (id, email, name, created_at) SELECT $1::bigint + i, md5(i::text || $1::bigint), md5($1::bigint || '-' || i), now() FROM generate_series(1, $2::bigint) i`
	bulkIndexed = `INSERT INTO bench_indexed (id, email, name, created_at) SELECT $1::bigint + i, md5(i::text || $1::bigint), md5($1::bigint || '-' || i), now() FROM generate_series(1, $2::bigint) i`
)

// inserting fills two tables in the same way, one with three indexes more.
func inserting(ctx context.Context, p *place) ([]row, error) {
	for _, sql := range []string{makeBare, makeIndexed} {
		if _, err := p.pool.Exec(ctx, sql); err != nil {
			return nil, err
		}
	}
	bulk := func(sql string) (timed, error) {
		return times(3, func(i int) error { _, err := p.pool.Exec(ctx, sql, i*p.bulk, p.bulk); return err })
	}
	one := func(sql string) (timed, error) {
		return times(p.queries*2, func(i int) error {
			name := uuid.NewString()
			_, err := p.pool.Exec(ctx, sql, 100_000_000+i, name, name)
			return err
		})
	}
	bare, err := bulk(bulkBare)
	if err != nil {
		return nil, err
	}
	indexed, err := bulk(bulkIndexed)
	if err != nil {
		return nil, err
	}
	bareOne, err := one(oneBare)
	if err != nil {
		return nil, err
	}
	indexedOne, err := one(oneIndexed)
	if err != nil {
		return nil, err
	}
	a, b := bare.percentile(50), indexed.percentile(50)
	c, d := bareOne.percentile(50), indexedOne.percentile(50)
	return []row{
		{tool: "three indexes", claim: "an insert takes 5 ms → 15 ms (3x)", measured: fmt.Sprintf("%d rows in one statement: %s → %s (%.1fx slower)", p.bulk, ms(a), ms(b), ratio(b, a)),
			got: ratio(b, a), want: 3, cost: true, why: "In one statement an insert into the table costs next to nothing, so what is left is the three indexes: their keys are hashes of 32 characters, each at a random place of its tree. The ladder's 5 ms hold the way to the server and the wait for the disk too, which indexes do not lengthen."},
		{tool: "three indexes", claim: "the same, one row at a time", measured: fmt.Sprintf("%s → %s (%.1fx slower), medians", ms(c), ms(d), ratio(d, c)),
			got: ratio(d, c), want: 3, cost: true, why: "Each row also pays the way to the server and a commit, with and without indexes, which is most of it here."},
	}, nil
}

// conns is how many connections each server has in the measurement of
// replicas; with 5 ms queries that is the limit of a server.
const conns = 5

func replicas(ctx context.Context, p *place) ([]row, error) {
	bounded, err := reading(ctx, p, conns, func(ctx context.Context, q database.Querier) error {
		return q.QueryRow(ctx, fiveMillis).Scan(nil)
	})
	if err != nil {
		return nil, err
	}
	busy, err := reading(ctx, p, conns, func(ctx context.Context, q database.Querier) error {
		var n int64
		return q.QueryRow(ctx, "SELECT sum(i * i % 7) FROM generate_series(1, 20000) i").Scan(&n)
	})
	if err != nil {
		return nil, err
	}
	text := func(v [3]float64) string {
		return fmt.Sprintf("best of three: %.0f/s on the primary alone, %.0f/s on one replica, %.0f/s on two (%.2fx of one)",
			v[0], v[1], v[2], v[2]/v[1])
	}
	return []row{
		{tool: "read replicas, servers limited by connections", claim: "reads spread over the replicas: two carry 2x of one", measured: text(bounded), got: bounded[2] / bounded[1], want: 2,
			why: "Each server has five connections and each query waits 5 ms, so a server's limit does not depend on the shared processors. One replica frees the primary but carries no more than it."},
		{tool: "read replicas, servers limited by processors", claim: "the same", measured: text(busy), got: busy[2] / busy[1], want: 2,
			why: "All servers share this machine's processors with whatever else runs on it, so this run cannot show what a replica on a machine of its own adds."},
	}, nil
}

// reading is the throughput over no, one and two replicas: the best of three
// rounds, because what else the machine does can only take from it.
func reading(ctx context.Context, p *place, conns int,
	query func(context.Context, database.Querier) error) (out [3]float64, err error) {
	for range 3 {
		for n := range out {
			got, err := readingOver(ctx, p, n, conns, query)
			if err != nil {
				return out, err
			}
			out[n] = max(out[n], got)
		}
	}
	return out, nil
}

func readingOver(ctx context.Context, p *place, replicas, conns int,
	query func(context.Context, database.Querier) error) (float64, error) {
	pools, err := p.pools(ctx, replicas, conns)
	if err != nil {
		return 0, err
	}
	defer pools.Close()
	return rate(ctx, 4*conns, p.period, func(ctx context.Context) error {
		return pools.Read(ctx, func(q database.Querier) error { return query(ctx, q) })
	})
}

// batching adds views one by one and by the hundred, as the app does.
func batching(ctx context.Context, p *place) ([]row, error) {
	const size = 100
	posts := make([]uuid.UUID, size)
	ones := make([]int64, size)
	for i := range posts {
		posts[i], ones[i] = store.NewID(), 1
	}
	single, err := times(p.queries, func(i int) error {
		return p.app.Posts.AddViews(ctx, store.NewID(), posts[i%size:i%size+1], ones[:1])
	})
	if err != nil {
		return nil, err
	}
	batch, err := times(max(p.queries/10, 3),
		func(int) error { return p.app.Posts.AddViews(ctx, store.NewID(), posts, ones) })
	if err != nil {
		return nil, err
	}
	a, b := single.mean(), batch.mean()/size
	return []row{{tool: "batching", claim: "many small writes in one: flush at 100 items or after 5 s (no figure given)",
		measured: fmt.Sprintf("a view: %s alone, %s in a batch of 100 (%.0fx)", ms(a), ms(b), ratio(a, b)), got: ratio(a, b),
		why: "Without waiting for the disk (fsync is off here); with it, a single write is slower by one wait for the disk and the batch shares it."}}, nil
}
