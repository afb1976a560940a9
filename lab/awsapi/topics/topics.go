// Package topics is SNS: topics that deliver into queues of SQS, of any region
// of the account, by filter policies and raw or in SNS's envelope.
//
// A delivery is in its queue before the publisher hears of it, so nothing waits
// here and nothing is kept. Deliveries to anything but queues, and FIFO topics,
// are refused, as no stage plans them.
package topics

import (
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/rung-dev/rung/lab/awsapi/queues"
)

// Topic is a topic as the plan has it.
type Topic struct {
	// ARN names it: arn:aws:sns:REGION:ACCOUNT:NAME.
	ARN string
	// Subscriptions are who gets what is published.
	Subscriptions []Subscription
}

// Subscription is a queue that is told.
type Subscription struct {
	// Queue is the ARN of the queue.
	Queue string
	// Raw delivers the message alone, with its attributes; else it comes in an
	// envelope of JSON.
	Raw bool
	// Filter is the filter policy, JSON over the message's attributes; empty
	// takes everything.
	Filter string
	// DeadLetters is the ARN of the queue for what cannot be delivered; empty
	// drops that.
	DeadLetters string
}

// Queues are where deliveries go.
type Queues interface {
	Send(arn, body string, attributes map[string]queues.Attribute, delay time.Duration) (id string, err error)
}

type subscription struct {
	Subscription
	filter filter
}

// Service are all topics of an account.
type Service struct {
	queues Queues
	now    func() time.Time

	mu     sync.RWMutex
	topics map[string][]subscription // by the topic's ARN
}

// New is a service without topics; nil for now means time.Now.
func New(to Queues, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{queues: to, now: now}
}

var arnForm = regexp.MustCompile(`^arn:aws:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$`)

// Declare makes the service hold exactly these topics. Nothing changes where one
// is refused.
func (s *Service) Declare(list []Topic) error {
	topics, errs := map[string][]subscription{}, []error(nil)
	for _, t := range list {
		if !arnForm.MatchString(t.ARN) {
			errs = append(errs, fmt.Errorf("topic %s: want arn:aws:sns:REGION:ACCOUNT:NAME, no FIFO", t.ARN))
		}
		topics[t.ARN] = nil
		for _, sub := range t.Subscriptions {
			f, err := readFilter(sub.Filter)
			if err != nil {
				errs = append(errs, fmt.Errorf("topic %s: subscription of %s: %w", t.ARN, sub.Queue, err))
			}
			topics[t.ARN] = append(topics[t.ARN], subscription{sub, f})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.topics = topics
	return nil
}

func (s *Service) subscriptions(arn string) ([]subscription, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list, ok := s.topics[arn]
	return list, ok
}
