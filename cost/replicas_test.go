package cost_test

import (
	"testing"

	"github.com/rung-dev/rung/cost"
)

// away is a resource of another region.
func away(region, typ, name string, p m) cost.Resource {
	r := res("", typ, name, p)
	r.Region = region
	return r
}

func TestCopiesOfKeysAndSecretsCost(t *testing.T) {
	e := estimate(t, cost.Options{},
		res("", "aws:kms/key:Key", "key-primary", m{"multiRegion": true}),
		away("eu-west-1", "aws:kms/replicaKey:ReplicaKey", "key-euw1", m{}),
		res("", "aws:secretsmanager/secret:Secret", "store", m{"replicas": l{m{"region": "eu-west-1"}, m{"region": "eu-central-1"}}}),
	)
	checkLines(t, e, "key-primary", map[string]want{"key": flat("1.00")})
	checkLines(t, e, "key-euw1", map[string]want{"key": flat("1.00")})
	checkLines(t, e, "store", map[string]want{"secret": flat("0.40"), "copy in eu-west-1": flat("0.40"), "copy in eu-central-1": flat("0.40")})
}
