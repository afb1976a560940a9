package topics

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rung-dev/rung/lab/awsapi/answer"
	"github.com/rung-dev/rung/lab/awsapi/queues"
)

// maxBytes is the most that SNS takes, in a message or a batch.
const maxBytes = 256 << 10

type notice struct {
	Subject, Message string
	Attributes       map[string]queues.Attribute
}

func (n notice) size() int {
	bytes := len(n.Message)
	for name, a := range n.Attributes {
		bytes += len(name) + len(a.DataType) + len(a.BinaryValue)
		if a.StringValue != nil {
			bytes += len(*a.StringValue)
		}
	}
	return bytes
}

// publish delivers a notice to who takes it and returns its id. What a queue
// does not take goes to the subscription's dead letters, as with SNS, and the
// publisher does not hear of it.
func (s *Service) publish(arn string, n notice) (string, error) {
	list, ok := s.subscriptions(arn)
	switch {
	case !ok:
		return "", &answer.Error{Status: 404, Code: "NotFound", Message: "Topic does not exist"}
	case n.Message == "":
		return "", answer.Errorf("InvalidParameter", "Invalid parameter: Empty message")
	case n.size() > maxBytes:
		return "", answer.Errorf("InvalidParameter", "Invalid parameter: Message too long")
	}
	id := rand.Text()
	for _, sub := range list {
		if !sub.filter.accepts(n.Attributes) {
			continue
		}
		if err := s.deliver(arn, id, n, sub); err != nil {
			return "", fmt.Errorf("deliver to %s: %w", sub.Queue, err)
		}
	}
	return id, nil
}

func (s *Service) deliver(arn, id string, n notice, sub subscription) error {
	body, attributes, err := n.Message, n.Attributes, error(nil)
	if !sub.Raw {
		attributes = nil
		if body, err = s.envelope(arn, id, n); err != nil {
			return err
		}
	}
	_, err = s.queues.Send(sub.Queue, body, attributes, -1)
	if err == nil || answer.From(err).Code == "InternalFailure" {
		return err // what is not SNS's to settle: the publisher tries again
	}
	if sub.DeadLetters != "" {
		_, err = s.queues.Send(sub.DeadLetters, body, attributes, -1)
		return err
	}
	return nil
}

type attribute struct{ Type, Value string }

// envelope is what SNS wraps around a message. It is not signed: the lab has no
// certificate of SNS's.
func (s *Service) envelope(arn, id string, n notice) (string, error) {
	attributes := map[string]attribute{}
	for name, a := range n.Attributes {
		value := base64.StdEncoding.EncodeToString(a.BinaryValue)
		if a.StringValue != nil {
			value = *a.StringValue
		}
		attributes[name] = attribute{a.DataType, value}
	}
	text, err := json.Marshal(struct {
		Type, MessageId, TopicArn string
		Subject                   string `json:",omitempty"`
		Message, Timestamp        string
		SignatureVersion          string
		MessageAttributes         map[string]attribute `json:",omitempty"`
	}{"Notification", id, arn, n.Subject, n.Message, s.now().UTC().Format(time.RFC3339Nano), "1", attributes})
	return string(text), err
}
