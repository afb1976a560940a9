package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/stacks/config"
)

// The stack's outputs that its own next run reads.
const (
	outputStage  = "stage"
	outputServer = "server"
)

// errServerLeft is what a climb to rung 3 answers when it would leave the
// server's data behind.
var errServerLeft = errors.New("this stack holds a server with its data (rung 1 or 2), which rung 3 would take away: " +
	"set rung:handover to pending (`pulumi config set rung:handover pending`; `rung up 3` does it by itself), " +
	"so that the server and its volume stay beside the new database until the data has moved; nothing was changed")

// checkHandover stops a climb that does not say what becomes of the server's
// data. What the stack holds, it learns from the outputs of its own last run.
func (c *cell) checkHandover() error {
	if c.cfg.Handover != config.HandoverNone {
		return nil
	}
	name := c.ctx.Organization() + "/" + c.ctx.Project() + "/" + c.ctx.Stack()
	before, err := pulumi.NewStackReference(c.ctx, "before", &pulumi.StackReferenceArgs{Name: pulumi.String(name)})
	if err != nil {
		return fmt.Errorf("read the stack's last outputs: %w", err)
	}
	server, err := before.GetOutputDetails(outputServer)
	if err != nil {
		return fmt.Errorf("read the stack's last outputs: %w", err)
	}
	if held, _ := server.Value.(bool); held {
		return errServerLeft
	}
	return nil
}
