package queues

import (
	"cmp"
	"crypto/md5" //nolint:gosec // the API's own checksum
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Attribute is a message's attribute, in the form of the API.
type Attribute struct {
	DataType    string
	StringValue *string `json:",omitempty"`
	BinaryValue []byte  `json:",omitempty"`
}

// message is one message; Number orders those of a queue and is its key in the file.
type message struct {
	Number     uint64 `json:"-"`
	ID, Body   string
	Attributes map[string]Attribute `json:",omitempty"`
	Sent       time.Time
	First      time.Time `json:",omitzero"` // received for the first time
	Visible    time.Time // hidden until then
	Receives   int       `json:",omitempty"`
	Receipt    string    `json:",omitempty"` // of the last delivery
	Source     string    `json:",omitempty"` // ARN of the queue whose dead letter it is
}

func newMessage(body string, attributes map[string]Attribute, delay time.Duration, now time.Time) message {
	return message{ID: rand.Text(), Body: body, Attributes: attributes, Sent: now, Visible: now.Add(delay)}
}

func (m message) expired(q Queue, now time.Time) bool { return now.Sub(m.Sent) > q.Retention }

// delivered is the message after one more delivery.
func (m message) delivered(now time.Time, hide time.Duration) message {
	if m.First.IsZero() {
		m.First = now
	}
	m.Receives++
	m.Receipt, m.Visible = rand.Text(), now.Add(hide)
	return m
}

// dead is the message as its queue of dead letters takes it: as old as it was,
// and not received there yet.
func (m message) dead(source string, now time.Time) message {
	m.Source, m.Receives, m.Receipt, m.First, m.Visible = source, 0, "", time.Time{}, now
	return m
}

// system are the attributes that SQS keeps, those of them that were asked for.
func (m message) system(sender string, asked []string) map[string]string {
	all := map[string]string{
		"SenderId":                         sender,
		"SentTimestamp":                    milliseconds(m.Sent),
		"ApproximateReceiveCount":          strconv.Itoa(m.Receives),
		"ApproximateFirstReceiveTimestamp": milliseconds(m.First),
	}
	if m.Source != "" {
		all["DeadLetterQueueSourceArn"] = m.Source
	}
	maps.DeleteFunc(all, func(name, _ string) bool {
		return !slices.Contains(asked, "All") && !slices.Contains(asked, name)
	})
	return all
}

// asked are the message's own attributes among those asked for: names, All or
// the beginning of names with .* behind it.
func (m message) asked(names []string) map[string]Attribute {
	out := map[string]Attribute{}
	for name, a := range m.Attributes {
		if slices.ContainsFunc(names, func(want string) bool {
			begin, open := strings.CutSuffix(want, ".*")
			return want == "All" || want == ".*" || want == name || open && strings.HasPrefix(name, begin+".")
		}) {
			out[name] = a
		}
	}
	return out
}

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func md5of(b []byte) string {
	sum := md5.Sum(b) //nolint:gosec // the API's own checksum
	return hex.EncodeToString(sum[:])
}

// md5OfAttributes is the checksum that AWS gives for attributes, empty for none:
// over the lengths and texts of names, types and values, in the order of names.
func md5OfAttributes(attributes map[string]Attribute) string {
	if len(attributes) == 0 {
		return ""
	}
	const text, bytes = 1, 2 // the transport's kind of a value
	var b []byte
	add := func(part []byte) { b = append(binary.BigEndian.AppendUint32(b, uint32(len(part))), part...) }
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a := attributes[name]
		add([]byte(name))
		add([]byte(a.DataType))
		if a.StringValue != nil {
			b = append(b, text)
			add([]byte(*a.StringValue))
		} else {
			b = append(b, bytes)
			add(a.BinaryValue)
		}
	}
	return md5of(b)
}

// size is what counts against a queue's limit.
func size(body string, attributes map[string]Attribute) int {
	n := len(body)
	for name, a := range attributes {
		n += len(name) + len(a.DataType) + len(a.BinaryValue)
		if a.StringValue != nil {
			n += len(*a.StringValue)
		}
	}
	return n
}

// find is the place of a number among messages.
func find(messages []message, number uint64) (int, bool) {
	return slices.BinarySearchFunc(messages, number, func(m message, n uint64) int { return cmp.Compare(m.Number, n) })
}
