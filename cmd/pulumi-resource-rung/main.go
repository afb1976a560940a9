// Pulumi-resource-rung is the component package alone, for `pulumi package add` of this
// folder: Pulumi builds it of PulumiPlugin.yaml. The rung command under this name is the
// same package.
package main

import (
	"os"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/polyglot"
)

func main() {
	engine.EndWithEngine()
	os.Exit(polyglot.Main())
}
