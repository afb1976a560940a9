package queues

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

// version is that of SQS's JSON protocol.
const version = "1.0"

// call holds the fields of all calls; absent numbers are nil, because zero has a
// meaning of its own.
type call struct {
	QueueUrl, QueueName, QueueNamePrefix string
	MessageBody                          string
	MessageAttributes                    map[string]Attribute
	DelaySeconds                         *int
	MaxNumberOfMessages, WaitTimeSeconds *int
	VisibilityTimeout                    *int
	ReceiptHandle                        string
	AttributeNames                       []string
	MessageSystemAttributeNames          []string
	MessageAttributeNames                []string
	SourceArn, DestinationArn            string
	Entries                              []entry
}

// entry is one of a batch.
type entry struct {
	Id, MessageBody, ReceiptHandle  string
	MessageAttributes               map[string]Attribute
	DelaySeconds, VisibilityTimeout *int
}

// caller is where and who.
type caller struct{ region, account, sender string }

// Serve answers a call of SQS: action is what stands behind the dot of
// X-Amz-Target, region that of the signature, sender who has signed.
func (s *Service) Serve(w http.ResponseWriter, r *http.Request, action, region, account, sender string) {
	var in call
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		answer.FailJSON(w, version, &answer.Error{Code: "SerializationException", Message: err.Error()})
		return
	}
	out, err := s.answer(r.Context(), action, in, caller{region, account, sender})
	if err != nil {
		answer.FailJSON(w, version, err)
		return
	}
	answer.JSON(w, version, out)
}

type none struct{}

func (s *Service) answer(ctx context.Context, action string, in call, from caller) (any, error) {
	switch action {
	case "GetQueueUrl":
		return s.urlOf(in, from)
	case "ListQueues":
		return s.list(in, from), nil
	case "StartMessageMoveTask":
		n, err := s.move(in.SourceArn, in.DestinationArn)
		return map[string]string{"TaskHandle": strconv.Itoa(n)}, err
	}
	arn := from.arn(in.QueueUrl)
	switch action {
	case "SendMessage":
		return s.sendOne(arn, entry{MessageBody: in.MessageBody, MessageAttributes: in.MessageAttributes,
			DelaySeconds: in.DelaySeconds})
	case "ReceiveMessage":
		return s.receiveAll(ctx, arn, in, from)
	case "DeleteMessage":
		return none{}, s.remove(arn, in.ReceiptHandle)
	case "ChangeMessageVisibility":
		return none{}, s.hide(arn, in.ReceiptHandle, seconds(in.VisibilityTimeout, 0))
	case "GetQueueAttributes":
		return s.attributes(arn, in.AttributeNames)
	case "PurgeQueue":
		return none{}, s.purge(arn)
	case "SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch":
		return s.batch(action, arn, in.Entries)
	case "CreateQueue", "DeleteQueue", "SetQueueAttributes":
		return nil, answer.Forbidden("AccessDenied", "the plan alone makes and changes queues in the lab")
	}
	return nil, answer.Errorf("com.amazonaws.sqs#UnsupportedOperation", "the lab's SQS has no %s", action)
}

// arn is that of a queue's URL: the path names account and queue, the signature
// the region.
func (c caller) arn(queueURL string) string {
	u, err := url.Parse(queueURL)
	if err != nil {
		return ""
	}
	account, name, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return "arn:aws:sqs:" + c.region + ":" + account + ":" + name
}

// URL is the address that AWS gives a queue.
func URL(arn string) string {
	region, account, name := place(arn)
	return "https://sqs." + region + ".amazonaws.com/" + account + "/" + name
}

func (s *Service) urlOf(in call, from caller) (any, error) {
	arn := "arn:aws:sqs:" + from.region + ":" + from.account + ":" + in.QueueName
	return map[string]string{"QueueUrl": URL(arn)}, s.with(arn, func(*queue) error { return nil })
}

func (s *Service) list(in call, from caller) any {
	urls := []string{}
	for _, d := range s.Depths() {
		if region, _, name := place(d.ARN); region == from.region && strings.HasPrefix(name, in.QueueNamePrefix) {
			urls = append(urls, URL(d.ARN))
		}
	}
	return map[string][]string{"QueueUrls": urls}
}

func seconds(v *int, absent time.Duration) time.Duration {
	if v == nil {
		return absent
	}
	return time.Duration(*v) * time.Second
}

type sent struct {
	MessageId, MD5OfMessageBody string
	MD5OfMessageAttributes      string `json:",omitempty"`
}

func (s *Service) sendOne(arn string, e entry) (sent, error) {
	if e.DelaySeconds != nil && *e.DelaySeconds < 0 {
		return sent{}, invalid("Value %d for parameter DelaySeconds is invalid.", *e.DelaySeconds)
	}
	id, err := s.Send(arn, e.MessageBody, e.MessageAttributes, seconds(e.DelaySeconds, -1))
	return sent{MessageId: id, MD5OfMessageBody: md5of([]byte(e.MessageBody)),
		MD5OfMessageAttributes: md5OfAttributes(e.MessageAttributes)}, err
}

type received struct {
	MessageId, ReceiptHandle, Body, MD5OfBody string
	MD5OfMessageAttributes                    string               `json:",omitempty"`
	Attributes                                map[string]string    `json:",omitempty"`
	MessageAttributes                         map[string]Attribute `json:",omitempty"`
}

func (s *Service) receiveAll(ctx context.Context, arn string, in call, from caller) (any, error) {
	var q Queue
	if err := s.with(arn, func(found *queue) error {
		q = found.Queue
		if found.depth(s.now()).Hidden >= maxInFlight {
			return &answer.Error{Code: "com.amazonaws.sqs#OverLimit", Query: "OverLimit",
				Message: "Too many messages in flight."}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	n, hide, wait, err := in.receiving(q)
	if err != nil {
		return nil, err
	}
	messages, err := s.receive(ctx, arn, n, hide, wait)
	all := []received{}
	for _, m := range messages {
		own := m.asked(in.MessageAttributeNames)
		all = append(all, received{MessageId: m.ID, ReceiptHandle: m.Receipt, Body: m.Body, MD5OfBody: md5of([]byte(m.Body)),
			Attributes:        m.system(from.sender, append(in.AttributeNames, in.MessageSystemAttributeNames...)),
			MessageAttributes: own, MD5OfMessageAttributes: md5OfAttributes(own)})
	}
	return map[string]any{"Messages": all}, err
}

// receiving is what a receiver asks for, within AWS's bounds.
func (c call) receiving(q Queue) (n int, hide, wait time.Duration, err error) {
	n = 1
	if c.MaxNumberOfMessages != nil {
		n = *c.MaxNumberOfMessages
	}
	hide, wait = seconds(c.VisibilityTimeout, q.Visibility), seconds(c.WaitTimeSeconds, q.Wait)
	switch {
	case n < 1 || n > maxBatch:
		err = invalid("Value %d for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and %d, if provided.",
			n, maxBatch)
	case wait < 0 || wait > maxWait:
		err = invalid("Value %d for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= %d, if provided.",
			int(wait.Seconds()), int(maxWait.Seconds()))
	case hide < 0 || hide > maxVisibility:
		err = invalid("Value %d for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and %d, if provided.",
			int(hide.Seconds()), int(maxVisibility.Seconds()))
	}
	return n, hide, wait, err
}
