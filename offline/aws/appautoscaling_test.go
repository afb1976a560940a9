package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func TestTablesScale(t *testing.T) {
	c := cloud(t, "us-east-1")
	c.Must(token.DynamoDBTable, "orders", with(table(), sim.Props{"name": "orders", "billingMode": nil,
		"readCapacity": 1.0, "writeCapacity": 1.0}))
	which := sim.Props{"serviceNamespace": "dynamodb", "resourceId": "table/orders",
		"scalableDimension": "dynamodb:table:ReadCapacityUnits"}
	in := with(which, sim.Props{"minCapacity": 1.0, "maxCapacity": 10.0})
	policy := with(which, sim.Props{"policyType": "TargetTrackingScaling", "name": "half",
		"targetTrackingScalingPolicyConfiguration": obj{"targetValue": 50.0, "predefinedMetricSpecification": obj{"predefinedMetricType": "DynamoDBReadCapacityUtilization"}}})
	nightly := with(which, sim.Props{"schedule": "cron(0 2 * * ? *)", "scalableTargetAction": obj{"minCapacity": 0.0,
		"maxCapacity": 1.0}})
	for kind, props := range map[string]sim.Props{token.AppAutoScalingPolicy: policy,
		token.AppAutoScalingScheduledAction: nightly} {
		_, err := c.Create(kind, "early", props)
		mustRefuse(t, err, "ObjectNotFoundException", "so that it stands first")
	}
	target := c.Settled(token.AppAutoScalingTarget, "reads", in)
	assert.Equal(t, "dynamodb/table/orders/dynamodb:table:ReadCapacityUnits", target.ID)
	assert.Contains(t, target.Str("roleArn"), "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable")
	replacedBy(t, c, target, in, map[string]sim.Props{"most": {"maxCapacity": 20.0},
		"what": {"scalableDimension": "dynamodb:table:WriteCapacityUnits"}},
		map[string]bool{"what": true})
	p := c.Settled(token.AppAutoScalingPolicy, "half", policy)
	assert.Len(t, p.Get("alarmArns"), 2, "an alarm of each side")
	c.Settled(token.AppAutoScalingScheduledAction, "nightly", nightly)
	allRefused(t, c, map[string]mistake{
		"dimension": {token.AppAutoScalingTarget, with(in, sim.Props{"scalableDimension": "ecs:service:DesiredCount"}), []string{"ValidationException", "dynamodb:table:ReadCapacityUnits"}},
		"order":     {token.AppAutoScalingTarget, with(in, sim.Props{"minCapacity": 11.0}), []string{"ValidationException", "maxCapacity"}},
		"table":     {token.AppAutoScalingTarget, with(in, sim.Props{"resourceId": "table/none"}), []string{"ValidationException", "table/none"}},
		"service":   {token.AppAutoScalingTarget, with(in, sim.Props{"serviceNamespace": "ecs", "resourceId": "service/a/b", "scalableDimension": "ecs:service:DesiredCount"}), []string{"ECS service doesn't exist"}},
		"type":      {token.AppAutoScalingPolicy, with(policy, sim.Props{"policyType": nil}), []string{"ValidationException", "StepScaling is the default"}},
		"metric":    {token.AppAutoScalingPolicy, with(policy, sim.Props{"targetTrackingScalingPolicyConfiguration": obj{"targetValue": 50.0}}), []string{"predefinedMetricSpecification"}},
		"schedule":  {token.AppAutoScalingScheduledAction, with(nightly, sim.Props{"schedule": "0 2 * * *"}), []string{"cron(...)"}},
	})
	require.NoError(t, c.Delete(target))
	gone, err := c.Read(p)
	require.NoError(t, err)
	assert.Nil(t, gone, "a target takes its policies along")
}
