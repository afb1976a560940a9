// Package jobs takes work out of requests: a request notes a job and answers
// with its id; a worker does it. One interface stands before two queues: the
// database itself (River) where one server is enough, and SQS.
//
// Both deliver at least once, so handlers must bear to run twice. A job is
// tried [contract.JobAttempts] times with growing pauses from two seconds;
// after that it is a dead letter, which is kept, listed and can be replayed.
package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/tracing"
)

// Config is common to all queues. The zero value of each field means the
// contract's.
type Config struct {
	// Concurrency is how many jobs one worker does at a time.
	Concurrency int
	// Attempts is how often a job is tried.
	Attempts int
	// Longest is how long a job may take.
	Longest time.Duration
	// Backoff is the pause after the first failure; it doubles with each.
	Backoff time.Duration
	// Lease is after how long a worker that is not heard of has died; zero
	// means 15 s. It concerns the queue in the database.
	Lease time.Duration
	Log   *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Concurrency = cmp.Or(c.Concurrency, contract.JobConcurrency)
	c.Attempts = cmp.Or(c.Attempts, contract.JobAttempts)
	c.Longest = cmp.Or(c.Longest, contract.JobSeconds*time.Second)
	c.Backoff = cmp.Or(c.Backoff, 2*time.Second)
	c.Lease = cmp.Or(c.Lease, 15*time.Second)
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	return c
}

// pause is how long to wait after a failed attempt, counted from 1.
func (c Config) pause(attempt int) time.Duration { return c.Backoff << min(max(attempt-1, 0), 10) }

// GiveUp notes of jobs that they are dead whose queue has given them up and
// nobody has said so: the worker of their last attempt was killed. It returns
// how many.
func (c Config) GiveUp(ctx context.Context, s *store.Store) (int64, error) {
	c = c.withDefaults()
	return s.GiveUpJobs(ctx, c.Attempts, 2*c.Longest) // no attempt is under way for that long
}

// Queue carries jobs to workers.
type Queue interface {
	// Enqueue notes the job and hands it to the queue; after an error there is
	// no such job. A job whose id exists is handed over only once.
	Enqueue(ctx context.Context, j store.Job) error
	// Work does jobs until ctx ends. Then it takes no more, gives those under
	// way the time of grace, and returns.
	Work(ctx context.Context, run Run, grace time.Duration) error
	// Length is how many jobs wait.
	Length(ctx context.Context) (int, error)
	// Dead lists dead letters, the newest first where the queue can tell.
	Dead(ctx context.Context, limit int) ([]Dead, error)
	// Replay gives dead letters to the workers again, by the ids of their
	// jobs, all when none are given, and returns how many.
	Replay(ctx context.Context, ids ...string) (int, error)
}

// Run does one attempt at a job.
type Run func(ctx context.Context, a Attempt) error

// Attempt is one delivery of a job.
type Attempt struct {
	Job    uuid.UUID
	Number int // from 1
	Last   bool
	// Trace is the span that left the job behind, as [tracing.Of] writes it; may be empty.
	Trace string
}

// Dead is a job that was given up.
type Dead struct {
	Job   string    `json:"job"` // empty when the message is not one of a job
	Error string    `json:"error"`
	At    time.Time `json:"at"`

	handle string // the queue's own
}

// Handler does a kind of job and returns its result. It may be called again
// for a job that it has done.
type Handler func(ctx context.Context, j store.Job, progress func(percent int)) (string, error)

// Runner keeps the table of jobs in step with what happens to them.
type Runner struct {
	Store    *store.Store
	Handlers map[string]Handler
	Metrics  *metrics.Metrics
	Tracing  *tracing.Tracing // nil makes no spans
	Log      *slog.Logger
}

// Run is a [Run].
func (r *Runner) Run(ctx context.Context, a Attempt) error {
	job, err := r.Store.Job(ctx, a.Job)
	if err != nil {
		return fmt.Errorf("find job %s: %w", a.Job, err)
	}
	if job.State == store.JobDone {
		return nil // delivered twice
	}
	ctx, done := r.Tracing.Follow(ctx, a.Trace, "job "+job.Kind, attribute.String("job.id", job.ID.String()),
		attribute.Int("job.attempt", a.Number))
	err = r.attempt(ctx, job, a)
	done(err)
	return err
}

func (r *Runner) attempt(ctx context.Context, job store.Job, a Attempt) error {
	if _, err := r.Store.StartJob(ctx, a.Job, a.Number); err != nil {
		return fmt.Errorf("start job %s: %w", a.Job, err)
	}
	begin := time.Now()
	result, err := r.handle(ctx, job)
	r.Metrics.JobDuration.WithLabelValues(job.Kind).Observe(time.Since(begin).Seconds())
	return r.finish(ctx, job, a, result, err)
}

func (r *Runner) handle(ctx context.Context, job store.Job) (result string, err error) {
	handler := r.Handlers[job.Kind]
	if handler == nil {
		return "", fmt.Errorf("no handler for jobs of kind %q", job.Kind)
	}
	defer func() {
		if p := recover(); p != nil {
			r.Log.ErrorContext(ctx, "job panicked", "job", job.ID, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return handler(ctx, job, func(percent int) {
		if err := r.Store.Progress(ctx, job.ID, percent); err != nil {
			r.Log.WarnContext(ctx, "note progress", "job", job.ID, "err", err)
		}
	})
}

// interrupted says whether an attempt ended because its worker did, which does
// not count; that it took too long does.
func interrupted(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }

func (r *Runner) finish(ctx context.Context, job store.Job, a Attempt, result string, failed error) error {
	state, problem, outcome := store.JobDone, "", "done"
	switch {
	case failed != nil && a.Last && !interrupted(ctx):
		state, problem, outcome = store.JobDead, failed.Error(), "dead"
	case failed != nil:
		state, problem, outcome = store.JobQueued, failed.Error(), "retry"
	}
	r.Metrics.Jobs.WithLabelValues(job.Kind, outcome).Inc()
	if failed != nil {
		r.Log.WarnContext(ctx, "job failed", "job", job.ID, "kind", job.Kind, "attempt", a.Number, "err", failed, "trace",
			tracing.ID(ctx))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(failed, r.Store.FinishJob(ctx, job.ID, state, result, problem))
}
