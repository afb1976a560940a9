package tests

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collected "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/outbox"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/tracing"
)

// collector takes spans as those do that people run.
type collector struct {
	mu    sync.Mutex
	spans []*otlp.Span
	at    map[string]string // the service of a span, by its id
}

// collect has what the test starts send its spans to a collector.
func collect(t *testing.T) *collector {
	t.Helper()
	c := &collector{at: map[string]string{}}
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", s.URL)
	return c
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in collected.ExportTraceServiceRequest
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = proto.Unmarshal(body, &in)
	}
	if err != nil || r.URL.Path != "/v1/traces" {
		http.Error(w, "not spans", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, of := range in.ResourceSpans {
		for _, a := range of.Resource.Attributes {
			for _, scope := range of.ScopeSpans {
				for _, s := range scope.Spans {
					if a.Key == "service.name" {
						c.spans, c.at[string(s.SpanId)] = append(c.spans, s), a.Value.GetStringValue()
					}
				}
			}
		}
	}
}

// below are the spans of a name right below another; nil is the top.
func (c *collector) below(parent *otlp.Span, name string) (out []*otlp.Span) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.spans {
		if s.Name == name && (parent == nil && len(s.ParentSpanId) == 0 ||
			parent != nil && bytes.Equal(s.ParentSpanId, parent.SpanId) && bytes.Equal(s.TraceId, parent.TraceId)) {
			out = append(out, s)
		}
	}
	return out
}

// A request's way is one trace: from the server that took it through Redis and SQL to
// the job that another process does, and to whoever takes in the event.
func TestATraceFollowsARequest(t *testing.T) {
	t.Run("jobs in the database", func(t *testing.T) { follow(t, apptest.NewEnv(t), server.Options{}) })
	t.Run("jobs in SQS", func(t *testing.T) {
		_, env, options := cloudEnv(t)
		follow(t, env, options)
	})
}

func follow(t *testing.T, env apptest.Env, o server.Options) {
	c := collect(t)
	var written bytes.Buffer
	begin := func(name string) *tracing.Tracing {
		spans, err := tracing.Start(t.Context(), name, discard)
		require.NoError(t, err)
		require.NotNil(t, spans)
		return spans
	}
	front, back := begin("front"), begin("back")
	o.Tracing = back
	worker := start(t, contract.RoleWorker, env, o)
	o.Tracing, o.Log = front, jsonLog(&written)
	web := start(t, contract.RoleWeb, env, o)

	person := newClient(t, web)
	person.signUp()
	person.publish("Traced", "text")
	a := person.do(202, "POST", "/api/jobs", map[string]string{"kind": "report"})
	var asked job
	a.into(t, &asked)
	person.finished(asked.ID, time.Minute)
	hear(t, web.Store.Pools().Primary(), back)
	stop(t, web)
	stop(t, worker)
	require.NoError(t, front.Close(context.Background()))
	require.NoError(t, back.Close(context.Background()))

	request := one(t, c.below(nil, "POST /api/jobs"))
	assert.Equal(t, "front", c.at[string(request.SpanId)])
	assert.NotEmpty(t, c.below(request, "redis"), "who asks is looked up")
	assert.NotEmpty(t, c.below(request, "INSERT"), "the job is noted")
	done := one(t, c.below(request, "job report"))
	assert.Equal(t, "back", c.at[string(done.SpanId)])
	assert.NotEmpty(t, c.below(done, "SELECT"), "the job reads")
	if o.AWS != nil {
		assert.Len(t, c.below(request, "SQS.SendMessage"), 1)
		assert.Len(t, c.below(done, "S3.PutObject"), 1)
	}
	told := one(t, c.below(nil, "POST /api/posts"))
	assert.Len(t, c.below(told, "send post.created"), 1)
	assert.NotEmpty(t, c.below(one(t, c.below(told, "take post.created")), "INSERT"), "the event is noted")

	var line struct{ ID, Route, Trace string }
	for _, text := range bytes.Split(written.Bytes(), []byte("\n")) {
		if bytes.Contains(text, []byte(`"route":"POST /api/jobs"`)) {
			require.NoError(t, json.Unmarshal(text, &line))
		}
	}
	assert.Equal(t, a.header.Get("X-Request-Id"), line.ID, "the access log")
	assert.Equal(t, hex.EncodeToString(request.TraceId), line.Trace)
}

func one(t *testing.T, spans []*otlp.Span) *otlp.Span {
	t.Helper()
	require.Len(t, spans, 1)
	return spans[0]
}

// hear tells a service of all that has happened, once.
func hear(t *testing.T, pool *pgxpool.Pool, spans *tracing.Tracing) {
	t.Helper()
	nothing := func(context.Context, pgx.Tx, outbox.Event) error { return nil }
	receiver := httptest.NewServer(outbox.Receiver{Taker: &outbox.Inbox{Pool: pool, Tracing: spans,
		Handlers: map[string]outbox.Handler{outbox.PostCreated: nothing}}})
	defer receiver.Close()
	relay := &outbox.Relay{Pool: pool, Tracing: spans, Kinds: []string{outbox.PostCreated},
		Publisher: &outbox.Push{Subscribers: map[string][]string{outbox.PostCreated: {receiver.URL}}}}
	n, err := relay.Once(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
}
