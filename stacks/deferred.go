package stacks

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// deferred is a text that only a later step knows. The nil deferred is none.
//
// The SDK ends a program when every output is resolved, so one that was
// made must be resolved or abandoned; [cell.build] abandons it on failure.
type deferred struct {
	output  pulumi.StringOutput
	resolve func(any)
	reject  func(error)
	done    bool
}

func newDeferred(ctx *pulumi.Context) *deferred {
	out, resolve, reject := ctx.NewOutput()
	text := out.ApplyT(func(v any) string {
		text, _ := v.(string) // the SDK has awaited the output that is puts in
		return text
	}).(pulumi.StringOutput)
	return &deferred{output: text, resolve: resolve, reject: reject}
}

// is says what the text is: another output, which may be unknown in a preview.
func (l *deferred) is(v pulumi.StringOutput) {
	if l != nil && !l.done {
		l.done = true
		l.resolve(v)
	}
}

// abandon lets whatever waits for the text fail too.
func (l *deferred) abandon(err error) {
	if l != nil && !l.done {
		l.done = true
		l.reject(err)
	}
}
