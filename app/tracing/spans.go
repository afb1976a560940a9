package tracing

import (
	"context"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// carrier is how a trace travels: W3C's traceparent. Baggage would be anybody's text.
var carrier = propagation.TraceContext{}

// Trust says whose word a server takes for the trace that a request belongs to.
type Trust bool

const (
	// Ours takes it: only servers of ours send requests.
	Ours Trust = true
	// Anybody begins a trace of its own for each request, with a link to the sender's:
	// else anybody could have everything recorded, in traces that are somebody else's.
	Anybody Trust = false
)

// Handler has each request that next answers become a span, but for those that quiet
// knows. What answers names its route by [Route].
func (t *Tracing) Handler(next http.Handler, from Trust, quiet func(*http.Request) bool) http.Handler {
	if t == nil {
		return next
	}
	return otelhttp.NewHandler(next, "", otelhttp.WithTracerProvider(t.provider), otelhttp.WithPropagators(carrier),
		otelhttp.WithFilter(func(r *http.Request) bool { return !quiet(r) }),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return method(r.Method) }),
		otelhttp.WithPublicEndpointFn(func(*http.Request) bool { return from == Anybody }))
}

// method is one of those that HTTP knows; others are a client's choice.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return m
	}
	return "HTTP"
}

// Route names ctx's span by the pattern that answers, which has the method as well.
func Route(ctx context.Context, pattern string) {
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.SetName(pattern)
		span.SetAttributes(attribute.String("http.route", pattern))
	}
}

// ID is the id of ctx's trace, empty where there is none.
func ID(ctx context.Context) string {
	if c := trace.SpanContextFromContext(ctx); c.IsValid() {
		return c.TraceID().String()
	}
	return ""
}

// Child begins a span within ctx's, where that is recorded; done ends it.
func Child(ctx context.Context, name string, about ...attribute.KeyValue) (in context.Context, done func(error)) {
	above := trace.SpanFromContext(ctx)
	if !above.IsRecording() {
		return ctx, nothing
	}
	ctx, span := above.TracerProvider().Tracer(scope).Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(about...))
	return ctx, ending(span)
}

// Calls has every call of AWS by a configuration become a span, where it is within one
// that is recorded: who only waits for messages makes none.
func Calls(c *aws.Config) {
	c.APIOptions = append(slices.Clip(c.APIOptions), func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("span", call), middleware.After)
	})
}

func call(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
	out middleware.InitializeOutput, about middleware.Metadata, err error) {
	ctx, done := Child(ctx, awsmiddleware.GetServiceID(ctx)+"."+awsmiddleware.GetOperationName(ctx))
	out, about, err = next.HandleInitialize(ctx, in)
	done(err)
	return out, about, err
}

// Follow begins a span of a trace that came here with a job or an event, as [Of] has
// written it; what came with none begins one.
func (t *Tracing) Follow(ctx context.Context, from, name string, about ...attribute.KeyValue) (in context.Context,
	done func(error)) {
	if t == nil {
		return ctx, nothing
	}
	ctx = carrier.Extract(ctx, propagation.MapCarrier{parent: from})
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(about...))
	return ctx, ending(span)
}

func nothing(error) {}

func ending(span trace.Span) func(error) {
	return func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, err.Error())
		}
		span.End()
	}
}

// parent is the field in which W3C's form of a trace is.
const parent = "traceparent"

// Of is ctx's span for whoever goes on elsewhere, at most 55 characters; empty where
// there is none.
func Of(ctx context.Context) string {
	to := propagation.MapCarrier{}
	carrier.Inject(ctx, to)
	return to[parent]
}

// Words are the headers by which a trace is passed on.
func Words() []string { return carrier.Fields() }

// Pass puts ctx's span into the header of a request to one of our own servers.
func Pass(ctx context.Context, h http.Header) { carrier.Inject(ctx, propagation.HeaderCarrier(h)) }
