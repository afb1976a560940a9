package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

func TestUnpricedAndFreeSayWhy(t *testing.T) {
	for name, tt := range map[string]struct {
		resources []cost.Resource
		opts      cost.Options
		state     string
		reason    string
	}{
		"unknown type": {
			resources: []cost.Resource{res("", "aws:magic/wand"+":Wand", "x", m{})},
			state:     "unpriced", reason: "unknown type",
		},
		"unknown instance type": {
			resources: []cost.Resource{res("", token.EC2Instance, "x", m{"instanceType": cost.Unknown{}})},
			state:     "unpriced", reason: "instanceType is not known before the deployment",
		},
		"instance type of the wrong kind": {
			resources: []cost.Resource{res("", token.EC2Instance, "x", m{"instanceType": 7.0})},
			state:     "unpriced", reason: "instanceType is not given",
		},
		"secret size": {
			resources: []cost.Resource{res("", token.EBSVolume, "x", m{"size": cost.Secret})},
			state:     "unpriced", reason: "size is encrypted",
		},
		"no price in the region, no fallback wanted": {
			resources: []cost.Resource{res("", token.EC2NatGateway, "x", m{"connectivityType": "private"})},
			opts:      cost.Options{Region: "sa-east-1", Fallback: cost.FallbackNone},
			state:     "unpriced", reason: `no price for NAT gateway "NAT gateway hour" in sa-east-1 (there is one for us-east-1)`,
		},
		"group with attributes": {
			resources: []cost.Resource{res("", token.AutoScalingGroup, "x", m{"maxSize": 2.0, "mixedInstancesPolicy": m{"launchTemplate": m{"overrides": l{m{"instanceRequirements": m{"vcpuCount": m{"min": 2.0}}}}}}})},
			state:     "unpriced", reason: "chosen by attributes",
		},
		"replica of one of two databases": {
			resources: []cost.Resource{
				res("a", token.RDSInstance, "p1", m{"engine": "postgres"}),
				res("b", token.RDSInstance, "p2", m{"engine": "mysql"}),
				res("c", token.RDSInstance, "x", m{"instanceClass": "db.t4g.small", "replicateSourceDb": cost.Unknown{}}),
			},
			state: "unpriced", reason: "which database it replicates is not known",
		},
		"Db2":                {[]cost.Resource{res("", token.RDSInstance, "x", m{"engine": "db2-se", "instanceClass": "db.t4g.small"})}, cost.Options{}, "unpriced", `no prices for the engine "db2-se"`},
		"dead letters":       {[]cost.Resource{res("", token.SQSQueue, "x-dlq", m{})}, cost.Options{}, "usage", "only messages that failed"},
		"bucket, no traffic": {[]cost.Resource{res("", token.S3Bucket, "x", m{})}, cost.Options{}, "usage", "give a traffic profile"},
		"gateway endpoint":   {[]cost.Resource{res("", token.EC2VpcEndpoint, "x", m{"serviceName": "com.amazonaws.us-east-1.s3"})}, cost.Options{}, "free", "gateway endpoints"},
		"CDN's logs": {[]cost.Resource{
			res("", token.CloudWatchLogDeliverySource, "s",
				m{"logType": "ACCESS_LOGS", "resourceArn": cost.Unknown{}}),
			res("", token.CloudWatchLogDelivery, "x", m{}),
		}, cost.Options{}, "free", "cost nothing to deliver"},
		"others' logs": {[]cost.Resource{
			res("", token.CloudWatchLogDeliverySource, "s",
				m{"logType": "ACCESS_LOGS", "resourceArn": "arn:aws:apigateway:us-east-1::/apis/1"}),
			res("", token.CloudWatchLogDelivery, "x", m{}),
		}, cost.Options{}, "usage", "paid per GB of log"},
		"component":   {[]cost.Resource{res("", "rung:components:Network", "x", m{})}, cost.Options{}, "free", "not a cloud resource"},
		"empty group": {[]cost.Resource{res("", token.AutoScalingGroup, "x", m{"minSize": 0.0, "maxSize": 4.0, "launchTemplate": m{"name": "lt"}}), res("", token.EC2LaunchTemplate, "lt", m{"name": "lt", "instanceType": "m7g.large"})}, cost.Options{}, "free", "its size is 0"},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimator(t, tt.opts).Estimate(tt.resources)
			notes := map[string][]cost.Note{"free": e.Free, "usage": e.UsageBased, "unpriced": e.Unpriced}[tt.state]
			for _, n := range notes {
				if n.Name == "x" || n.Name == "x-dlq" {
					assert.Contains(t, n.Reason, tt.reason)
					return
				}
			}
			require.Fail(t, "x is not "+tt.state, "%+v", e)
		})
	}
}

func TestFallbackIsLabelled(t *testing.T) {
	e := estimator(t, cost.Options{Region: "sa-east-1"}).Estimate([]cost.Resource{res("", token.EC2NatGateway,
		"x", m{"connectivityType": "private"})})
	require.Len(t, e.Lines, 1)
	assert.Equal(t, "fallback: us-east-1 price, none known for sa-east-1; times 1.59, as machines cost there",
		e.Lines[0].Note)
	assert.Equal(t, "sa-east-1", e.Lines[0].Region)
	assert.True(t, e.Lines[0].Fallback)
	assert.Equal(t, "1", e.FallbackShare().String())
	assert.Equal(t, "0", estimate(t, cost.Options{},
		res("", token.EC2NatGateway, "x", m{"connectivityType": "private"})).FallbackShare().String())
	assert.Equal(t, "0", cost.Estimate{}.FallbackShare().String())
}
