package stacks

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
)

// waitHook stands in every stack's state, so it is frozen.
const waitHook = "rung-wait-for-dns"

// registerWait makes the hook that runs before the world's way to the server
// is closed. A site with a domain has just moved its record to the CDN; until
// the old record's time to live is over, resolvers still send users to the
// server. Like every hook it is registered on each run, also when the rule
// that it belongs to has left the program.
func registerWait(ctx *pulumi.Context, cfg config.Config) (*pulumi.ResourceHook, error) {
	hook, err := ctx.RegisterResourceHook(waitHook, func(args *pulumi.ResourceHookArgs) error {
		if cfg.Domain != "" && args.Type == token.VPCSecurityGroupIngressRule {
			time.Sleep(time.Duration(cfg.DNSTTLSeconds) * time.Second)
		}
		return nil
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("register the hook that waits for DNS: %w", err)
	}
	return hook, nil
}
