package engine

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// operation is what an engine is asked to do.
type operation struct {
	// name is what the user calls it, and Progress and errors with him.
	name string
	kind kind
	// dryRun changes nothing, over goes by what the cloud says instead of the state.
	dryRun, over bool
}

type kind int

const (
	kindUp kind = iota
	kindRefresh
	kindDestroy
)

var (
	opPreview        = operation{name: "preview", kind: kindUp, dryRun: true}
	opPreviewOver    = operation{name: "preview", kind: kindUp, dryRun: true, over: true}
	opUp             = operation{name: "up", kind: kindUp}
	opPreviewRefresh = operation{name: "refresh", kind: kindRefresh, dryRun: true}
	opRefresh        = operation{name: "refresh", kind: kindRefresh}
	opDestroy        = operation{name: "destroy", kind: kindDestroy}
)

// driver is one way to Pulumi's engine.
type driver interface {
	// open makes the stack where there is none.
	open(ctx context.Context) error
	// run does an operation with the configuration file given. It sends each event
	// while it happens and none after it has returned. A preview is settled when it
	// is known that an Up would change nothing, in the state either.
	run(ctx context.Context, o Options, op operation, config string, ev stream) (settled bool, err error)
	// state is the stack's deployment.
	state(ctx context.Context) (apitype.UntypedDeployment, error)
	// setState replaces the stack's deployment.
	setState(ctx context.Context, d apitype.UntypedDeployment) error
	// unprotect takes the protection off resources of the state.
	unprotect(ctx context.Context, urns ...string) error
	// close ends what the driver has started beside the runs.
	close() error
	// note has each process that the driver starts as an engine told; nil ends that.
	note(begun func(pid int))
}
