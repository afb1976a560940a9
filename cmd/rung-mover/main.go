// Command rung-mover runs one order of `rung handover` on an instance inside a VPC;
// nobody calls it by hand. See handover/inside.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/rung-dev/rung/handover/inside/worker"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := worker.Main(ctx, os.Args[1:], os.Stderr)
	stop()
	os.Exit(code)
}
