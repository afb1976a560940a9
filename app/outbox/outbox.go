// Package outbox carries what happened in one service to the others, so that
// no event is lost and none has effect twice.
//
// Who changes something writes the event in the same transaction, into the
// table outbox: both are true or neither is. A [Relay] publishes what lies
// there and marks it as sent after the publisher has taken it; a crash between
// the two sends it again. An [Inbox] notes each event's id in the transaction
// of its effect, so that the second time does nothing.
//
// Stage 4 needs it, when services have stores of their own; before that a
// single transaction does all of this better. Events travel through SNS and
// SQS, or by HTTP where there is no cloud. They arrive in no strict order: an
// event carries all that its consumer must know.
package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/tracing"
)

// The kinds of events.
const (
	UserCreated = contract.TopicUserCreated
	UserDeleted = contract.TopicUserDeleted
	PostCreated = contract.TopicPostCreated
	PostUpdated = contract.TopicPostUpdated
	PostDeleted = contract.TopicPostDeleted
)

// over is what is given for a kind of event, or for the one that carries it.
func over[T any](given map[string]T, kind string) T {
	if v, ok := given[kind]; ok {
		return v
	}
	return given[contract.Carrier(kind)]
}

// Event is something that has happened.
type Event struct {
	ID      uuid.UUID       `json:"id"`
	Topic   string          `json:"topic"`
	Payload json.RawMessage `json:"payload"`
	// Trace is the span that wrote the event, as [tracing.Of] writes it; may be empty.
	Trace string `json:"trace,omitempty"`
}

// Span begins the span of what is done with an event, in the trace that it came with;
// one that came with none, as when all is told again, has no span either.
func Span(ctx context.Context, t *tracing.Tracing, what string, e Event) (in context.Context, done func(error)) {
	if e.Trace == "" {
		t = nil
	}
	return t.Follow(ctx, e.Trace, what+" "+e.Topic, attribute.String("event.id", e.ID.String()))
}

// maxEvent is how large an event may be: SNS takes 256 KiB with attributes.
const maxEvent = 250 << 10

// Decode reads an event, also out of the envelope that SNS puts around it
// where raw delivery is off.
func Decode(text []byte) (Event, error) {
	var e Event
	if len(text) > 2*maxEvent {
		return e, fmt.Errorf("read an event: got %d bytes, want at most %d", len(text), 2*maxEvent)
	}
	var envelope struct{ Type, Message string }
	if json.Unmarshal(text, &envelope) == nil && envelope.Type == "Notification" {
		text = []byte(envelope.Message)
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return e, fmt.Errorf("read an event: %w", err)
	}
	if e.ID == uuid.Nil || e.Topic == "" || len(e.Payload) == 0 {
		return e, errors.New("read an event: want id, topic and payload")
	}
	return e, nil
}
