package pack

import (
	"context"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
)

// engineCheck is how often the pack looks whether its engine still lives: one
// that was killed tells nobody, and the pack would stay for ever.
const engineCheck = 10 * time.Second

// leaveWith calls leave when the engine, whose address is the first argument, no
// longer answers. Without an argument there is none, and nothing to do.
func leaveWith(args []string, every time.Duration, leave func()) error {
	if len(args) == 0 {
		return nil
	}
	if err := rpcutil.Healthcheck(context.Background(), args[0], every, leave); err != nil {
		return fmt.Errorf("reach the engine at %s: %w", args[0], err)
	}
	return nil
}
