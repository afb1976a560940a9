// Package pack runs the rules inside the Pulumi engine, as a policy pack for
// any `pulumi preview` or `pulumi up` with --policy-pack.
//
// The engine starts the executable, asks for the policies of the stack and
// shows the pack every resource; stack rules see all of them at the end. The
// pack answers the engine's protocol itself, so that severity, framework, URL
// and remediation of each rule reach whoever shows them; each resource is read
// once for all rules. It adds three policies of its own: the month's estimate,
// what could not be decided in a preview, and exceptions that have expired. It
// costs less than a second in a preview of a hundred resources. It refuses to
// start with settings that it does not understand, naming every wrong key.
package pack

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rules"
)

// Name is the pack's name in all output.
const Name = "rung-policies"

// Version is the pack's own version.
const Version = "1.1.0"

// The policies that are not rules.
const (
	// EstimateID prints the month's estimate; always advisory.
	EstimateID = "month-estimate"
	// UndecidedID names what a preview could not decide; always advisory.
	UndecidedID = "undecided-until-up"
	// ExpiredID reports exceptions whose last day is over; always mandatory.
	ExpiredID = "exception-expired"
)

// Main serves the pack to the engine that started this process, until the
// engine goes away, also when it was killed.
func Main() error {
	if err := leaveWith(os.Args[1:], engineCheck, func() { os.Exit(0) }); err != nil {
		return err
	}
	served, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Init: func(s *grpc.Server) error {
		pulumirpc.RegisterAnalyzerServer(s, NewServer())
		return nil
	}})
	if err != nil {
		return fmt.Errorf("serve the policy pack: %w", err)
	}
	fmt.Println(served.Port) // the engine waits for it: the first line, and a number
	if err := <-served.Done; err != nil {
		return fmt.Errorf("serve the policy pack: %w", err)
	}
	return nil
}

// policy is one policy of the pack: what it says about itself, and how it
// checks. A rule has of, one of the pack's own has whole.
type policy struct {
	info  *pulumirpc.PolicyInfo
	of    *rule.Rule
	whole func(st *rule.Stack, tell say)
}

// all are the rules that are not disabled, and the pack's own policies last:
// they report what the others left.
func (r *run) all() []policy {
	var all []policy
	for _, of := range rules.All() {
		level, on := enforcement(of.LevelFor(r.settings))
		if on && of.Kind != rule.OnPlan {
			all = append(all, policy{info: describe(of, level), of: &of})
		}
	}
	return append(all, r.companions()...)
}

func enforcement(l rule.Level) (pulumirpc.EnforcementLevel, bool) {
	switch l {
	case rule.Mandatory:
		return pulumirpc.EnforcementLevel_MANDATORY, true
	case rule.Disabled:
		return pulumirpc.EnforcementLevel_DISABLED, false
	}
	return pulumirpc.EnforcementLevel_ADVISORY, true
}
