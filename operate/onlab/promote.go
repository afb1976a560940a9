package onlab

import (
	"context"

	"github.com/rung-dev/rung/operate"
)

// apart says why regions of the lab do not change over by this command.
var apart = operate.NotHere{What: "failover", Because: "the lab's regions are on one machine, and none is lost alone",
	Instead: "`rung failover region REGION --cloud lab` moves the writes as planned"}

// Copies are not told.
func (*Driver) Copies(context.Context, operate.Stack, string) ([]operate.Copy, error) {
	return nil, apart
}

// Promote promotes none.
func (*Driver) Promote(context.Context, operate.Copy, func(string)) error { return apart }
