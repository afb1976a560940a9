package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/tracing"
)

// River keeps the queue in the database: a job is noted and queued in one
// transaction, so neither is ever without the other.
type River struct {
	pool   *pgxpool.Pool
	config Config
	insert *river.Client[pgx.Tx]
	// workers is what Work uses, so that jobs and requests do not wait for
	// each other's connections.
	workers *pgxpool.Pool
}

// MailKind is the kind of jobs that hand mails over.
const MailKind = "mail"

// mailQueue is a queue of its own: a mail server that hangs holds up mails.
const mailQueue = "mail"

// WithWorkers makes Work use another pool of the same database.
func (q *River) WithWorkers(pool *pgxpool.Pool) *River {
	q.workers = pool
	return q
}

// Connections is how many a worker needs: one for each job, one that listens,
// and one for what the queue does for itself.
func (c Config) Connections() int {
	c = c.withDefaults()
	return c.Concurrency + c.mails() + 2
}

// mails is how many of them are handed over at a time.
func (c Config) mails() int { return max(c.Concurrency/2, 1) }

// riverLock is the advisory lock of those that bring River's tables up to date.
const riverLock = 0x72756e6772697665

// MigrateRiver makes River's own tables. Machines that start together do so one after
// another: River itself takes no lock, and two of it trip over each other.
func MigrateRiver(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(riverLock)); err != nil {
		return fmt.Errorf("migrate the queue: wait for others that do: %w", err)
	}
	defer conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(riverLock)) //nolint:errcheck // it ends with the connection, too
	m, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	return nil
}

// NewRiver uses a database that [MigrateRiver] has brought up to date.
func NewRiver(pool *pgxpool.Pool, c Config) (*River, error) {
	insert, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		return nil, fmt.Errorf("open the queue in the database: %w", err)
	}
	return &River{pool: pool, config: c.withDefaults(), insert: insert, workers: pool}, nil
}

// riverArgs is all that travels: the rest is in the table of jobs.
type riverArgs struct {
	Job   uuid.UUID `json:"job"`
	Trace string    `json:"trace,omitempty"`
}

// Kind names the job to River.
func (riverArgs) Kind() string { return "job" }

// Enqueue is as the interface says.
func (q *River) Enqueue(ctx context.Context, j store.Job) error {
	err := pgx.BeginFunc(ctx, q.pool, func(tx pgx.Tx) error {
		if err := store.CreateJob(ctx, tx, j); err != nil {
			return err
		}
		_, err := q.insert.InsertTx(ctx, tx, riverArgs{Job: j.ID, Trace: tracing.Of(ctx)},
			&river.InsertOpts{MaxAttempts: q.config.Attempts, Queue: queueOf(j.Kind)})
		return err
	})
	if exists(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

func queueOf(kind string) string {
	if kind == MailKind {
		return mailQueue
	}
	return river.QueueDefault
}

func exists(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

type riverWorker struct {
	river.WorkerDefaults[riverArgs]
	run      Run
	stopping <-chan struct{}
	under    *leases
}

// Work does one attempt. What the worker's own end interrupted does not count
// as one.
func (w *riverWorker) Work(ctx context.Context, j *river.Job[riverArgs]) error {
	defer w.under.hold(j.ID)()
	err := w.run(ctx, Attempt{Job: j.Args.Job, Number: j.Attempt, Last: j.Attempt >= j.MaxAttempts,
		Trace: j.Args.Trace})
	if err == nil || !interrupted(ctx) {
		return err
	}
	select {
	case <-w.stopping:
		return river.JobSnooze(time.Second)
	default:
		return err
	}
}

// NextRetry is River's question for the pause.
func (q *River) NextRetry(j *rivertype.JobRow) time.Time {
	return time.Now().Add(q.config.pause(j.Attempt))
}

// Work is as the interface says. A job whose worker has died is given to
// another once its lease has run out; see [leases].
func (q *River) Work(ctx context.Context, run Run, grace time.Duration) error {
	workers := river.NewWorkers()
	under := &leases{pool: q.workers, config: q.config, held: map[int64]bool{}}
	if err := river.AddWorkerSafely(workers, &riverWorker{run: run, stopping: ctx.Done(), under: under}); err != nil {
		return fmt.Errorf("work: %w", err)
	}
	client, err := river.NewClient(riverpgxv5.New(q.workers), &river.Config{
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: q.config.Concurrency}, mailQueue: {MaxWorkers: q.config.mails()}},
		Workers:                     workers,
		JobTimeout:                  q.config.Longest,
		RescueStuckJobsAfter:        q.config.Longest + time.Second,
		RetryPolicy:                 q,
		SoftStopTimeout:             max(grace, time.Millisecond),
		DiscardedJobRetentionPeriod: -1, // dead letters are kept until somebody decides
		Logger:                      q.config.Log,
	})
	if err != nil {
		return fmt.Errorf("work: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		return fmt.Errorf("work: %w", err)
	}
	under.keep(client.Stopped())
	return nil
}

// queueLength counts the jobs that wait in the database.
const queueLength = `SELECT count(*) FROM river_job WHERE state IN ('available', 'retryable', 'scheduled')`

// Length counts what can be done now or after a pause.
func (q *River) Length(ctx context.Context) (int, error) {
	var n int
	err := q.pool.QueryRow(ctx, queueLength).Scan(&n)
	return n, err
}

// Dead lists what River calls discarded.
func (q *River) Dead(ctx context.Context, limit int) ([]Dead, error) {
	list, err := q.insert.JobList(ctx, river.NewJobListParams().States(rivertype.JobStateDiscarded).First(limit).
		OrderBy(river.JobListOrderByTime, river.SortOrderDesc))
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w", err)
	}
	out := make([]Dead, 0, len(list.Jobs))
	for _, j := range list.Jobs {
		out = append(out, deadOf(j))
	}
	return out, nil
}

func deadOf(j *rivertype.JobRow) Dead {
	d := Dead{handle: strconv.FormatInt(j.ID, 10)}
	var args riverArgs
	if json.Unmarshal(j.EncodedArgs, &args) == nil {
		d.Job = args.Job.String()
	}
	if j.FinalizedAt != nil {
		d.At = *j.FinalizedAt
	}
	if n := len(j.Errors); n > 0 {
		d.Error = j.Errors[n-1].Error
	}
	return d
}

// Replay is as the interface says.
func (q *River) Replay(ctx context.Context, ids ...string) (int, error) {
	dead, err := q.Dead(ctx, 10_000)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, d := range dead {
		if len(ids) > 0 && !slices.Contains(ids, d.Job) {
			continue
		}
		row, err := strconv.ParseInt(d.handle, 10, 64)
		if err != nil {
			return n, fmt.Errorf("replay %s: %w", d.Job, err)
		}
		if _, err := q.insert.JobRetry(ctx, row); err != nil {
			return n, fmt.Errorf("replay %s: %w", d.Job, err)
		}
		n++
	}
	return n, nil
}
