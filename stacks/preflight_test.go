package stacks_test

import (
	"path"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/preflight"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/ladder"
)

// TestNeedsAreWhatStagesHold: the figures follow by hand from the sizes in the
// stages' tables. Stage 3 has 2 to 6 web servers with one vCPU, two of them and
// half of the others on demand, and up to 4 spot workers; stage 4 three services
// of the size of web besides; stages 5 and 6 have four groups of 4 to 24 servers
// with four vCPUs and up to 20 workers with one, and stage 6 holds 16 of the
// servers reserved.
func TestNeedsAreWhatStagesHold(t *testing.T) {
	for _, stage := range []struct {
		stage                 string
		vcpus, spot           [2]int
		ips, instances, cache int
	}{
		{"1", [2]int{2, 2}, [2]int{}, 1, 0, 0},
		{"2", [2]int{4, 4}, [2]int{}, 1, 0, 0},
		{"3", [2]int{2, 4}, [2]int{0, 6}, 2, 2, 2},
		{"4", [2]int{8, 16}, [2]int{0, 12}, 2, 4, 2},
		{"5", [2]int{64, 224}, [2]int{0, 180}, 2, 6, 2},
		{"6", [2]int{64, 224}, [2]int{0, 180}, 2, 6, 2},
	} {
		t.Run("stage "+stage.stage, func(t *testing.T) {
			t.Parallel()
			need := preflight.NeedOf(preflight.Stack{Planned: run(t, "stage", stage.stage).Model()})
			at := map[preflight.Place][2]int{}
			for _, a := range need.Amounts {
				at[a.Place] = [2]int{a.AtOnce, a.AtMost}
			}
			home := func(key string) [2]int { return at[preflight.Place{Key: key, Region: preflight.Global}] }
			assert.Equal(t, stage.vcpus, home(preflight.OnDemand), "on demand")
			assert.Equal(t, stage.spot, home(preflight.Spot), "spot")
			assert.Equal(t, stage.ips, home("ec2.elastic-ips")[0], "addresses")
			assert.Equal(t, stage.instances, home(preflight.Databases)[0], "databases")
			assert.Equal(t, stage.cache, home(preflight.CacheNodes)[0], "cache nodes")
			assert.Equal(t, 1, home("vpc.vpcs")[0], "networks")
		})
	}
}

// What rung chooses by itself is supported for a year from the day on which it was
// looked at last, but for the runtime of stage 6's cache guard: whether the edge takes
// a newer one could not be found out.
func TestNoStageRunsWhatEnds(t *testing.T) {
	day := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	aging := func(s settings) (list []string) {
		need := preflight.NeedOf(preflight.Stack{Planned: build(t, s).Model(), Image: path.Base(stacks.ImageParameter)})
		assert.NotEmpty(t, need.Runs)
		for _, f := range preflight.Aging(need, day) {
			list = append(list, f.Needed)
		}
		return list
	}
	for n := ladder.First; n < 6; n++ {
		assert.Empty(t, aging(settings{"stage": strconv.Itoa(int(n))}), "stage %d", n)
	}
	assert.Empty(t, aging(settings{"stage": "5", "database.global": "aurora"}))
	assert.Equal(t, []string{"lambda nodejs22.x"}, aging(settings{"stage": "6"}))
}

// Every type that a stage creates and AWS counts is counted: each counted type's
// resources in the recording are as many as the need says.
func TestNeedsCountEveryResource(t *testing.T) {
	for _, stage := range []string{"3", "6"} {
		rec := run(t, "stage", stage)
		counts := map[string]int{}
		for _, r := range rec.Custom() {
			if !r.Read {
				counts[r.Type]++
			}
		}
		sums := map[string]int{}
		for _, a := range preflight.NeedOf(preflight.Stack{Planned: rec.Model()}).Amounts {
			sums[a.Key] += a.AtOnce
		}
		for key, typ := range map[string]string{
			"ec2.elastic-ips": token.EC2Eip, preflight.NATGateways: token.EC2NatGateway,
			"vpc.gateway-endpoints": token.EC2VpcEndpoint, preflight.Balancers: token.LBLoadBalancer,
			preflight.Databases: token.RDSInstance, preflight.Buckets: token.S3BucketV2, preflight.Roles: token.IAMRole,
			preflight.Distributions: token.CloudFrontDistribution, "rds.proxies": token.RDSProxy,
			"apigateway.vpc-links": token.APIGatewayV2VpcLink, "vpc.security-groups": token.EC2SecurityGroup,
			preflight.Concurrency: token.LambdaFunction,
		} {
			assert.Equal(t, counts[typ], sums[key], "stage %s: %s", stage, key)
		}
	}
}
