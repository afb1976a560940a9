package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// The profile has 109,500,000 requests a month, of which 32,850,000 reach the
// app behind a CDN; usage is taken as half to twice what is expected.
func TestEdge(t *testing.T) {
	guarded := res("", token.CloudFrontDistribution, "cdn",
		m{"defaultCacheBehavior": m{"lambdaFunctionAssociations": []any{m{"eventType": "origin-response",
			"lambdaArn": cost.Unknown{}}}}})
	lambda := res("", token.LambdaFunction, "guard", m{"publish": true, "memorySize": 128.0})
	reader := func(name string) cost.Resource {
		return res("", token.CloudFrontFunction, name, m{"keyValueStoreAssociations": cost.Unknown{}})
	}
	proxied := res("", token.CloudflareRecord, "r", m{"proxied": true})
	for name, tt := range map[string]struct {
		resources []cost.Resource
		of        string
		want      map[string]want
	}{
		"each function reads the store": {
			resources: []cost.Resource{res("", token.CloudFrontKeyValueStore, "store", m{}), reader("a"), reader("b"), res("", token.CloudFrontFunction, "plain", m{}), guarded}, of: "store",
			want: map[string]want{"key-value reads": {"3.29", "6.57", "13.14"}}, // 219 million × 0.03
		},
		"Lambda@Edge runs for what the cache does not have": {
			resources: []cost.Resource{guarded, lambda}, of: "guard",
			want: map[string]want{
				"Lambda@Edge requests": {"9.86", "19.71", "39.42"}, // 32.85 million × 0.60
				// 32.85 million × 0.003 s × 0.125 GB × 0.00005001
				"Lambda@Edge duration": {"0.10", "0.62", "4.11"},
			},
		},
		"and its log lies where the users are": {
			resources: []cost.Resource{guarded, lambda, res("", token.CloudWatchLogGroup, "log", m{"name": "/aws/lambda/us-east-1.guard", "retentionInDays": 30.0})}, of: "log",
			want: map[string]want{
				"logs taken in": {"2.87", "5.75", "11.50"}, // 32.85 million × 350 bytes × 0.50
				"logs kept":     {"0.17", "0.34", "0.68"},  // 11.4975 GB × 720/730 × 0.03
			},
		},
		"another Lambda's log is not known": {
			resources: []cost.Resource{guarded, lambda, res("web", token.AutoScalingGroup, "group", m{}), res("web", token.CloudWatchLogGroup, "logs", m{}), res("", token.CloudWatchLogGroup, "log", m{"name": "/aws/lambda/other"})}, of: "log", want: map[string]want{},
		},
		"another Lambda is paid by use": {resources: []cost.Resource{lambda}, of: "guard", want: map[string]want{}},
		"a Worker pays the plan and more": {
			resources: []cost.Resource{res("", token.CloudflareWorkersScript, "worker", m{}), proxied}, of: "worker",
			want: map[string]want{
				"Workers Paid": flat("5.00"),
				"requests":     {"13.43", "29.85", "62.70"}, // (109.5 - 10) million × 0.30
				"CPU time":     {"0.00", "1.59", "12.54"},   // (109.5 - 30) million × 0.02
			},
		},
		"a namespace is read by one in a hundred requests": {
			resources: []cost.Resource{res("", token.CloudflareWorkersKvNamespace, "kv", m{}), proxied}, of: "kv",
			want: map[string]want{"reads": {"0.00", "0.00", "104.50"}}, // at most (219 - 10) million × 0.50
		},
	} {
		t.Run(name, func(t *testing.T) {
			checkLines(t, estimate(t, cost.Options{Traffic: profile()}, tt.resources...), tt.of, tt.want)
		})
	}
}

// Files: 5.475 million requests that the edge does not have; the app's 27.375
// million come on top where the shield stands before it too.
func TestOriginShield(t *testing.T) {
	for value, monthly := range map[string]string{"us-east-1": "4.11", "us-east-1+app": "24.64"} {
		e := estimate(t, cost.Options{Traffic: profile()},
			res("", token.CloudFrontDistribution, "cdn",
				m{"tags": m{"rung:origin-shield": value}, "origins": []any{m{"domainName": "b.s3.us-east-1.amazonaws.com"}}}))
		got := ""
		for _, l := range e.Lines {
			if l.Item == "requests by way of Origin Shield" {
				got = l.Monthly.StringFixed(2)
			}
		}
		assert.Equal(t, monthly, got, value)
	}
}

func TestTheWorkersPlanIsPaidOnce(t *testing.T) {
	e := estimate(t, cost.Options{}, res("", token.CloudflareWorkersScript, "a", m{}),
		res("", token.CloudflareWorkersScript, "b", m{}))
	n := 0
	for _, l := range e.Lines {
		if l.Item == "Workers Paid" {
			n++
		}
	}
	assert.Equal(t, 1, n)
}

// What runs in reserved capacity is billed once.
func TestReservedCapacityIsNotBilledTwice(t *testing.T) {
	reservation := func(name string, n float64) cost.Resource {
		return res("", token.EC2CapacityReservation, name,
			m{"instanceType": "t4g.small", "instanceCount": n, "availabilityZone": "us-east-1a"})
	}
	group := []cost.Resource{
		res("", token.EC2LaunchTemplate, "web-template", m{"id": "lt-1", "instanceType": "t4g.small"}),
		res("", token.AutoScalingGroup, "web-group",
			m{"minSize": 5.0, "maxSize": 5.0, "launchTemplate": m{"id": "lt-1"}}),
	}
	sum := func(more ...cost.Resource) (held, running string) {
		e := estimate(t, cost.Options{}, append(group[:2:2], more...)...)
		for _, l := range e.Lines {
			switch {
			case l.Type == token.EC2CapacityReservation:
				held += l.Monthly.StringFixed(2) + " "
			case l.Item == "instance hours, t4g.small":
				running = l.Monthly.StringFixed(2)
			}
		}
		return held, running
	}
	held, running := sum()
	assert.Equal(t, []string{"", "61.32"}, []string{held, running}) // 5 × 730 × 0.0168
	held, running = sum(reservation("a", 2), reservation("b", 1))
	assert.Equal(t, []string{"24.53 12.26 ", "24.53"}, []string{held, running})
	held, running = sum(reservation("a", 8))
	assert.Equal(t, []string{"98.11 ", ""}, []string{held, running}, "capacity that nobody uses is paid too")
}
