package tracing

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	collected "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

func TestWhatTheEnvironmentWants(t *testing.T) {
	const endpoint, protocol = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"
	for name, c := range map[string]struct {
		env      map[string]string
		protocol string
		on       bool
		errs     []string
	}{
		"nothing":     {},
		"an endpoint": {env: map[string]string{endpoint: "http://localhost:4318"}, protocol: "http/protobuf", on: true},
		"of traces": {env: map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://x/v1/traces"},
			protocol: "http/protobuf", on: true},
		"over gRPC":   {env: map[string]string{endpoint: "http://x:4317", protocol: "grpc"}, protocol: "grpc", on: true},
		"disabled":    {env: map[string]string{endpoint: "http://x", "OTEL_SDK_DISABLED": "true"}},
		"no exporter": {env: map[string]string{endpoint: "http://x", "OTEL_TRACES_EXPORTER": "none"}},
		"all is wrong": {env: map[string]string{endpoint: "x:4318", protocol: "http/json", "OTEL_TRACES_EXPORTER": "zipkin"},
			errs: []string{endpoint + `: got "x:4318"`, protocol + `: got "http/json", want http/protobuf or grpc`,
				`OTEL_TRACES_EXPORTER: got "zipkin", want otlp`}},
	} {
		t.Run(name, func(t *testing.T) {
			got, on, err := wanted(func(name string) string { return c.env[name] })
			for _, want := range c.errs {
				assert.ErrorContains(t, err, want)
			}
			if len(c.errs) == 0 {
				require.NoError(t, err)
				assert.Equal(t, c.protocol, got)
				assert.Equal(t, c.on, on)
			}
		})
	}
}

// Off is nothing at all: what is wrapped is what was given, and no pool has a tracer.
func TestWithoutACollectorThereIsNothing(t *testing.T) {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		t.Setenv(name, "")
	}
	off, err := Start(t.Context(), "app", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Nil(t, off)
	mux := http.NewServeMux()
	assert.Same(t, mux, off.Handler(mux, Anybody, nil))
	assert.Nil(t, off.Queries())
	ctx, done := off.Follow(t.Context(), "", "x")
	done(nil)
	assert.Equal(t, t.Context(), ctx)
	assert.Empty(t, Of(ctx)+ID(ctx))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		_, done := Child(ctx, "x")
		done(nil)
		Route(ctx, "GET /")
	}))
	require.NoError(t, off.Close(ctx))
}

// A trace goes on where it is passed on; a stranger's is linked and not followed.
func TestATraceGoesOn(t *testing.T) {
	kept := tracetest.NewInMemoryExporter()
	on := New(kept)
	var passed string
	answer := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		Route(r.Context(), "GET /posts/{id}")
		ctx, done := Child(r.Context(), "redis")
		passed = Of(ctx)
		done(errors.New("away"))
	})
	quiet := func(r *http.Request) bool { return r.URL.Path == "/health" }
	outside, inside := on.Handler(answer, Anybody, quiet), on.Handler(answer, Ours, quiet)
	const stranger = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	send := func(to http.Handler, path, parent string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("traceparent", parent)
		to.ServeHTTP(httptest.NewRecorder(), r)
	}
	send(outside, "/posts/1?token=secret", stranger)
	h := http.Header{}
	ctx, done := on.Follow(t.Context(), passed, "job mail")
	Pass(ctx, h)
	done(nil)
	send(inside, "/posts/1", h.Get("traceparent"))
	send(inside, "/health", "")

	require.NoError(t, on.provider.ForceFlush(context.Background()))
	spans := kept.GetSpans()
	require.Len(t, spans, 5)
	assert.Equal(t, []string{"redis", "GET /posts/{id}", "job mail", "redis", "GET /posts/{id}"}, namesOf(spans))
	for _, s := range spans {
		assert.Equal(t, spans[0].SpanContext.TraceID(), s.SpanContext.TraceID(), s.Name)
		assert.NotContains(t, s.Attributes, "secret")
		for _, a := range s.Attributes {
			assert.NotContains(t, a.Value.String(), "secret")
		}
	}
	assert.NotContains(t, stranger, spans[0].SpanContext.TraceID().String())
	require.Len(t, spans[1].Links, 1)
	assert.Contains(t, stranger, spans[1].Links[0].SpanContext.TraceID().String())
	assert.Equal(t, spans[2].SpanContext.SpanID(), spans[4].Parent.SpanID())
	require.NoError(t, on.Close(context.Background()))
}

// grpcCollector takes spans as collectors do over gRPC.
type grpcCollector struct {
	collected.UnimplementedTraceServiceServer
	names chan string
}

func (c *grpcCollector) Export(_ context.Context, in *collected.ExportTraceServiceRequest) (
	*collected.ExportTraceServiceResponse, error) {
	for _, of := range in.ResourceSpans {
		for _, scope := range of.ScopeSpans {
			for _, s := range scope.Spans {
				c.names <- s.Name
			}
		}
	}
	return &collected.ExportTraceServiceResponse{}, nil
}

// Spans go to a collector that speaks OTLP over gRPC as well.
func TestSpansGoOverGRPC(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c, at := &grpcCollector{names: make(chan string, 10)}, grpc.NewServer()
	collected.RegisterTraceServiceServer(at, c)
	go at.Serve(l) //nolint:errcheck // until it is stopped
	t.Cleanup(at.Stop)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+l.Addr().String())
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
	on, err := Start(t.Context(), "app", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	_, done := on.Follow(t.Context(), "", "job report")
	done(nil)
	require.NoError(t, on.Close(t.Context()))
	assert.Equal(t, "job report", <-c.names)
}

func namesOf(spans tracetest.SpanStubs) (out []string) {
	for _, s := range spans {
		out = append(out, s.Name)
	}
	return out
}
