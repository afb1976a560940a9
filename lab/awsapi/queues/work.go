package queues

import (
	"slices"
	"time"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

// errGone is what SQS says of a queue that it does not have.
func errGone() error {
	return &answer.Error{Code: "com.amazonaws.sqs#QueueDoesNotExist", Query: "AWS.SimpleQueueService.NonExistentQueue",
		Message: "The specified queue does not exist."}
}

func invalid(format string, args ...any) error {
	e := answer.Errorf("com.amazonaws.sqs#InvalidParameterValue", format, args...)
	e.Query = "InvalidParameterValue"
	return e
}

// with does something with a queue, which nobody else changes meanwhile.
func (s *Service) with(arn string, do func(*queue) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queues[arn]
	if q == nil {
		return errGone()
	}
	return do(q)
}

// commit writes changes to the file and then to the queues in memory.
func (s *Service) commit(changes []change) error {
	if err := write(s.db, changes); err != nil {
		return err
	}
	for _, c := range changes {
		q := s.queues[c.arn]
		at, there := find(q.messages, c.message.Number)
		switch {
		case c.gone && there:
			q.messages = slices.Delete(q.messages, at, at+1)
		case there:
			q.messages[at] = c.message
		case !c.gone:
			q.messages = slices.Insert(q.messages, at, c.message)
		}
	}
	return nil
}

// Send puts a message into a queue and returns its id. A negative delay means
// the queue's own. It fails with AWS's codes where the queue is not there or the
// message not one that it takes.
func (s *Service) Send(arn, body string, attributes map[string]Attribute, delay time.Duration) (id string, err error) {
	err = s.with(arn, func(q *queue) error {
		if err := q.takes(body, attributes, delay); err != nil {
			return err
		}
		if delay < 0 {
			delay = q.Delay
		}
		m := newMessage(body, attributes, delay, s.now())
		if err := s.commit([]change{{arn: arn, message: m}}); err != nil {
			return err
		}
		id = m.ID
		q.counts.Sent++
		q.wake()
		return nil
	})
	return id, err
}

func (q *queue) takes(body string, attributes map[string]Attribute, delay time.Duration) error {
	switch {
	case body == "":
		return &answer.Error{Code: "com.amazonaws.sqs#MissingParameter", Query: "MissingParameter",
			Message: "The request must contain the parameter MessageBody."}
	case size(body, attributes) > q.MaxBytes:
		return invalid("One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", q.MaxBytes)
	case len(attributes) > maxAttributes:
		return invalid("Number of message attributes [%d] exceeds the allowed maximum [%d].", len(attributes), maxAttributes)
	case delay > maxDelay:
		return invalid("Value %d for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= %d.",
			int(delay.Seconds()), int(maxDelay.Seconds()))
	}
	return nil
}

// settle acts on the message of a receipt. A receipt of an earlier delivery, or
// of a message that is gone, changes nothing, as with AWS.
func (s *Service) settle(arn, receipt string, do func(*queue, message) (change, error)) error {
	if len(receipt) < receiptLength {
		return &answer.Error{Code: "com.amazonaws.sqs#ReceiptHandleIsInvalid", Query: "ReceiptHandleIsInvalid",
			Message: "The input receipt handle is invalid."}
	}
	return s.with(arn, func(q *queue) error {
		for _, m := range q.messages {
			if m.Receipt != receipt {
				continue
			}
			c, err := do(q, m)
			if err != nil {
				return err
			}
			if err := s.commit([]change{c}); err != nil {
				return err
			}
			q.wake()
			return nil
		}
		return nil
	})
}

// receiptLength is the length of rand.Text.
const receiptLength = 26

func (s *Service) remove(arn, receipt string) error {
	return s.settle(arn, receipt, func(q *queue, m message) (change, error) {
		q.counts.Deleted++
		return change{arn: arn, message: m, gone: true}, nil
	})
}

func (s *Service) hide(arn, receipt string, d time.Duration) error {
	if d < 0 || d > maxVisibility {
		return invalid("Value %d for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer "+
			"between 0 and %d.", int(d.Seconds()), int(maxVisibility.Seconds()))
	}
	return s.settle(arn, receipt, func(q *queue, m message) (change, error) {
		now := s.now()
		if !m.Visible.After(now) {
			return change{}, &answer.Error{Code: "com.amazonaws.sqs#MessageNotInflight",
				Query:   "AWS.SimpleQueueService.MessageNotInflight",
				Message: "The specified message isn't in flight."}
		}
		m.Visible = now.Add(d)
		return change{arn: arn, message: m}, nil
	})
}

// purge removes all messages of a queue.
func (s *Service) purge(arn string) error {
	return s.with(arn, func(q *queue) error {
		var changes []change
		for _, m := range q.messages {
			changes = append(changes, change{arn: arn, message: m, gone: true})
		}
		return s.commit(changes)
	})
}

// move sends the messages of a dead-letter queue back to where they came from,
// or to the queue named, and returns how many went.
func (s *Service) move(from, to string) (n int, err error) {
	err = s.with(from, func(q *queue) error {
		var changes []change
		now := s.now()
		for _, m := range q.messages {
			target := to
			if target == "" {
				target = m.Source
			}
			if s.queues[target] == nil || m.Visible.After(now) {
				continue
			}
			moved := newMessage(m.Body, m.Attributes, 0, now)
			moved.ID = m.ID
			changes = append(changes, change{arn: from, message: m, gone: true}, change{arn: target, message: moved})
			n++
		}
		if err := s.commit(changes); err != nil {
			return err
		}
		for _, c := range changes {
			s.queues[c.arn].wake()
		}
		return nil
	})
	return n, err
}
