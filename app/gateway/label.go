package gateway

import "context"

// label is the route of a request, for whoever measures it from outside.
type label struct{ pattern string }

type labelKey struct{}

// WithLabel lets a context learn the route of its request.
func WithLabel(ctx context.Context) context.Context {
	return context.WithValue(ctx, labelKey{}, &label{pattern: "none"})
}

// LabelOf is the route, "none" where no service has the path.
func LabelOf(ctx context.Context) string {
	if l, ok := ctx.Value(labelKey{}).(*label); ok {
		return l.pattern
	}
	return "none"
}

func note(ctx context.Context, pattern string) {
	if l, ok := ctx.Value(labelKey{}).(*label); ok {
		l.pattern = pattern
	}
}
