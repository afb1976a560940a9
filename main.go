// Command main is the program that `pulumi up` runs: one stage of the ladder,
// picked by rung:stage in the stack's configuration.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/stacks"
)

func main() {
	pulumi.Run(stacks.Deploy)
}
