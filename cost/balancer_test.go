package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

func TestCloudflareBalancing(t *testing.T) {
	balancer := func(p m) cost.Resource { return res("", token.CloudflareLoadBalancer, "b", p) }
	rest := []cost.Resource{
		res("", token.CloudflareLoadBalancerPool, "p", m{}),
		res("", token.CloudflareLoadBalancerMonitor, "m", m{}),
	}
	two := estimate(t, stage5(t),
		append(rest, balancer(m{"steeringPolicy": "dynamic_latency", "defaultPoolIds": l{"a", cost.Unknown{}}}))...)
	assert.Empty(t, two.Unpriced)
	checkLines(t, two, "b", map[string]want{
		"load balancing":      flat("5.00"),
		"steering by latency": flat("10.00"),
		"queries":             {"29.92", "60.33", "121.17"}, // 2 million active users × 730/24 days − 500,000, at $0.50 for 500,000
	})
	three := estimate(t, cost.Options{}, balancer(m{"steeringPolicy": "off", "defaultPoolIds": l{"a", "b", "c"}}))
	checkLines(t, three, "b", map[string]want{"load balancing": flat("5.00")})
	require.Len(t, three.Unpriced, 1, "nothing is silently free")
	assert.Contains(t, three.Unpriced[0].Reason, "3 pools")
}
