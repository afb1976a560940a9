package aws

import (
	"slices"

	"github.com/rung-dev/rung/offline/sim"
)

// dataKinds are the tables of the services that hold or serve data: databases,
// caches, buckets, CDN, DNS, certificates, keys, secrets, backups and budgets.
func dataKinds() []sim.Kind {
	return slices.Concat(s3(), kms(), secretsManager(), rds(), rdsProxy(), aurora(), elastiCache(), cloudFront(),
		edgeCode(), acm(), route53(), dlm(), budgets(), backup())
}

// dataInvokes are the functions of those services, by token.
func dataInvokes() map[string]sim.Invoke { return nil }
