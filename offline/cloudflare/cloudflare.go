// Package cloudflare simulates the Cloudflare provider: zones, records and rules
// as far as rung uses them, in one imaginary account.
//
// It refuses types that its tables do not have, and the mistakes that the real
// API refuses. It costs nothing and reaches no network.
package cloudflare

import (
	_ "embed"
	"slices"

	"github.com/rung-dev/rung/offline/sim"
)

//go:generate go run ../schemagen github.com/pulumi/pulumi-cloudflare/sdk/v5/go/cloudflare types.txt schema.json

//go:embed schema.json
var schemaJSON []byte

// AccountID is the imaginary account that everything belongs to.
const AccountID = "5eb63bbbe01eeed093cb22bb8f5acdc3"

// Package is the simulated Cloudflare provider.
func Package() (*sim.Package, error) {
	schema, err := sim.ParseSchema(schemaJSON)
	if err != nil {
		return nil, err
	}
	p := &sim.Package{
		Name: "cloudflare", Version: "5.49.1", Schema: schema,
		Invokes: invokes(),
		Configure: func(string, sim.Props) (sim.Settings, []sim.Failure) {
			return sim.Settings{Account: AccountID, Region: "global"}, nil
		},
	}
	return p, p.Register(kinds())
}

// kinds are the tables of this package, one function per file.
func kinds() []sim.Kind {
	return slices.Concat(zoneKinds(), recordKinds(), rulesetKinds(), workerKinds(), balancerKinds())
}

func invokes() map[string]sim.Invoke { return map[string]sim.Invoke{} }
