package stacks

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
)

// waitHook stands in every stack's state, so it is frozen.
const waitHook = "rung-wait-for-dns"

// closes reports whether a change closes a way that the old record leads to: a rule that lets
// the world in goes, or a balancer's serves nobody any more.
func closes(args *pulumi.ResourceHookArgs) bool {
	switch args.Type {
	case token.VPCSecurityGroupIngressRule:
		return true
	case token.LBListenerRule:
		return serves(args.OldInputs) && !serves(args.NewInputs)
	}
	return false
}

// serves reports whether a balancer's rule hands requests to machines.
func serves(rule resource.PropertyMap) bool {
	actions := rule["actions"]
	if !actions.IsArray() {
		return false
	}
	for _, a := range actions.ArrayValue() {
		if a.IsObject() && a.ObjectValue()["type"].IsString() && a.ObjectValue()["type"].StringValue() == "forward" {
			return true
		}
	}
	return false
}

// registerWait makes the hook that runs before the world's way to the server
// is closed. A site with a domain has just moved its record to the CDN; until
// the old record's time to live is over, resolvers still send users to the
// server. Like every hook it is registered on each run, also when the rule
// that it belongs to has left the program.
func registerWait(ctx *pulumi.Context, cfg config.Config) (*pulumi.ResourceHook, error) {
	hook, err := ctx.RegisterResourceHook(waitHook, func(args *pulumi.ResourceHookArgs) error {
		if cfg.Domain != "" && closes(args) {
			time.Sleep(time.Duration(cfg.DNSTTLSeconds) * time.Second)
		}
		return nil
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("register the hook that waits for DNS: %w", err)
	}
	return hook, nil
}
