package queues

import (
	"context"
	"time"
)

// receive takes up to n messages and hides them. Without any it waits until one
// comes, the wait is over or ctx ends.
func (s *Service) receive(ctx context.Context, arn string, n int, hide, wait time.Duration) ([]message, error) {
	end := time.NewTimer(wait)
	defer end.Stop()
	for {
		var got []message
		var changed chan struct{}
		var next time.Duration
		err := s.with(arn, func(q *queue) (err error) {
			got, err = s.take(q, n, hide)
			changed, next = q.changed, q.next(s.now())
			return err
		})
		if err != nil || len(got) > 0 || wait == 0 {
			return got, err
		}
		due := time.NewTimer(next)
		select {
		case <-ctx.Done():
			return nil, nil
		case <-end.C:
			wait = 0 // once more, and then what is there
		case <-changed:
		case <-due.C:
		}
		due.Stop()
	}
}

// next is how long until a hidden message is to be seen, maxWait at most.
func (q *queue) next(now time.Time) time.Duration {
	soonest := maxWait
	for _, m := range q.messages {
		if d := m.Visible.Sub(now); d > 0 {
			soonest = min(soonest, d)
		}
	}
	return soonest
}

// take delivers what is visible. What has been delivered often enough goes to
// the dead letters, what is too old goes.
func (s *Service) take(q *queue, n int, hide time.Duration) ([]message, error) {
	got, changes := q.choose(s.now(), n, hide)
	if err := s.commit(changes); err != nil {
		return nil, err
	}
	for _, c := range changes {
		if c.arn != q.ARN { // a dead letter
			s.queues[c.arn].wake()
		}
	}
	q.counts.Received += int64(len(got))
	if len(got) == 0 {
		q.counts.EmptyReceives++
	}
	return got, nil
}

// choose is what a receiver gets now and what changes by that.
func (q *queue) choose(now time.Time, n int, hide time.Duration) (got []message, changes []change) {
	for _, m := range q.messages {
		switch {
		case m.expired(q.Queue, now):
			changes = append(changes, change{arn: q.ARN, message: m, gone: true})
		case m.Visible.After(now) || len(got) == n:
		case q.DeadLetters != "" && m.Receives >= q.MaxReceives:
			dead := m.dead(q.ARN, now)
			dead.Number = 0
			changes = append(changes, change{arn: q.ARN, message: m, gone: true}, change{arn: q.DeadLetters, message: dead})
		default:
			m = m.delivered(now, hide)
			got = append(got, m)
			changes = append(changes, change{arn: q.ARN, message: m})
		}
	}
	return got, changes
}
