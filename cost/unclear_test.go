package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// A preview does not know which database a replica copies, and a state says of
// every other one that it copies "": neither may leave the replica unpriced.
func TestReplicaIsPricedBeforeItsSourceIsKnown(t *testing.T) {
	for name, primary := range map[string]any{"in a state": "", "in a preview": cost.Unknown{}} {
		t.Run(name, func(t *testing.T) {
			got := estimate(t, cost.Options{},
				cost.Resource{URN: "urn:a", Type: token.RDSInstance, Name: "database-primary", Component: "database",
					Props: map[string]any{
						"engine": "postgres", "instanceClass": "db.m7g.large", "multiAz": true, "allocatedStorage": 100.0, "storageType": "gp3", "replicateSourceDb": primary,
					}},
				cost.Resource{URN: "urn:b", Type: token.RDSInstance, Name: "database-replica-1", Component: "database",
					Props: map[string]any{
						"engine": cost.Unknown{}, "instanceClass": "db.m7g.large", "storageType": "gp3", "replicateSourceDb": cost.Unknown{},
					}})
			assert.Empty(t, got.Unpriced)
			// 0.337 × 730 + 100 × 0.23, and 0.168 × 730 + 100 × 0.115
			assert.Equal(t, "403.15", got.Expected.StringFixed(2))
		})
	}
}

// A distribution that sends its origin a secret header has secret origins: all
// of them are one secret to the engine. The estimate must not differ for it.
func TestSecretOriginsChangeNoEstimate(t *testing.T) {
	stage, err := ladder.Get(3)
	require.NoError(t, err)
	origins := []any{map[string]any{"domainName": "static.s3.us-east-1.amazonaws.com", "originAccessControlId": "E1"}}
	total := func(origins any) string {
		return estimate(t, cost.Options{Traffic: stage.Traffic},
			cost.Resource{URN: "urn:c", Type: token.CloudFrontDistribution, Name: "cdn", Props: map[string]any{"origins": origins}},
			cost.Resource{URN: "urn:d", Type: token.S3BucketV2, Name: "assets-bucket", Props: map[string]any{"tags": map[string]any{"rung:purpose": "static"}}},
		).Expected.StringFixed(2)
	}
	assert.Equal(t, total(origins), total(cost.Secret))
}

func estimate(t *testing.T, o cost.Options, resources ...cost.Resource) cost.Estimate {
	t.Helper()
	catalogue, err := cost.Load()
	require.NoError(t, err)
	return cost.NewEstimator(catalogue, o).Estimate(resources)
}
