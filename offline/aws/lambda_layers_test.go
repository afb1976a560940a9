package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestLayersCount(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"layerName": "shared", "s3Bucket": "code", "s3Key": "layer.zip",
		"compatibleRuntimes": list{"nodejs22.x"}}
	first, second := c.Settled(token.LambdaLayerVersion, "one", in), c.Settled(token.LambdaLayerVersion, "two", in)
	assert.Equal(t, "arn:aws:lambda:us-east-1:"+account+":layer:shared:1", first.ID)
	assert.Equal(t, first.Str("layerArn")+":2", second.Str("arn"))
	assert.Equal(t, "2", second.Str("version"))
	replacedBy(t, c, first, in, map[string]sim.Props{"key": {"s3Key": "b.zip"}, "words": {"description": "x"},
		"kept": {"skipDestroy": true}},
		map[string]bool{"key": true, "words": true})
	allRefused(t, c, map[string]mistake{
		"nothing": {token.LambdaLayerVersion, sim.Props{"layerName": "a"}, []string{"s3Bucket and s3Key"}},
		"name":    {token.LambdaLayerVersion, with(in, sim.Props{"layerName": "a b"}), []string{"letters"}},
		"machine": {token.LambdaLayerVersion, with(in, sim.Props{"compatibleArchitectures": list{"arm"}}), []string{`"arm"`}},
	})
}

func TestOutcomesAreTold(t *testing.T) {
	c := cloud(t, "us-east-1")
	f := c.Must(token.LambdaFunction, "f", zipped(c, "f", trustPlain, nil))
	q := c.Must(token.SQSQueue, "failed", sim.Props{})
	in := sim.Props{"functionName": f.Str("name"), "maximumRetryAttempts": 0.0,
		"destinationConfig": obj{"onFailure": obj{"destination": q.Str("arn")}}}
	e := c.Settled(token.LambdaFunctionEventInvokeConfig, "f", in)
	assert.Equal(t, f.Str("name"), e.ID)
	live := c.Settled(token.LambdaFunctionEventInvokeConfig, "live", with(in, sim.Props{"qualifier": "live"}))
	assert.Equal(t, f.Str("name")+":live", live.ID)
	replacedBy(t, c, e, in, map[string]sim.Props{"tries": {"maximumRetryAttempts": 1.0}, "which": {"qualifier": "x"}},
		map[string]bool{"which": true})
	allRefused(t, c, map[string]mistake{
		"no function": {token.LambdaFunctionEventInvokeConfig, with(in, sim.Props{"functionName": "none"}), []string{"ResourceNotFoundException"}},
		"no queue":    {token.LambdaFunctionEventInvokeConfig, with(in, sim.Props{"destinationConfig": obj{"onFailure": obj{"destination": q.Str("arn") + "x"}}}), []string{"InvalidParameterValueException"}},
		"tries":       {token.LambdaFunctionEventInvokeConfig, with(in, sim.Props{"maximumRetryAttempts": 3.0}), []string{"2"}},
	})
}
