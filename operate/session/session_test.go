package session

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/websocket"
	"pgregory.net/rapid"
)

// agent is the machine's side of a session, in this process.
type agent struct {
	conn *websocket.Conn
	mu   sync.Mutex
	next int64
	open map[string]string
}

// send sends a payload with the next number.
func (a *agent) send(typ Type, payload []byte) { a.sendAs(a.number(), typ, payload) }

func (a *agent) number() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next++
	return a.next - 1
}

func (a *agent) sendAs(sequence int64, typ Type, payload []byte) {
	m := message{kind: kindOutput, sequence: sequence, id: uuid.New(), typ: typ, payload: payload}
	_ = websocket.Message.Send(a.conn, m.bytes(time.Now()))
}

func (a *agent) acknowledge(m message) {
	payload, _ := json.Marshal(acknowledgement{m.kind, m.id.String(), m.sequence, true})
	_ = websocket.Message.Send(a.conn, message{kind: kindAck, id: uuid.New(), flags: isAck,
		payload: payload}.bytes(time.Now()))
}

// close tells the client that the session is over.
func (a *agent) close(output string) {
	payload, _ := json.Marshal(map[string]string{"Output": output})
	_ = websocket.Message.Send(a.conn, message{kind: kindClosed, id: uuid.New(), payload: payload}.bytes(time.Now()))
}

// inputs hands on what the client sends, until it goes.
func (a *agent) inputs(take func(message)) {
	for {
		var b []byte
		if websocket.Message.Receive(a.conn, &b) != nil {
			return
		}
		m, err := read(b)
		if err == nil && m.kind == kindInput {
			take(m)
		}
	}
}

const shellRequest = `{"AgentVersion":"3.3","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Standard_Stream"}}]}`

// dial opens a channel to an agent that does as it is told.
func dial(t *testing.T, play func(*agent)) *Channel {
	t.Helper()
	server := httptest.NewServer(websocket.Handler(func(conn *websocket.Conn) {
		a := &agent{conn: conn, open: map[string]string{}}
		var text string
		if websocket.Message.Receive(conn, &text) != nil || json.Unmarshal([]byte(text), &a.open) != nil {
			return
		}
		play(a)
	}))
	t.Cleanup(server.Close)
	c, err := Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), "token")
	require.NoError(t, err)
	return c
}

func TestMessagesAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := message{kind: rapid.SampledFrom([]string{kindInput, kindOutput, kindAck}).Draw(t, "kind"),
			sequence: rapid.Int64().Draw(t, "sequence"),
			flags:    rapid.Uint64().Draw(t, "flags"), id: uuid.New(), typ: Type(rapid.Uint32().Draw(t, "type")),
			payload: rapid.SliceOf(rapid.Byte()).Draw(t, "payload")}
		got, err := read(m.bytes(time.Now()))
		require.NoError(t, err)
		if len(m.payload) == 0 {
			m.payload = got.payload
		}
		assert.Equal(t, m, got)
	})
	b := message{kind: kindOutput, payload: []byte("x")}.bytes(time.Now())
	for name, wrong := range map[string][]byte{"short": b[:50], "cut": b[:atPayload],
		"another payload": append(bytes.Clone(b[:atPayload]), 'y'), "empty": nil} {
		_, err := read(wrong)
		assert.Error(t, err, name)
	}
}

// A shell gets what is typed, says what comes back in its order, and each once.
func TestShell(t *testing.T) {
	var opened map[string]string
	c := dial(t, func(a *agent) {
		opened = a.open
		a.send(handshakeRequest, []byte(shellRequest))
		typed := ""
		a.inputs(func(m message) {
			a.acknowledge(m)
			switch m.typ {
			case handshakeResponse:
				a.send(handshakeComplete, []byte(`{}`))
			case Data:
				typed += string(m.payload)
				if strings.HasSuffix(typed, "\n") {
					n := a.number()
					last := a.number()
					a.sendAs(last, Data, []byte("second")) // which comes first
					a.sendAs(n, Data, []byte("first "))
					a.sendAs(n, Data, []byte("first ")) // whose acknowledgement was lost
					a.send(Data, []byte(" "+strings.TrimSpace(typed)))
					a.close("")
				}
			}
		})
	})
	var out bytes.Buffer
	require.NoError(t, c.Shell(t.Context(), strings.NewReader("echo hi\n"), &out, nil))
	assert.Equal(t, "first second echo hi", out.String())
	assert.Equal(t, "token", opened["TokenValue"])
	assert.Equal(t, clientVersion, opened["ClientVersion"])
}

func TestASessionThatIsRefused(t *testing.T) {
	c := dial(t, func(a *agent) { a.close("not allowed"); _, _ = io.Copy(io.Discard, a.conn) })
	err := c.Shell(t.Context(), strings.NewReader(""), io.Discard, nil)
	assert.ErrorContains(t, err, "not allowed")

	c = dial(t, func(a *agent) {
		a.send(handshakeRequest, []byte(`{"RequestedClientActions":[{"ActionType":"KMSEncryption"}]}`))
		a.inputs(func(message) {})
	})
	err = c.Shell(t.Context(), strings.NewReader(""), io.Discard, nil)
	assert.ErrorContains(t, err, "KMSEncryption, which rung does not speak")
}

func TestAnInterruptEndsTheSession(t *testing.T) {
	gone := make(chan bool, 1)
	c := dial(t, func(a *agent) {
		a.inputs(func(m message) {
			if m.typ == flagOf && len(m.payload) == 4 && m.payload[3] == byte(terminate) {
				gone <- true
			}
		})
	})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	require.NoError(t, c.Shell(ctx, blocked{ctx}, io.Discard, nil))
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Fatal("the machine was not told")
	}
}

// blocked is an input at which nobody types.
type blocked struct{ ctx context.Context }

func (b blocked) Read([]byte) (int, error) { <-b.ctx.Done(); return 0, io.EOF }

// A port carries one connection after another, whatever goes over it.
func TestForward(t *testing.T) {
	ended := make(chan bool, 4)
	c := dial(t, func(a *agent) {
		a.send(handshakeRequest, []byte(strings.Replace(shellRequest, "Standard_Stream", "Port", 1)))
		a.inputs(func(m message) {
			a.acknowledge(m)
			switch m.typ {
			case handshakeResponse:
				a.send(handshakeComplete, nil)
			case Data:
				a.send(Data, bytes.ToUpper(m.payload))
			case flagOf:
				ended <- true
			}
		})
	})
	at, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Forward(ctx, at) }()
	for i := range 2 {
		text := strings.Repeat(fmt.Sprintf("line %d ", i), 1000)
		conn, err := net.Dial("tcp", at.Addr().String())
		require.NoError(t, err)
		_, err = conn.Write([]byte(text))
		require.NoError(t, err)
		got := make([]byte, len(text))
		_, err = io.ReadFull(conn, got)
		require.NoError(t, err)
		assert.Equal(t, strings.ToUpper(text), string(got))
		require.NoError(t, conn.Close())
		<-ended
	}
	cancel()
	require.NoError(t, <-done)
}
