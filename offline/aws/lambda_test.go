package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestWhoMayCallAFunction(t *testing.T) {
	c := cloud(t, "us-east-1")
	f := c.Must(token.LambdaFunction, "f", zipped(c, "f", trustPlain, sim.Props{"name": "f"}))
	g := c.Must(token.LambdaFunction, "g", zipped(c, "g", trustPlain, sim.Props{"name": "g"}))
	in := sim.Props{"action": "lambda:InvokeFunction", "function": "f", "principal": "apigateway.amazonaws.com",
		"statementId": "api"}
	p := c.Settled(token.LambdaPermission, "api", in)
	assert.Equal(t, "api", p.ID)
	c.Settled(token.LambdaPermission, "api-g", with(in, sim.Props{"function": g.Str("arn")}))
	assert.Regexp(t, `^some-[0-9a-f]{7}$`, c.Settled(token.LambdaPermission, "some", with(in, sim.Props{"statementId": nil})).ID)
	a := c.Settled(token.LambdaAlias, "live", sim.Props{"functionName": "f", "functionVersion": "1", "name": "live"})
	assert.Equal(t, f.Str("arn")+":live", a.ID)
	c.Settled(token.LambdaPermission, "live", with(in, sim.Props{"qualifier": "live", "statementId": "live"}))
	replacedBy(t, c, p, in, map[string]sim.Props{"principal": {"principal": "s3.amazonaws.com"},
		"source": {"sourceArn": "arn:x"}},
		map[string]bool{"principal": true, "source": true})
	allRefused(t, c, map[string]mistake{
		"no function":  {token.LambdaPermission, with(in, sim.Props{"function": "none"}), []string{"ResourceNotFoundException", "none"}},
		"taken":        {token.LambdaPermission, in, []string{"ResourceConflictException", "api"}},
		"no version":   {token.LambdaPermission, with(in, sim.Props{"qualifier": "7", "statementId": "x"}), []string{"ResourceNotFoundException"}},
		"action":       {token.LambdaPermission, with(in, sim.Props{"action": "InvokeFunction"}), []string{"lambda:InvokeFunction"}},
		"alias of":     {token.LambdaAlias, sim.Props{"functionName": "f", "functionVersion": "2"}, []string{"ResourceNotFoundException"}},
		"alias number": {token.LambdaAlias, sim.Props{"functionName": "f", "functionVersion": "1", "name": "1"}, []string{"no number"}},
		"alias taken":  {token.LambdaAlias, sim.Props{"functionName": "f", "functionVersion": "1", "name": "live"}, []string{"ResourceConflictException"}},
	})
}

func TestAFunctionsAddress(t *testing.T) {
	c := cloud(t, "us-east-1")
	f := c.Must(token.LambdaFunction, "f", zipped(c, "f", trustPlain, sim.Props{"name": "f"}))
	in := sim.Props{"functionName": "f", "authorizationType": "NONE", "cors": obj{"allowMethods": sim.List("GET", "*")}}
	u := c.Settled(token.LambdaFunctionUrl, "u", in)
	assert.Equal(t, "f", u.ID)
	assert.Equal(t, f.Str("arn"), u.Str("functionArn"))
	assert.Regexp(t, `^https://[a-z0-9]{32}\.lambda-url\.us-east-1\.on\.aws/$`, u.Str("functionUrl"))
	replacedBy(t, c, u, in, map[string]sim.Props{"function": {"functionName": "g"},
		"auth": {"authorizationType": "AWS_IAM"}},
		map[string]bool{"function": true})
	allRefused(t, c, map[string]mistake{
		"twice":       {token.LambdaFunctionUrl, in, []string{"ResourceConflictException"}},
		"no function": {token.LambdaFunctionUrl, with(in, sim.Props{"functionName": "none"}), []string{"ResourceNotFoundException"}},
		"a version":   {token.LambdaFunctionUrl, with(in, sim.Props{"qualifier": "1"}), []string{"ResourceNotFoundException", "alias"}},
		"options":     {token.LambdaFunctionUrl, with(in, sim.Props{"functionName": f.Str("arn"), "cors": obj{"allowMethods": sim.List("OPTIONS")}}), []string{"ValidationException", "OPTIONS"}},
	})
}

func TestWhatAFunctionReads(t *testing.T) {
	c := cloud(t, "us-east-1")
	c.Must(token.LambdaFunction, "f", zipped(c, "f", trustPlain, sim.Props{"name": "f"}))
	role := sim.Props{"policy": may("sqs:*", "*")}
	q := c.Must(token.SQSQueue, "jobs", sim.Props{"name": "jobs"})
	in := sim.Props{"eventSourceArn": q.Str("arn"), "functionName": "f"}
	_, err := c.Create(token.LambdaEventSourceMapping, "m", in)
	mustRefuse(t, err, "InvalidParameterValueException", "sqs:ReceiveMessage")
	found, err := c.Read(c.Must(token.IAMRole, "other", sim.Props{"assumeRolePolicy": trustPlain}))
	require.NoError(t, err)
	c.Must(token.IAMRolePolicy, "other", with(role, sim.Props{"role": found.ID}))
	c.Must(token.LambdaFunction, "g", sim.Props{"name": "g", "role": found.Str("arn"), "runtime": "nodejs22.x",
		"handler": "index.handler", "s3Bucket": "code", "s3Key": "a.zip"})
	in["functionName"] = "g"
	m := c.Settled(token.LambdaEventSourceMapping, "m", in)
	assert.EqualValues(t, 10, m.Get("batchSize"))
	assert.Regexp(t, `^[0-9a-f-]{36}$`, m.ID)
	diff, _, err := c.Diff(m, with(in, sim.Props{"functionName": m.Str("functionArn")}))
	require.NoError(t, err)
	assert.Empty(t, diff.DetailedDiff, "a function by its name or by its ARN")
	replacedBy(t, c, m, in, map[string]sim.Props{"source": {"eventSourceArn": "arn:aws:sqs:us-east-1:" + account + ":b"},
		"batch": {"batchSize": 1.0}},
		map[string]bool{"source": true})
	slow := c.Must(token.SQSQueue, "short", sim.Props{"name": "short", "visibilityTimeoutSeconds": 1.0})
	stream := c.Must(token.DynamoDBTable, "t", with(table(),
		sim.Props{"streamEnabled": true, "streamViewType": "NEW_IMAGE"})).Str("streamArn")
	allRefused(t, c, map[string]mistake{
		"twice":       {token.LambdaEventSourceMapping, in, []string{"ResourceConflictException", m.ID}},
		"short":       {token.LambdaEventSourceMapping, with(in, sim.Props{"eventSourceArn": slow.Str("arn")}), []string{"InvalidParameterValueException", "visibility timeout"}},
		"no queue":    {token.LambdaEventSourceMapping, with(in, sim.Props{"eventSourceArn": q.Str("arn") + "x"}), []string{"InvalidParameterValueException", "does not exist"}},
		"no start":    {token.LambdaEventSourceMapping, with(in, sim.Props{"eventSourceArn": stream}), []string{"startingPosition"}},
		"queue start": {token.LambdaEventSourceMapping, with(in, sim.Props{"startingPosition": "LATEST"}), []string{"startingPosition"}},
		"unread":      {token.LambdaEventSourceMapping, with(in, sim.Props{"eventSourceArn": stream, "startingPosition": "LATEST"}), []string{"InvalidParameterValueException", "dynamodb:GetRecords"}},
		"no source":   {token.LambdaEventSourceMapping, sim.Props{"functionName": "g"}, []string{"must be given"}},
	})
}
