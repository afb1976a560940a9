package stacks_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/tests/inprocess"
)

// orders are settings that between them make every kind of resource that a stack
// of rung's has.
var orders = map[string]settings{
	"stage1":            {"stage": "1", "domain": "example.com", "budget": "50", "alertEmail": "ops@example.com"},
	"stage2 cloudflare": {"stage": "2", "cdn": "cloudflare", "domain": "example.com", "cloudflareZone": "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"},
	"stage2":            {"stage": "2", "domain": "example.com"},
	"stage3":            {"stage": "3", "handover": "pending", "domain": "example.com"},
	"stage3 instance":   {"stage": "3", "cdn": "none", "domain": "example.com", "nat": "instance", "flowLogs": "true"},
	"stage4":            {"stage": "4", "domain": "example.com", "database.proxy": "always"},
	"stage5":            {"stage": "5", "domain": "example.com", "network.link": "transit-gateway", "traffic.routing": "accelerator"},
	"stage5 aurora":     {"stage": "5", "database.global": "aurora", "cdn": "none", "domain": "example.com"},
	"stage6":            {"stage": "6", "domain": "example.com", "edge.experiment": "home=10"},
	"own app, server":   {"stage": "1", "app": anApp},
	"own app, services": {"stage": "4", "app": anApp},
	"own app, regions":  {"stage": "5", "app": anApp},
}

// anApp is somebody's own with all that one can have.
const anApp = `{"name":"shop","image":"example.com/shop@sha256:` + noDigest + `","port":8090,"health":"/alive",` +
	`"commands":{"worker":"work","release":"migrate"},"schedule":[{"name":"tidy","at":"*-*-* 03:30","command":"tidy"}],` +
	`"services":[{"name":"orders","paths":["/api/orders*"],"store":"own","release":"migrate-orders"},` +
	`{"name":"mail","paths":["/api/mail*"],"store":"shared"},{"name":"pages","paths":["/p/*"]}],` +
	`"secrets":{"API_KEY":null,"TOKEN":"ssm:/shop/token"},"needs":["database","cache","queue","uploads"]}`

const noDigest = "0000000000000000000000000000000000000000000000000000000000000000"

// large are those of which make test looks only at the earliest moment.
func large(s settings) bool { return s["stage"] >= "5" }

// AWS refuses what is made before something that no property names. Whatever
// moment the declared dependencies allow must be one that AWS takes.
func TestEveryOrderWorks(t *testing.T) {
	nightly := os.Getenv("RUNG_SWEEP") != ""
	for name, s := range orders {
		t.Run(name, func(t *testing.T) {
			program, config := stacks.Program(app), record.Config(namespaced(s))
			cloud, rec, err := inprocess.Up(program, nil, config)
			require.NoError(t, err)
			assert.NoError(t, cloud.Drift(rec), "AWS changes nothing by itself that the next run would change back")
			assert.NoError(t, cloud.Earliest(rec), "made as early as the dependencies allow")
			if large(s) && !nightly {
				return
			}
			sameAnswers(t, recordtest.Run(t, program, config), rec)
			assert.NoError(t, cloud.Latest(rec), "made as late as the dependencies allow")
			for seed := range seeds(nightly) {
				_, _, err = inprocess.Up(program, inprocess.Random(rec, seed), config)
				require.NoError(t, err, "in the order of seed %d", seed)
			}
		})
	}
}

// sameAnswers fails where a recording, in which nothing is made or refused, was told
// another id or another output than the cloud has that made it.
func sameAnswers(t *testing.T, told, made *record.Recording) {
	t.Helper()
	require.Len(t, told.Resources, len(made.Resources))
	for i, r := range told.Resources {
		other := made.Resources[i]
		r, other = recordtest.OfItself(r), recordtest.OfItself(other)
		assert.Equal(t, other.ID, r.ID, r.URN)
		assert.Equal(t, other.Outputs, r.Outputs, r.URN)
	}
}

// seeds is how many random orders are tried beside the two extremes.
func seeds(nightly bool) uint64 {
	if nightly {
		return 20
	}
	return 1
}
