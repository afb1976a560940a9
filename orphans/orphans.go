// Package orphans finds what a cloud holds of a stack and the stack's state does
// not know, and works out how each of it comes into the state.
//
// Such things are left behind when a provider dies after it has made something
// and before it could tell: the engine then notes a failure and forgets. Made
// again, the first one would stay, unseen and paid for, and stand in the way of
// the stack's end.
//
// The package decides; it asks a [Cloud] and changes nothing itself. It never
// claims what may be another's: see [Plan].
package orphans

import (
	"context"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Thing is one resource as a cloud knows it.
type Thing struct {
	// URN is the resource's, where the cloud keeps it; else empty, and Name
	// and Type say which it is.
	URN string
	// Type is Pulumi's type token and Name the logical name; empty where the
	// cloud does not tell.
	Type, Name string
	// ID is what the provider reads the resource by.
	ID string
	// ARN is AWS's name for it; empty elsewhere.
	ARN string
	// Provider is the package that made it ("aws"), Region where it is; empty
	// or "global" means everywhere.
	Provider, Region string
	// Number tells the lives of one resource apart: a later one has a higher one.
	Number int
}

// String is how the thing is called in sentences.
func (t Thing) String() string {
	name := t.Name
	if name == "" {
		name = t.Type
	}
	id := t.ID
	if t.ARN != "" {
		id = t.ARN
	}
	if name == "" {
		return id
	}
	return name + " (" + id + ")"
}

// Cloud can be asked what it holds.
type Cloud interface {
	// Holds gives everything that exists of a stack, in a fixed order.
	Holds(ctx context.Context, stack string) ([]Thing, error)
}

// Unknown are the things that no resource of a state stands for.
func Unknown(things []Thing, state []apitype.ResourceV3) []Thing {
	known := map[string]bool{}
	for _, r := range state {
		known[string(r.URN)+" "+string(r.ID)] = true
		known[string(r.ID)] = known[string(r.ID)] || strings.HasPrefix(string(r.ID), "arn:")
		if arn, ok := r.Outputs["arn"].(string); ok {
			known[arn] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(things), func(t Thing) bool {
		if t.URN != "" && known[t.URN+" "+t.ID] {
			return true
		}
		return t.ARN != "" && known[t.ARN]
	})
}

// Unread are the URNs of resources that a state names and of which nothing was
// read yet: a run was broken off between taking them up and reading them.
func Unread(state []apitype.ResourceV3) []string {
	var urns []string
	for _, r := range state {
		if r.Custom && !r.External && !isProvider(r) && len(r.Outputs) == 0 {
			urns = append(urns, string(r.URN))
		}
	}
	return urns
}

func isProvider(r apitype.ResourceV3) bool { return strings.HasPrefix(string(r.Type), providerType) }

// providerType is how the types of providers begin.
const providerType = "pulumi:providers:"
