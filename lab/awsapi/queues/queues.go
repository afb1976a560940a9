// Package queues is SQS: standard queues with visibility time-outs, delays,
// long polling, retention and dead letters, kept in a file.
//
// A message that was accepted is in the file before the sender hears of it, and
// so is each delivery, so that a killed supervisor neither loses messages nor
// forgets how often they were tried. The file is not forced to the disk: a
// machine that loses power may lose the last moments, a process that is killed
// does not. FIFO queues are refused, as no stage plans one. Messages wait in
// memory, too: a queue is meant for thousands, not for millions.
package queues

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// Queue is a queue as the plan has it. Zero values mean what AWS takes where
// nothing is said.
type Queue struct {
	// ARN names it: arn:aws:sqs:REGION:ACCOUNT:NAME.
	ARN string
	// Visibility is how long a message that was received is hidden. Zero means
	// 30 s; up to 12 hours.
	Visibility time.Duration
	// Retention is how long a message is kept. Zero means four days.
	Retention time.Duration
	// Delay is how long a new message is hidden, up to 15 minutes.
	Delay time.Duration
	// Wait is how long a receiver waits that does not say, up to 20 s.
	Wait time.Duration
	// MaxBytes is the largest message. Zero means 262,144.
	MaxBytes int
	// DeadLetters is the ARN of the queue that takes what was received
	// MaxReceives times; empty keeps everything.
	DeadLetters string
	MaxReceives int
}

// The limits of AWS.
const (
	maxVisibility = 12 * time.Hour
	maxDelay      = 15 * time.Minute
	maxWait       = 20 * time.Second
	maxInFlight   = 120_000
	maxBatch      = 10
	maxBatchBytes = 1 << 20
	maxAttributes = 10

	defaultVisibility = 30 * time.Second
	defaultRetention  = 4 * 24 * time.Hour
	defaultBytes      = 256 << 10
)

func (q Queue) withDefaults() Queue {
	if q.Visibility == 0 {
		q.Visibility = defaultVisibility
	}
	if q.Retention == 0 {
		q.Retention = defaultRetention
	}
	if q.MaxBytes == 0 {
		q.MaxBytes = defaultBytes
	}
	return q
}

// queue is a queue that runs.
type queue struct {
	Queue
	messages []message // in the order of their numbers
	changed  chan struct{}
	counts   Counts
}

// wake lets those look again who wait for a message.
func (q *queue) wake() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// Service are all queues of an account.
type Service struct {
	db  *bbolt.DB
	now func() time.Time

	mu     sync.Mutex
	queues map[string]*queue // by ARN
}

// New finds the queues that the file has; nil for now means time.Now.
func New(db *bbolt.DB, now func() time.Time) (*Service, error) {
	if now == nil {
		now = time.Now
	}
	s := &Service{db: db, now: now, queues: map[string]*queue{}}
	kept, err := load(db)
	if err != nil {
		return nil, fmt.Errorf("read the queues: %w", err)
	}
	for arn, messages := range kept {
		s.queues[arn] = &queue{Queue: Queue{ARN: arn}.withDefaults(), messages: messages, changed: make(chan struct{})}
	}
	return s, nil
}

// Declare makes the service hold exactly these queues: those that it has keep
// their messages, others are new and empty, and what is not named goes with all
// that is in it. Nothing changes where a queue is refused.
func (s *Service) Declare(list []Queue) error {
	wanted := map[string]Queue{}
	for _, q := range list {
		wanted[q.ARN] = q.withDefaults()
	}
	if err := check(wanted); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := keepOnly(s.db, slices.Collect(maps.Keys(wanted))); err != nil {
		return fmt.Errorf("declare queues: %w", err)
	}
	for arn, q := range s.queues {
		if _, ok := wanted[arn]; !ok {
			q.wake()
			delete(s.queues, arn)
		}
	}
	for arn, q := range wanted {
		if s.queues[arn] == nil {
			s.queues[arn] = &queue{changed: make(chan struct{})}
		}
		s.queues[arn].Queue = q
		s.queues[arn].wake()
	}
	return nil
}

// Counts is what a queue has done since the service began, as CloudWatch counts it.
type Counts struct{ Sent, Received, Deleted, EmptyReceives int64 }

// Depth is how full a queue is.
type Depth struct {
	ARN string
	// Visible wait, Hidden are being worked on, Delayed are not due yet.
	Visible, Hidden, Delayed int
	// Oldest is how long the oldest message is there; zero without messages.
	Oldest time.Duration
	Counts Counts
}

// Depths tells of every queue, in the order of their ARNs.
func (s *Service) Depths() []Depth {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var all []Depth
	for _, arn := range slices.Sorted(maps.Keys(s.queues)) {
		all = append(all, s.queues[arn].depth(now))
	}
	return all
}

func (q *queue) depth(now time.Time) Depth {
	d := Depth{ARN: q.ARN, Counts: q.counts}
	for _, m := range q.messages {
		switch {
		case m.expired(q.Queue, now):
			continue
		case !m.Visible.After(now):
			d.Visible++
		case m.Receives > 0 || m.Receipt != "":
			d.Hidden++
		default:
			d.Delayed++
		}
		d.Oldest = max(d.Oldest, now.Sub(m.Sent))
	}
	return d
}
