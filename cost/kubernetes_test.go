package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// A service of EKS has a load balancer made, of the kind that it asks for: classic
// 0.025 × 730, network and application 0.0225 × 730, addresses 2 × 0.005 × 730.
func TestWhatKubernetesMakes(t *testing.T) {
	service := func(annotations m) cost.Resource {
		return res("", "kubernetes:core/v1:Service", "x",
			m{"metadata": m{"annotations": annotations}, "spec": m{"type": "LoadBalancer"}})
	}
	ingress := res("", "kubernetes:networking.k8s.io/v1:Ingress", "x",
		m{"metadata": m{"annotations": m{"alb.ingress.kubernetes.io/scheme": "internet-facing"}}, "spec": m{"ingressClassName": "alb"}})
	cluster := res("", token.EKSCluster, "c", m{})
	auto := res("", token.EKSCluster, "c", m{"computeConfig": m{"enabled": true}})
	const hours, addresses = "load balancer hours", "public IPv4 addresses (load balancer)"
	for name, tt := range map[string]struct {
		resources []cost.Resource
		want      map[string]want
	}{
		"a service": {[]cost.Resource{cluster, service(nil)}, map[string]want{hours: flat("18.25"), addresses: flat("7.30")}},
		"a service inside the network": {[]cost.Resource{cluster,
			service(m{"service.beta.kubernetes.io/aws-load-balancer-internal": "true"})}, map[string]want{hours: flat("18.25")}},
		"a service that asks for a network load balancer": {[]cost.Resource{cluster,
			service(m{"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"})},
			map[string]want{hours: flat("16.43"), addresses: flat("7.30")}},
		"one of the controller, which is inside unless it says so": {[]cost.Resource{cluster,
			service(m{"service.beta.kubernetes.io/aws-load-balancer-type": "external"})}, map[string]want{hours: flat("16.43")}},
		"one of Auto Mode for all the world": {[]cost.Resource{auto,
			service(m{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"})},
			map[string]want{hours: flat("16.43"), addresses: flat("7.30")}},
		"an ingress": {[]cost.Resource{cluster, ingress}, map[string]want{hours: flat("16.43"), addresses: flat("7.30")}},
	} {
		t.Run(name, func(t *testing.T) { checkLines(t, estimate(t, cost.Options{}, tt.resources...), "x", tt.want) })
	}
}

// Where other clouds have clusters too, nobody knows in which a service is.
func TestAServiceOfOneOfSeveralClustersHasNoPrice(t *testing.T) {
	e := estimate(t, cost.Options{},
		res("", token.EKSCluster, "c", m{}), res("", "gcp:container/cluster:Cluster", "g", m{}),
		res("", "kubernetes:core/v1:Service", "x", m{"spec": m{"type": "LoadBalancer"}}),
		res("", "kubernetes:core/v1:PersistentVolumeClaim", "v", m{}), res("", "kubernetes:apps/v1:Deployment", "d", m{}),
		res("", "kubernetes:helm.sh/v3:Release", "r", m{"chart": "nginx"}))
	require.Len(t, e.Unpriced, 2)
	assert.Contains(t, e.Unpriced[1].Reason, "which cluster it is is not known")
	require.Len(t, e.UsageBased, 2)
	require.Len(t, e.Free, 1)
}

// 730 hours × 60 minutes / 5 × 0.0012
func TestCanariesArePricedByTheirSchedule(t *testing.T) {
	canary := func(p m) cost.Estimate {
		return estimate(t, cost.Options{}, res("", token.SyntheticsCanary, "x", p))
	}
	at := func(rate string, started bool) m {
		return m{"schedule": m{"expression": rate}, "startCanary": started}
	}
	for rate, monthly := range map[string]string{
		"rate(5 minutes)": "10.51", "rate(1 minute)": "52.56", "rate(1 hour)": "0.88",
	} {
		assert.Equal(t, flat(monthly), lineOf(t, canary(at(rate, true)), "x", "canary runs"))
	}
	for _, p := range []m{
		{}, at("rate(0 minute)", true), at("cron(0 1 * * ? *)", true), at("rate(1 fortnight)", true),
		at("rate(5 minutes)", false),
	} {
		require.Len(t, canary(p).UsageBased, 1, "%v", p)
	}
}
