// Package session speaks the protocol of Systems Manager's sessions, by which a terminal or
// a port of a machine is reached through AWS, without a port that is open to the world and
// without a program of AWS's on this machine.
//
// A session is started with the API (StartSession), whose answer has a URL and a token;
// [Dial] opens its channel: a websocket with messages that are numbered, hashed and
// acknowledged. [Channel.Shell] is a terminal on it, [Channel.Forward] a port. The protocol
// was written down from AWS's own plugin (github.com/aws/session-manager-plugin, 1.2.x). A
// port takes one connection at a time: this client says that it is older than those that
// carry several.
package session

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/net/websocket"
)

const (
	// clientVersion is older than the first that carries several connections at a time.
	clientVersion = "1.1.61.0"
	// most is how much a message holds, in bytes: what the plugin sends.
	most = 1024
	// resend is how long an acknowledgement may take before a message is sent again, and
	// resends how often.
	resend, resends = 2 * time.Second, 30
)

// Channel is an open session.
type Channel struct {
	conn *websocket.Conn
	// ready is closed once the other side has said what the session is.
	ready   chan struct{}
	isReady sync.Once

	mu      sync.Mutex
	next    int64
	waiting map[int64]*sent

	expected int64
	early    map[int64]message
}

// sent is a message that was not acknowledged yet.
type sent struct {
	bytes []byte
	at    time.Time
	times int
}

// Dial opens the channel of a session that was started.
func Dial(ctx context.Context, streamURL, token string) (*Channel, error) {
	config, err := websocket.NewConfig(streamURL, "https://localhost/")
	if err != nil {
		return nil, fmt.Errorf("open the session's channel: %w", err)
	}
	conn, err := config.DialContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the session's channel: %w", err)
	}
	c := &Channel{conn: conn, ready: make(chan struct{}), waiting: map[int64]*sent{}, early: map[int64]message{}}
	open, err := json.Marshal(map[string]string{"MessageSchemaVersion": "1.0", "RequestId": uuid.NewString(),
		"TokenValue": token, "ClientId": uuid.NewString(), "ClientVersion": clientVersion})
	if err == nil {
		err = websocket.Message.Send(conn, string(open))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the session's channel: %w", err), conn.Close())
	}
	return c, nil
}

// Close ends the session on both sides.
func (c *Channel) Close() error {
	return errors.Join(c.flag(terminate), c.conn.Close())
}

// send sends a payload with the next number, and keeps it until it is acknowledged.
func (c *Channel) send(typ Type, payload []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := message{kind: kindInput, sequence: c.next, id: uuid.New(), typ: typ, payload: payload}
	b := m.bytes(time.Now())
	c.waiting[c.next] = &sent{bytes: b, at: time.Now()}
	c.next++
	return websocket.Message.Send(c.conn, b)
}

// write sends data in pieces that the other side takes.
func (c *Channel) write(data []byte) error {
	for len(data) > 0 {
		n := min(most, len(data))
		if err := c.send(Data, data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

func (c *Channel) flag(f uint32) error {
	return c.send(flagOf, binary.BigEndian.AppendUint32(nil, f))
}

// again sends what waits for its acknowledgement too long.
func (c *Channel) again(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(resend):
		}
		c.mu.Lock()
		for _, s := range c.waiting {
			if time.Since(s.at) < resend {
				continue
			}
			s.at, s.times = time.Now(), s.times+1
			if websocket.Message.Send(c.conn, s.bytes) != nil || s.times > resends {
				_ = c.conn.Close() // whoever reads ends with it
			}
		}
		c.mu.Unlock()
	}
}

// acknowledgement is what the payload of one says.
type acknowledgement struct {
	Kind       string `json:"AcknowledgedMessageType"`
	ID         string `json:"AcknowledgedMessageId"`
	Sequence   int64  `json:"AcknowledgedMessageSequenceNumber"`
	Sequential bool   `json:"IsSequentialMessage"`
}

func (c *Channel) acknowledge(m message) error {
	payload, err := json.Marshal(acknowledgement{m.kind, m.id.String(), m.sequence, true})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	ack := message{kind: kindAck, flags: isAck, id: uuid.New(), payload: payload}
	return websocket.Message.Send(c.conn, ack.bytes(time.Now()))
}

// run reads until the session ends, and hands on what the machine sends, in its order. It
// ends without an error when the machine ended the session, or the context its own.
func (c *Channel) run(ctx context.Context, take func(Type, []byte) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer func() { _ = c.Close() }() // which the other side may have done
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	go c.again(ctx)
	for {
		var b []byte
		if err := websocket.Message.Receive(c.conn, &b); err != nil {
			if ctx.Err() != nil || errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read from the session: %w", err)
		}
		m, err := read(b)
		if err != nil {
			return fmt.Errorf("read from the session: %w", err)
		}
		ended, err := c.handle(m, take)
		if err != nil || ended {
			return err
		}
	}
}

func (c *Channel) handle(m message, take func(Type, []byte) error) (ended bool, err error) {
	switch m.kind {
	case kindAck:
		var a acknowledgement
		if json.Unmarshal(m.payload, &a) == nil {
			c.mu.Lock()
			delete(c.waiting, a.Sequence)
			c.mu.Unlock()
		}
	case kindClosed:
		var closed struct{ Output string }
		_ = json.Unmarshal(m.payload, &closed) // which says why, or nothing
		if closed.Output != "" && c.expected == 0 {
			return true, fmt.Errorf("the session was ended before it began: %s", closed.Output)
		}
		return true, nil
	case kindOutput:
		return false, c.inOrder(m, take)
	case kindStart, kindPause: // the other side buffers
	}
	return false, nil
}

// inOrder acknowledges a message, and hands on all whose turn it is. One that came before
// is acknowledged again: its acknowledgement was lost.
func (c *Channel) inOrder(m message, take func(Type, []byte) error) error {
	if err := c.acknowledge(m); err != nil {
		return err
	}
	if m.sequence < c.expected {
		return nil
	}
	c.early[m.sequence] = m
	for {
		next, there := c.early[c.expected]
		if !there {
			return nil
		}
		delete(c.early, c.expected)
		c.expected++
		if err := c.deliver(next, take); err != nil {
			return err
		}
	}
}

func (c *Channel) deliver(m message, take func(Type, []byte) error) error {
	switch m.typ {
	case handshakeRequest:
		return c.shake(m.payload)
	case handshakeComplete:
		c.isReady.Do(func() { close(c.ready) })
		return nil
	}
	c.isReady.Do(func() { close(c.ready) }) // an agent that shakes no hands
	return take(m.typ, m.payload)
}
