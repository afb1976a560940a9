// Package ec2 simulates EC2: networks with their ways in, out and to one another, security groups,
// instances, launch templates, volumes and reserved capacity.
package ec2

import (
	"slices"

	"github.com/rung-dev/rung/offline/sim"
)

// Kinds is the table of what EC2 has.
func Kinds() []sim.Kind {
	return slices.Concat(network(), peering(), transit(), securityGroups(), compute(), capacityKinds(), edges(), adopted())
}
