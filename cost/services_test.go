package cost_test

import (
	"testing"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

func TestServices(t *testing.T) {
	checkCases(t, map[string]lineCase{
		"a network load balancer brings its own addresses": {
			resources: []cost.Resource{res("", token.LBLoadBalancer, "x", m{"loadBalancerType": "network", "subnetMappings": l{m{"subnetId": "a", "allocationId": "eipalloc-1"}, m{"subnetId": "b"}}})},
			want: map[string]want{
				"load balancer hours":                   flat("16.43"), // 730 × 0.0225 = 16.425
				"public IPv4 addresses (load balancer)": flat("3.65"),  // one of two zones
			},
		},
		"a NAT gateway with the address of another stack": {
			resources: []cost.Resource{res("", token.EC2NatGateway, "x", m{"allocationId": "eipalloc-9"})},
			want:      map[string]want{"NAT gateway hours": flat("32.85"), "public IPv4 address (NAT gateway)": flat("3.65")},
		},
		"an interface endpoint costs per zone": {
			resources: []cost.Resource{res("", token.EC2VpcEndpoint, "x", m{"vpcEndpointType": "Interface", "subnetIds": l{"a", "b", "c"}})},
			want:      map[string]want{"endpoint hours, one per zone": flat("21.90")}, // 3 × 730 × 0.01
		},
		"an alarm of two metrics every ten seconds": {
			resources: []cost.Resource{res("", token.CloudWatchMetricAlarm, "x", m{"metricQueries": l{
				m{"id": "a", "metric": m{"period": 10.0}}, m{"id": "b", "metric": m{"period": 10.0}}, m{"id": "e", "expression": "a/b"},
			}})},
			want: map[string]want{"alarm metrics, high resolution": flat("0.60")},
		},
		"an anomaly alarm watches three metrics": {
			resources: []cost.Resource{res("", token.CloudWatchMetricAlarm, "x", m{"thresholdMetricId": "band", "metricQueries": l{m{"id": "a", "metric": m{"period": 60.0}}, m{"id": "band", "expression": "ANOMALY_DETECTION_BAND(a)"}}})},
			want:      map[string]want{"alarm metrics": flat("0.30")},
		},
		"a health check with a text to find, every ten seconds": {
			resources: []cost.Resource{res("", token.Route53HealthCheck, "x", m{"type": "HTTPS_STR_MATCH", "requestInterval": 10.0})},
			want:      map[string]want{"health check": flat("0.50"), "health check extras": flat("3.00")},
		},
		"a firewall counts rules and groups apart": {
			resources: []cost.Resource{res("", token.WAFv2WebAcl, "x", m{"rules": l{
				m{"name": "common", "statement": m{"managedRuleGroupStatement": m{"name": "AWSManagedRulesCommonRuleSet"}}},
				m{"name": "rate", "statement": m{"rateBasedStatement": m{"limit": 2000.0}}},
			}})},
			want: map[string]want{"web ACL": flat("5.00"), "rules": flat("1.00"), "rule groups": flat("1.00")},
		},
		"a Cloudflare zone on the Pro plan": {
			resources: []cost.Resource{res("", token.CloudflareZone, "x", m{"plan": "pro"})},
			want:      map[string]want{"zone, pro plan": flat("25.00")},
		},
	})
}
