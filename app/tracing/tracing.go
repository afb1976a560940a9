// Package tracing says where the time of one request goes, from the first server that
// takes it through SQL, Redis and calls of AWS to the job and the events that it leaves behind, in
// all the processes that have a part in it: OpenTelemetry's spans, sent to any
// collector that speaks OTLP.
//
// The variables are OpenTelemetry's own (OTEL_EXPORTER_OTLP_ENDPOINT, …_PROTOCOL,
// …_HEADERS, OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME and so on). Without an endpoint
// there is no [Tracing], and nothing is made, wrapped or asked for it.
//
// Spans carry routes, paths, statements without their values and the kinds of jobs
// and events; never what people wrote, a query string or a token.
package tracing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// scope names this package in spans.
const scope = "github.com/rung-dev/rung/app/tracing"

// Tracing makes the spans of one process. Nil makes none, and every method of nil is
// for free.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// Start sends spans to the collector that the environment names, as those of service
// where OTEL_SERVICE_NAME gives no other name. It returns nil where no collector is
// named, and an error that lists every variable with a value that cannot be. It does
// not wait for the collector: while that is away spans are lost, and nothing else.
func Start(ctx context.Context, service string, log *slog.Logger, about ...attribute.KeyValue) (*Tracing, error) {
	protocol, on, err := wanted(os.Getenv)
	if err != nil || !on {
		return nil, err
	}
	exporter, err := exporterOf(ctx, protocol)
	if err != nil {
		return nil, fmt.Errorf("send traces: %w", err)
	}
	from, err := resource.New(ctx, resource.WithAttributes(append(about, attribute.String("service.name", service))...),
		resource.WithHost(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("send traces", "err", err) }))
	return New(exporter, sdktrace.WithResource(from)), nil
}

// New hands spans to an exporter in batches.
func New(exporter sdktrace.SpanExporter, options ...sdktrace.TracerProviderOption) *Tracing {
	p := sdktrace.NewTracerProvider(append(options, sdktrace.WithBatcher(exporter))...)
	return &Tracing{provider: p, tracer: p.Tracer(scope)}
}

// Close sends what is left, for as long as ctx allows.
func (t *Tracing) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Queries has every statement below a span become one, without its values; nil does not.
func (t *Tracing) Queries() pgx.QueryTracer {
	if t == nil {
		return nil
	}
	return otelpgx.NewTracer(otelpgx.WithTracerProvider(t.provider))
}

func exporterOf(ctx context.Context, protocol string) (sdktrace.SpanExporter, error) {
	if protocol == overGRPC {
		return otlptracegrpc.New(ctx)
	}
	return otlptracehttp.New(ctx)
}

// The protocols of OTLP that are spoken.
const (
	overHTTP = "http/protobuf"
	overGRPC = "grpc"
)

// Check lists every variable whose value cannot be.
func Check(getenv func(string) string) error {
	_, _, err := wanted(getenv)
	return err
}

// wanted reads the variables that decide whether there is a collector, and its protocol.
func wanted(getenv func(string) string) (protocol string, on bool, err error) {
	one := func(names ...string) (name, value string) { // the first that is set
		for _, name := range names {
			if v := strings.TrimSpace(getenv(name)); v != "" {
				return name, v
			}
		}
		return names[len(names)-1], ""
	}
	at, endpoint := one("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
	if _, off := one("OTEL_SDK_DISABLED"); endpoint == "" || strings.EqualFold(off, "true") {
		return "", false, nil
	}
	_, exporter := one("OTEL_TRACES_EXPORTER")
	if exporter == "none" {
		return "", false, nil
	}
	how, protocol := one("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
	protocol = cmp.Or(protocol, overHTTP)
	return protocol, true, errors.Join(checkURL(at, endpoint), check(how, protocol, overHTTP, overGRPC),
		check("OTEL_TRACES_EXPORTER", exporter, "otlp", ""))
}

func check(name, got string, allowed ...string) error {
	if slices.Contains(allowed, got) {
		return nil
	}
	return fmt.Errorf("%s: got %q, want %s", name, got, strings.TrimSuffix(strings.Join(allowed, " or "), " or "))
}

func checkURL(name, text string) error {
	if u, err := url.Parse(text); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		return nil
	}
	return fmt.Errorf("%s: got %q, want a URL such as http://localhost:4318", name, text)
}
