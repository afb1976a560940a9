package offline

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"github.com/rung-dev/rung/offline/sim"
)

// engineCheck is how often a provider looks whether its engine still lives, so
// that none is left behind when the engine is killed.
const engineCheck = 10 * time.Second

// serve speaks the plugin protocol: it writes the port it listens on and answers
// until interrupted or until the engine, whose address is the first argument
// that is no flag, is gone. Without an address it serves until interrupted.
//
// Where unknown types are accepted, the engine is told of each.
func serve(provider *sim.Provider, args []string, stdout io.Writer, accept bool) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if engine := address(args); engine != "" {
		if err := rpcutil.Healthcheck(ctx, engine, engineCheck, stop); err != nil {
			return fmt.Errorf("reach the engine at %s: %w", engine, err)
		}
		if accept {
			if err := warnTo(ctx, provider, engine); err != nil {
				return err
			}
		}
	}
	done := make(chan bool)
	go func() {
		<-ctx.Done()
		close(done)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: done,
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterResourceProviderServer(s, plugin.NewProviderServer(provider))
			return nil
		},
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(stdout, handle.Port); err != nil {
		return fmt.Errorf("tell the engine the port: %w", err)
	}
	return <-handle.Done
}

// address gives the engine's address among the arguments, or "".
func address(args []string) string {
	for _, arg := range args {
		if arg != "" && arg[0] != '-' {
			return arg
		}
	}
	return ""
}
