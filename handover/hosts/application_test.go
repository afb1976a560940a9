package hosts_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/postgres"
)

// write is one that the database has acknowledged: when, and on which side.
type write struct {
	note, side   string
	asked, acked time.Time
}

// application writes and reads at a rate all the time, and remembers every write
// that was acknowledged. It keeps the contract: while the file is there, writes wait.
type application struct {
	w     *world
	pools map[string]*pgxpool.Pool
	stop  context.CancelFunc
	wait  sync.WaitGroup

	mu                     sync.Mutex
	acked                  []write
	failures               []string
	longest                time.Duration
	reads, badReads, count atomic.Int64
	refused                atomic.Int64
}

// use starts an application with so many writes and reads a second.
func (w *world) use(writes, reads int) *application {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	a := &application{w: w, stop: cancel, pools: map[string]*pgxpool.Pool{}}
	for _, url := range []string{w.spec.From, w.spec.To} {
		cfg, err := pgxpool.ParseConfig(url)
		require.NoError(w.t, err)
		cfg.MaxConns = 20
		pool, err := pgxpool.NewWithConfig(ctx, cfg)
		require.NoError(w.t, err)
		a.pools[url] = pool
	}
	a.at(ctx, writes, a.write)
	a.at(ctx, reads, a.read)
	w.t.Cleanup(a.end)
	return a
}

// at calls fn at a rate that slow answers do not slow down.
func (a *application) at(ctx context.Context, rate int, fn func(context.Context)) {
	if rate == 0 {
		return
	}
	a.wait.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				a.wait.Go(func() { fn(context.WithoutCancel(ctx)) })
			}
		}
	})
}

// side is the database that the application was led to.
func (a *application) side() string {
	text, err := os.ReadFile(a.w.where)
	if err != nil {
		return ""
	}
	return string(text)
}

func (a *application) write(ctx context.Context) {
	asked := time.Now()
	for end := asked.Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(a.w.spec.Edge.PauseFile); err != nil {
			break
		}
	}
	side, note := a.side(), fmt.Sprintf("write %d", a.count.Add(1))
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, err := a.pools[side].Exec(ctx, "INSERT INTO orders (note) VALUES ($1)", note)
	a.mu.Lock()
	defer a.mu.Unlock()
	var answer *pgconn.PgError
	switch {
	case err == nil:
		now := time.Now()
		a.acked = append(a.acked, write{note, side, asked, now})
		a.longest = max(a.longest, now.Sub(asked))
	case errors.As(err, &answer) && answer.Code == postgres.Refuses:
		a.refused.Add(1)
	default:
		a.failures = append(a.failures, err.Error())
	}
}

func (a *application) read(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var n int
	a.reads.Add(1)
	if err := a.pools[a.side()].QueryRow(ctx, "SELECT count(*) FROM orders WHERE id = 7").Scan(&n); err != nil || n != 1 {
		a.badReads.Add(1)
	}
}

// end stops the load and waits for what is on its way.
func (a *application) end() {
	a.stop()
	a.wait.Wait()
	for _, p := range a.pools {
		p.Close()
	}
}

// lost are the acknowledged writes that a side does not have.
func (a *application) lost(url string) []string {
	t := a.w.t
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	defer pool.Close()
	rows, err := pool.Query(t.Context(), "SELECT note FROM orders")
	require.NoError(t, err)
	there := map[string]bool{}
	for rows.Next() {
		var note string
		require.NoError(t, rows.Scan(&note))
		there[note] = true
	}
	require.NoError(t, rows.Err())
	var lost []string
	for _, one := range a.acked {
		if !there[one.note] {
			lost = append(lost, one.note)
		}
	}
	return lost
}

// gap is the longest time in which no write was acknowledged.
func (a *application) gap() (longest time.Duration) {
	slices.SortFunc(a.acked, func(x, y write) int { return x.acked.Compare(y.acked) })
	for i := 1; i < len(a.acked); i++ {
		longest = max(longest, a.acked[i].acked.Sub(a.acked[i-1].acked))
	}
	return longest
}
