package jobs

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// leases tell the jobs of a worker that lives from those of one that has died,
// as SQS does with its visibility. River itself waits until a job has taken
// longer than any may, counted from its attempt. So a worker that lives says
// every few seconds that the attempts under way are new, and says of those
// that nobody has spoken for in a while that they are old: River's rescuer
// gives them to another when it comes by next, within half a minute.
//
// A worker that cannot reach the database for that long may lose a job that it
// is still doing. The job is done twice then, which handlers bear.
type leases struct {
	pool   *pgxpool.Pool
	config Config

	mu   sync.Mutex
	held map[int64]bool
}

// The statements on River's own table.
const (
	// renewLeases says that attempts are under way.
	renewLeases = `UPDATE river_job SET attempted_at = now() WHERE id = ANY($1) AND state = 'running'`
	// expireLeases makes attempts that nobody speaks for as old as River wants.
	expireLeases = `UPDATE river_job SET attempted_at = now() - $2::interval WHERE state = 'running' AND attempted_at < now() - $1::interval
		AND attempted_at > now() - $2::interval`
)

// hold keeps the lease of a job until the returned function is called.
func (l *leases) hold(job int64) (release func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[job] = true
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.held, job)
	}
}

func (l *leases) renewable() []int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Keys(l.held))
}

// keep renews until the worker has stopped.
func (l *leases) keep(stopped <-chan struct{}) {
	every := l.config.Lease / 5
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-stopped:
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), max(every, time.Second))
		if err := l.renew(ctx); err != nil {
			l.config.Log.WarnContext(ctx, "renew the leases of jobs", "err", err)
		}
		cancel()
	}
}

func (l *leases) renew(ctx context.Context) error {
	if _, err := l.pool.Exec(ctx, renewLeases, l.renewable()); err != nil {
		return err
	}
	_, err := l.pool.Exec(ctx, expireLeases, l.config.Lease, l.config.Longest+time.Second)
	return err
}
