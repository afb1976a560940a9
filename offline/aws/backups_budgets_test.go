package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	strangers = "arn:aws:iam::210987654321:role/other"
)

func schedule(changes sim.Props) obj {
	return obj(but(sim.Props{
		"name": "daily", "createRule": obj{"interval": 24.0, "intervalUnit": "HOURS", "times": "03:30"},
		"retainRule": obj{"count": 7.0}, "copyTags": true,
	}, changes))
}

func snapshots(changes sim.Props, schedules ...any) sim.Props {
	return sim.Props{"description": "daily", "executionRoleArn": strangers, "policyDetails": obj(but(sim.Props{
		"resourceTypes": sim.List("VOLUME"), "targetTags": obj{"rung:snapshot": "dev/server"}, "schedules": list(schedules),
	}, changes))}
}

func TestSnapshotPolicy(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := snapshots(nil, schedule(nil))
	p := c.Settled(token.DLMLifecyclePolicy, "server-snapshots", in)
	assert.Regexp(t, `^policy-0[0-9a-f]{16}$`, p.ID)
	decides(t, c, p, in, map[string]change{
		"copy tags": {snapshots(nil, schedule(sim.Props{"copyTags": false})), true},
		"retention": {snapshots(nil, schedule(sim.Props{"retainRule": obj{"count": 14.0}})), false},
	})
	refuses(t, c, map[string]refusal{
		"no tags":      {token.DLMLifecyclePolicy, snapshots(sim.Props{"targetTags": nil}, schedule(nil)), "InvalidRequestException", "targetTags"},
		"no types":     {token.DLMLifecyclePolicy, snapshots(sim.Props{"resourceTypes": nil}, schedule(nil)), "InvalidRequestException", "VOLUME"},
		"no schedule":  {token.DLMLifecyclePolicy, snapshots(nil), "InvalidRequestException", "1 to 4"},
		"same name":    {token.DLMLifecyclePolicy, snapshots(nil, schedule(nil), schedule(nil)), "InvalidRequestException", "Rename"},
		"no such role": {token.DLMLifecyclePolicy, but(in, sim.Props{"executionRoleArn": "arn:aws:iam::123456789012:role/none"}), "InvalidRequestException", "exists"},
	})
	invalid(t, c, token.DLMLifecyclePolicy, map[string]badInput{
		"interval":   {snapshots(nil, schedule(sim.Props{"createRule": obj{"interval": 5.0}})), "[1 2 3 4 6 8 12 24]"},
		"no rule":    {snapshots(nil, schedule(sim.Props{"createRule": obj{}})), "exactly one of interval"},
		"time":       {snapshots(nil, schedule(sim.Props{"createRule": obj{"interval": 24.0, "times": "3am"}})), "03:30"},
		"retention":  {snapshots(nil, schedule(sim.Props{"retainRule": obj{}})), "exactly one of count"},
		"too many":   {snapshots(nil, schedule(sim.Props{"retainRule": obj{"count": 1001.0}})), "1 to 1000"},
		"state":      {but(in, sim.Props{"state": "ON"}), "ENABLED"},
		"no details": {sim.Props{"description": "x", "executionRoleArn": strangers}, "policyDetails"},
	})
}

func notification(changes sim.Props) obj {
	return obj(but(sim.Props{
		"notificationType": "ACTUAL", "comparisonOperator": "GREATER_THAN", "threshold": 80.0, "thresholdType": "PERCENTAGE",
		"subscriberEmailAddresses": sim.List("ops@example.com"),
	}, changes))
}

func TestBudget(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{
		"budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "100", "limitUnit": "USD", "tags": obj{"a": "b"},
		"notifications": list{notification(nil), notification(sim.Props{"notificationType": "FORECASTED", "threshold": 100.0})},
		"costFilters":   list{obj{"name": "TagKeyValue", "values": sim.List("user:rung:stack$dev")}},
	}
	b := c.Settled(token.BudgetsBudget, "budget-monthly", in)
	assert.Equal(t, "123456789012:"+b.Str("name"), b.ID)
	diff, _, err := c.Diff(b, but(in, sim.Props{"limitAmount": "100.0"}))
	require.NoError(t, err)
	assert.Empty(t, diff.DetailedDiff)
	decides(t, c, b, in, map[string]change{
		"name":   {sim.Props{"name": "other"}, true},
		"amount": {sim.Props{"limitAmount": "200"}, false},
	})
	emails := make([]string, 11)
	for i := range emails {
		emails[i] = string(rune('a'+i)) + "@example.com"
	}
	with := func(n ...any) sim.Props { return but(in, sim.Props{"notifications": list(n)}) }
	many := make(list, 11)
	for i := range many {
		many[i] = notification(sim.Props{"threshold": float64(i + 1)})
	}
	refuses(t, c, map[string]refusal{
		"taken":     {token.BudgetsBudget, but(in, sim.Props{"name": b.Str("name")}), "DuplicateRecordException", "another name"},
		"zero":      {token.BudgetsBudget, but(in, sim.Props{"limitAmount": "0"}), "InvalidParameterException", "greater than 0"},
		"unit":      {token.BudgetsBudget, but(in, sim.Props{"limitUnit": "EUR"}), "InvalidParameterException", "USD"},
		"nobody":    {token.BudgetsBudget, with(notification(sim.Props{"subscriberEmailAddresses": nil})), "InvalidParameterException", "subscriber"},
		"crowd":     {token.BudgetsBudget, with(notification(sim.Props{"subscriberEmailAddresses": sim.List(emails...)})), "CreationLimitExceededException", "10 email"},
		"many":      {token.BudgetsBudget, with(many...), "CreationLimitExceededException", "thresholds"},
		"daily":     {token.BudgetsBudget, but(in, sim.Props{"timeUnit": "DAILY"}), "InvalidParameterException", "longer timeUnit"},
		"twice":     {token.BudgetsBudget, with(notification(nil), notification(nil)), "DuplicateRecordException", "Join"},
		"threshold": {token.BudgetsBudget, with(notification(sim.Props{"threshold": 0.0})), "InvalidParameterException", "threshold"},
		"no topic":  {token.BudgetsBudget, with(notification(sim.Props{"subscriberSnsTopicArns": sim.List("arn:aws:sns:us-east-1:123456789012:none")})), "InvalidParameterException", "exists"},
	})
	invalid(t, c, token.BudgetsBudget, map[string]badInput{
		"unit": {but(in, sim.Props{"timeUnit": "HOURLY"}), "MONTHLY"},
		"type": {but(in, sim.Props{"budgetType": "MONEY"}), "COST"},
		"name": {but(in, sim.Props{"name": "a:b"}), "no colon"},
	})
}

func planned(changes sim.Props) sim.Props {
	return sim.Props{"name": "daily", "rules": list{obj(but(sim.Props{
		"ruleName": "daily", "targetVaultName": "main", "schedule": "cron(0 5 * * ? *)", "lifecycle": obj{"deleteAfter": 35.0},
	}, changes))}}
}

func TestBackup(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := sim.Props{"name": "main"}
	v := c.Settled(token.BackupVault, "v", in)
	decides(t, c, v, in, map[string]change{"key": {sim.Props{"kmsKeyArn": "alias/x"}, true},
		"tags": {sim.Props{"tags": obj{"a": "b"}}, false}})
	p := c.Settled(token.BackupPlan, "p", planned(nil))
	decides(t, c, p, planned(nil), map[string]change{
		"name": {sim.Props{"name": "other"}, true}, "rule": {planned(sim.Props{"lifecycle": obj{"deleteAfter": 7.0}}), false},
	})
	s := c.Settled(token.BackupSelection, "s", sim.Props{"planId": p.ID, "iamRoleArn": strangers, "selectionTags": list{
		obj{"type": "STRINGEQUALS", "key": "backup", "value": "yes"},
	}})
	c.Settled(token.BackupVaultLockConfiguration, "l",
		sim.Props{"backupVaultName": "main", "minRetentionDays": 7.0})
	c.Settled(token.BackupVaultPolicy, "q",
		sim.Props{"backupVaultName": "main", "policy": `{"Version":"2012-10-17","Statement":[]}`})
	mustRefuse(t, c.Delete(v), "InvalidRequestException", "first")
	mustRefuse(t, c.Delete(p), "InvalidRequestException", "first")
	require.NoError(t, c.Delete(s))
	require.NoError(t, c.Delete(p))
	refuses(t, c, map[string]refusal{
		"taken":      {token.BackupVault, in, "AlreadyExistsException", "another name"},
		"no vault":   {token.BackupPlan, planned(sim.Props{"targetVaultName": "none"}), "ResourceNotFoundException", "exists"},
		"cold":       {token.BackupPlan, planned(sim.Props{"lifecycle": obj{"coldStorageAfter": 30.0, "deleteAfter": 60.0}}), "InvalidParameterValueException", "120 days"},
		"continuous": {token.BackupPlan, planned(sim.Props{"enableContinuousBackup": true, "lifecycle": obj{"deleteAfter": 60.0}}), "InvalidParameterValueException", "35 days"},
		"windows":    {token.BackupPlan, planned(sim.Props{"startWindow": 120.0, "completionWindow": 150.0}), "InvalidParameterValueException", "Lengthen"},
		"no plan":    {token.BackupSelection, sim.Props{"planId": "none", "iamRoleArn": strangers}, "ResourceNotFoundException", "exists"},
		"policy":     {token.BackupVaultPolicy, sim.Props{"backupVaultName": "main", "policy": "x"}, "InvalidParameterValueException", "Mend"},
	})
	invalid(t, c, token.BackupVaultLockConfiguration, map[string]badInput{
		"order": {sim.Props{"backupVaultName": "main", "minRetentionDays": 30.0, "maxRetentionDays": 7.0}, "at least"},
	})
}
