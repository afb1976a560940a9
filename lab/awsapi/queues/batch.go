package queues

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

type done struct {
	Id string
	sent
}

type failed struct {
	Id, Code, Message string
	SenderFault       bool
}

func batchError(name, message string) error {
	return &answer.Error{Code: "com.amazonaws.sqs#" + name, Query: "AWS.SimpleQueueService." + name, Message: message}
}

// batch does each entry for itself: some may fail.
func (s *Service) batch(action, arn string, entries []entry) (any, error) {
	if err := s.with(arn, func(*queue) error { return nil }); err != nil {
		return nil, err
	}
	if err := checkBatch(entries); err != nil {
		return nil, err
	}
	ok, bad := []done{}, []failed{}
	for _, e := range entries {
		d, err := s.one(action, arn, e)
		if err == nil {
			ok = append(ok, done{Id: e.Id, sent: d})
			continue
		}
		why := answer.From(err)
		bad = append(bad, failed{Id: e.Id, Code: why.Query, Message: why.Message, SenderFault: why.Status < 500})
	}
	return map[string]any{"Successful": ok, "Failed": bad}, nil
}

func (s *Service) one(action, arn string, e entry) (sent, error) {
	switch action {
	case "SendMessageBatch":
		return s.sendOne(arn, e)
	case "DeleteMessageBatch":
		return sent{}, s.remove(arn, e.ReceiptHandle)
	}
	return sent{}, s.hide(arn, e.ReceiptHandle, seconds(e.VisibilityTimeout, 0))
}

func checkBatch(entries []entry) error {
	if len(entries) == 0 {
		return batchError("EmptyBatchRequest", "There should be at least one entry in the request.")
	}
	if len(entries) > maxBatch {
		return batchError("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10. You have sent "+
			strconv.Itoa(len(entries))+".")
	}
	seen, bytes := map[string]bool{}, 0
	for _, e := range entries {
		if seen[e.Id] {
			return batchError("BatchEntryIdsNotDistinct", "Id "+e.Id+" repeated.")
		}
		seen[e.Id] = true
		bytes += size(e.MessageBody, e.MessageAttributes)
	}
	if bytes > maxBatchBytes {
		return batchError("BatchRequestTooLong", "Batch requests cannot be longer than "+strconv.Itoa(maxBatchBytes)+
			" bytes. You have sent "+strconv.Itoa(bytes)+" bytes.")
	}
	return nil
}

// attributes are those of the queue that were asked for.
func (s *Service) attributes(arn string, names []string) (any, error) {
	var all map[string]string
	err := s.with(arn, func(q *queue) error {
		all = q.attributes(s.now())
		return nil
	})
	if !slices.Contains(names, "All") {
		maps.DeleteFunc(all, func(name, _ string) bool { return !slices.Contains(names, name) })
	}
	return map[string]any{"Attributes": all}, err
}

func (q *queue) attributes(now time.Time) map[string]string {
	d := q.depth(now)
	whole := func(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
	all := map[string]string{
		"QueueArn":                              q.ARN,
		"ApproximateNumberOfMessages":           strconv.Itoa(d.Visible),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(d.Hidden),
		"ApproximateNumberOfMessagesDelayed":    strconv.Itoa(d.Delayed),
		"VisibilityTimeout":                     whole(q.Visibility),
		"MessageRetentionPeriod":                whole(q.Retention),
		"DelaySeconds":                          whole(q.Delay),
		"ReceiveMessageWaitTimeSeconds":         whole(q.Wait),
		"MaximumMessageSize":                    strconv.Itoa(q.MaxBytes),
	}
	if q.DeadLetters != "" {
		policy, _ := json.Marshal(map[string]any{"deadLetterTargetArn": q.DeadLetters,
			"maxReceiveCount": q.MaxReceives}) // plain values
		all["RedrivePolicy"] = string(policy)
	}
	return all
}
