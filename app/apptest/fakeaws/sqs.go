package fakeaws

import (
	"context"
	"crypto/md5" //nolint:gosec // the API's own checksum
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

type message struct {
	id, body string
	handle   string // of the last delivery
	sent     time.Time
	visible  time.Time
	received int
}

type queue struct {
	messages []*message
	// dead takes what was received more than most times; nil keeps everything.
	dead *queue
	most int
}

// Queue makes a queue with one of dead letters and returns their URLs.
func (c *Cloud) Queue(name string, most int) (url, dead string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := &queue{}
	c.queues["/1/"+name], c.queues["/1/"+name+"-dead"] = &queue{dead: d, most: most}, d
	return c.server.URL + "/1/" + name, c.server.URL + "/1/" + name + "-dead"
}

// Send puts any text into a queue.
func (c *Cloud) Send(url, body string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.queues[url[len(c.server.URL):]]
	q.messages = append(q.messages, &message{id: rand.Text(), body: body, sent: time.Now()})
}

type sqsIn struct {
	QueueUrl            string
	MessageBody         string
	MaxNumberOfMessages int
	WaitTimeSeconds     int
	VisibilityTimeout   *int
	DelaySeconds        int
	ReceiptHandle       string
}

const defaultVisibility = 30

func (c *Cloud) serveSQS(w http.ResponseWriter, r *http.Request, action string) {
	var in sqsIn
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		failJSON(w, 400, "com.amazonaws.sqs#InvalidParameterValue", err.Error())
		return
	}
	if len(in.QueueUrl) < len(c.server.URL) || c.queueAt(in.QueueUrl) == nil {
		failJSON(w, 400, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
		return
	}
	switch action {
	case "SendMessage":
		c.Send(in.QueueUrl, in.MessageBody)
		answerJSON(w, map[string]string{"MessageId": rand.Text(), "MD5OfMessageBody": md5of(in.MessageBody)})
	case "ReceiveMessage":
		answerJSON(w, map[string]any{"Messages": c.receive(r.Context(), in)})
	case "DeleteMessage":
		c.settle(w, in, func(q *queue, i int) { q.messages = append(q.messages[:i], q.messages[i+1:]...) })
	case "ChangeMessageVisibility":
		c.settle(w, in, func(q *queue, i int) {
			q.messages[i].visible = time.Now().Add(time.Duration(seconds(in.VisibilityTimeout)) * time.Second)
		})
	case "GetQueueAttributes":
		waiting := strconv.Itoa(c.length(in.QueueUrl))
		answerJSON(w, map[string]any{"Attributes": map[string]string{"ApproximateNumberOfMessages": waiting}})
	default:
		failJSON(w, 400, "com.amazonaws.sqs#UnsupportedOperation", action+" is not part of this cloud")
	}
}

func (c *Cloud) queueAt(url string) *queue {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.queues[url[len(c.server.URL):]]
}

func seconds(v *int) int {
	if v == nil {
		return defaultVisibility
	}
	return *v
}

func (c *Cloud) length(url string) int {
	q := c.queueAt(url)
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, m := range q.messages {
		if m.visible.Before(time.Now()) {
			n++
		}
	}
	return n
}

// receive polls as long as the caller waits.
func (c *Cloud) receive(ctx context.Context, in sqsIn) []map[string]any {
	q := c.queueAt(in.QueueUrl)
	for end := time.Now().Add(time.Duration(in.WaitTimeSeconds) * time.Second); ; {
		out := c.take(q, max(in.MaxNumberOfMessages, 1), seconds(in.VisibilityTimeout))
		if len(out) > 0 || time.Now().After(end) {
			return out
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (c *Cloud) take(q *queue, n, hide int) []map[string]any {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	var out []map[string]any
	kept := q.messages[:0]
	for _, m := range q.messages {
		if len(out) == n || m.visible.After(now) {
			kept = append(kept, m)
			continue
		}
		if q.dead != nil && m.received >= q.most {
			m.visible, m.received = time.Time{}, 0
			q.dead.messages = append(q.dead.messages, m)
			continue
		}
		m.received++
		m.handle, m.visible = rand.Text(), now.Add(time.Duration(hide)*time.Second)
		kept = append(kept, m)
		out = append(out, map[string]any{"MessageId": m.id, "ReceiptHandle": m.handle, "Body": m.body,
			"MD5OfBody":  md5of(m.body),
			"Attributes": map[string]string{"ApproximateReceiveCount": strconv.Itoa(m.received), "SentTimestamp": strconv.FormatInt(m.sent.UnixMilli(), 10)}})
	}
	q.messages = kept
	return out
}

// settle acts on the message of a receipt that is still the last.
func (c *Cloud) settle(w http.ResponseWriter, in sqsIn, do func(*queue, int)) {
	q := c.queueAt(in.QueueUrl)
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, m := range q.messages {
		if m.handle == in.ReceiptHandle {
			do(q, i)
			answerJSON(w, struct{}{})
			return
		}
	}
	failJSON(w, 400, "com.amazonaws.sqs#ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
}

func md5of(s string) string {
	sum := md5.Sum([]byte(s)) //nolint:gosec // the API's own checksum
	return hex.EncodeToString(sum[:])
}
