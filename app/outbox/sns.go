package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

// SNS publishes to a topic for each kind of event, or for several.
type SNS struct {
	client *sns.Client
	topics map[string]string
}

// NewSNS publishes to topics, given as ARNs by kind of event.
func NewSNS(config aws.Config, topics map[string]string) *SNS {
	return &SNS{client: sns.NewFromConfig(config), topics: topics}
}

// The most that SNS takes at a time, in events and in bytes together.
const (
	snsEntries = 10
	snsBytes   = maxEvent
)

// Publish is as the interface says.
func (s *SNS) Publish(ctx context.Context, events []Event) []error {
	errs := make([]error, len(events))
	batches := map[string]*batch{}
	for i, e := range events {
		arn, body := over(s.topics, e.Topic), ""
		text, err := json.Marshal(e)
		switch body = string(text); {
		case err != nil:
			errs[i] = err
			continue
		case arn == "":
			errs[i] = fmt.Errorf("no topic is given for %s", e.Topic)
			continue
		case len(body) > maxEvent:
			errs[i] = fmt.Errorf("got %d bytes, SNS takes %d", len(body), maxEvent)
			continue
		}
		b := batches[arn]
		if b == nil {
			b = &batch{}
			batches[arn] = b
		}
		if b.full(body) {
			s.send(ctx, arn, b, errs)
		}
		b.add(i, e, body)
	}
	for arn, b := range batches {
		s.send(ctx, arn, b, errs)
	}
	return errs
}

// batch is what one call carries; entry ids are the events' indexes.
type batch struct {
	entries []types.PublishBatchRequestEntry
	indexes []int
	bytes   int
}

func (b *batch) full(body string) bool {
	return len(b.entries) == snsEntries || b.bytes+len(body) > snsBytes
}

func (b *batch) add(i int, e Event, body string) {
	b.bytes += len(body)
	b.indexes = append(b.indexes, i)
	b.entries = append(b.entries, types.PublishBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), Message: &body,
		MessageAttributes: map[string]types.MessageAttributeValue{"topic": {DataType: aws.String("String"), StringValue: aws.String(e.Topic)}}})
}

var errNoAnswer = errors.New("SNS did not say that it has taken it")

// send hands a batch over and empties it. What the answer does not name was
// not taken.
func (s *SNS) send(ctx context.Context, arn string, b *batch, errs []error) {
	out, err := s.client.PublishBatch(ctx, &sns.PublishBatchInput{TopicArn: &arn, PublishBatchRequestEntries: b.entries})
	if err == nil {
		err = errNoAnswer
	}
	for _, i := range b.indexes {
		errs[i] = err
	}
	if out != nil {
		for _, ok := range out.Successful {
			if i, err := strconv.Atoi(aws.ToString(ok.Id)); err == nil && i >= 0 && i < len(errs) {
				errs[i] = nil
			}
		}
		for _, bad := range out.Failed {
			if i, err := strconv.Atoi(aws.ToString(bad.Id)); err == nil && i >= 0 && i < len(errs) {
				errs[i] = fmt.Errorf("%s: %s", aws.ToString(bad.Code), aws.ToString(bad.Message))
			}
		}
	}
	*b = batch{}
}
