package faults

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// effects are what is promised with an answer and comes after it.
type effects struct {
	of       kind
	database string
	// done is the query for those of some ids that have come.
	done string
}

// kind is what has an effect later: each job, or each post by the event of it.
type kind int

const (
	jobs kind = iota
	events
)

// goodDay is how long an effect may take without being late.
const goodDay = 3 * time.Second

// promised are the writes with an effect that were acknowledged before a moment.
func (t *traffic) promised(before time.Time) (ids []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.posts
	if t.jobs {
		all = t.jobbed
	}
	for _, a := range all {
		if a.at.Before(before) {
			ids = append(ids, a.id)
		}
	}
	return ids
}

// watch looks for effects that are late until ctx ends.
func (t *traffic) watch(ctx context.Context, w *World) {
	for ctx.Err() == nil {
		ids := t.promised(time.Now().Add(-goodDay))
		if missing, err := w.missing(ctx, w.effects.database, w.effects.done, ids); err == nil && missing > 0 {
			t.mu.Lock()
			t.late = time.Now()
			t.mu.Unlock()
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// settle waits for all effects, at most as long as patience.
func (t *traffic) settle(w *World, patience time.Duration) {
	for end := time.Now().Add(patience); time.Now().Before(end); w.pause(100 * time.Millisecond) {
		missing, err := w.missing(w.Context(), w.effects.database, w.effects.done, t.promised(time.Now()))
		if err == nil && missing == 0 {
			return
		}
	}
}

// missing counts the ids that a query does not find.
func (w *World) missing(ctx context.Context, database, query string, ids []string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, fmt.Sprintf("postgres://app@%s/%s?sslmode=disable", w.Primary.now(), database))
	if err != nil {
		return 0, err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // only read from
	rows, err := conn.Query(ctx, query, ids)
	if err != nil {
		return 0, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	slices.Sort(found)
	missing := 0
	for _, id := range ids {
		if _, ok := slices.BinarySearch(found, strings.ToLower(id)); !ok {
			missing++
		}
	}
	return missing, err
}

// outcome counts what came of it.
func (t *traffic) outcome(w *World, f Fault, begin time.Time) Outcome {
	out := Outcome{Fault: f.Name, Heals: f.Heals, Sent: len(t.sent), Answers: map[string]int{}}
	last := begin
	for _, s := range t.sent {
		if s.answer == "" {
			continue
		}
		out.Failed++
		out.Answers[s.answer]++
		if s.due.After(last) {
			last = s.due
		}
	}
	out.FailedFor = last.Sub(begin)
	if t.late.After(last) {
		last = t.late
	}
	out.Whole = last.Sub(begin)
	posts := make([]string, 0, len(t.posts))
	for _, p := range t.posts {
		posts = append(posts, p.id)
	}
	lost, err := w.missing(w.Context(), w.database, "SELECT id::text FROM posts WHERE id::text = ANY($1)", posts)
	w.must(err)
	promised := t.promised(time.Now())
	undone, err := w.missing(w.Context(), w.effects.database, w.effects.done, promised)
	w.must(err)
	out.Acknowledged, out.Lost = len(posts)+len(promised), lost+undone
	return out
}
