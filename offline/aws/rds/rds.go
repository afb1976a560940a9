// Package rds simulates RDS: instances and replicas, Aurora's clusters, global databases, proxies and
// what belongs to them.
package rds

import (
	"slices"

	"github.com/rung-dev/rung/offline/sim"
)

// Kinds is the table of what RDS has.
func Kinds() []sim.Kind { return slices.Concat(rds(), rdsProxy(), aurora()) }
