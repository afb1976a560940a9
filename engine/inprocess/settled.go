package inprocess

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/pulumi/pulumi/pkg/v3/engine"
	pkgresource "github.com/pulumi/pulumi/pkg/v3/resource"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"

	"github.com/rung-dev/rung/resource/token"
)

// settlement tells of a preview whether carrying it out would leave the state as it
// is. That no resource changes is not enough: a protection, a dependency, a hook or
// an output of the stack may be new where the cloud has nothing to do.
type settlement struct {
	// before and after are each resource's last states, as far as nothing happens to it.
	before, after map[resource.URN]*pkgresource.State
	// stirred is true when something happens to any.
	stirred bool
}

func newSettlement() *settlement {
	return &settlement{before: map[resource.URN]*pkgresource.State{}, after: map[resource.URN]*pkgresource.State{}}
}

// take reads an event of the engine.
func (s *settlement) take(e engine.Event) {
	var m engine.StepEventMetadata
	switch p := e.Payload().(type) {
	case engine.ResourcePreEventPayload:
		m = p.Metadata
	case engine.ResourceOutputsEventPayload:
		m = p.Metadata
	case engine.ResourceOperationFailedPayload:
		s.stirred = true
		return
	default:
		return
	}
	if (m.Op != deploy.OpSame && m.Op != deploy.OpRead) || m.Old == nil || m.New == nil {
		s.stirred = true
		return
	}
	s.before[m.URN], s.after[m.URN] = m.Old.State, m.New.State
}

// settled is asked when the run is over: until then the engine works on the states.
func (s *settlement) settled(base deployment) bool {
	if s.stirred || base.Deployment == nil || len(base.Deployment.PendingOperations) > 0 ||
		len(base.Deployment.Resources) != len(s.after) {
		return false
	}
	for urn, after := range s.after {
		// What a stack reference has read is read again by each run and means nothing
		// to the next; a stack that reads itself would not settle until the third.
		if after.Type != token.StackReference && !sameState(s.before[urn], after) {
			return false
		}
	}
	return true
}

// sameState compares what is kept of two states, but for when and from where in the
// program they came.
func sameState(a, b *pkgresource.State) bool {
	x, errX := plain(a)
	y, errY := plain(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// plain is what is kept of a state as JSON, whose keys are in order.
func plain(s *pkgresource.State) ([]byte, error) {
	r, _, err := stack.SerializeResource(context.Background(), s, config.NopEncrypter, true)
	if err != nil {
		return nil, err
	}
	r.Created, r.Modified, r.SourcePosition, r.StackTrace = nil, nil, "", nil
	r.Dependencies, r.PropertyDependencies = nil, nil
	if r.ImportID == r.ID { // a program that imports what it finds names what the stack has made
		r.ImportID = ""
	}
	return json.Marshal(struct {
		apitype.ResourceV3
		Needs map[string]bool
	}{r, needs(s)})
}

// needs are the dependencies without their order, which is the program's chance.
func needs(s *pkgresource.State) map[string]bool {
	all := map[string]bool{}
	for _, urn := range s.Dependencies {
		all[string(urn)] = true
	}
	for key, urns := range s.PropertyDependencies {
		for _, urn := range urns {
			all[string(key)+" "+string(urn)] = true
		}
	}
	return all
}
