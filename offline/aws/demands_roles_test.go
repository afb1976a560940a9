package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// trusting is a role for a service, without any policy.
func trusting(c *simtest.Cloud, name, service string) *simtest.Resource {
	return c.Must(token.IAMRole, name, sim.Props{"name": name, "assumeRolePolicy": `{"Version":"2012-10-17","Statement":[` +
		`{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"}]}`})
}

// allows gives a role a policy.
func allows(c *simtest.Cloud, role, name, action, resource string) {
	c.Must(token.IAMRolePolicy, role+name, sim.Props{"role": role, "name": name, "policy": may(action, resource)})
}

func TestAFlowLogsRoleMayWrite(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _ := publicNetwork(c)
	group := c.Must(token.CloudWatchLogGroup, "flows", sim.Props{"name": "flows"})
	in := sim.Props{"vpcId": v.ID, "trafficType": "ALL", "logDestination": group.Str("arn"),
		"iamRoleArn": trusting(c, "flows", "vpc-flow-logs.amazonaws.com").Str("arn")}
	_, err := c.Create(token.EC2FlowLog, "f", in)
	mustRefuse(t, err, "Access error", "logs:CreateLogStream")
	allows(c, "flows", "write", "logs:*", "*")
	_, err = c.Create(token.EC2FlowLog, "f", in)
	require.NoError(t, err)
}

func TestARoleMayTakeSnapshots(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := snapshots(sim.Props{}, schedule(nil))
	in["executionRoleArn"] = trusting(c, "snapshots", "dlm.amazonaws.com").Str("arn")
	_, err := c.Create(token.DLMLifecyclePolicy, "s", in)
	mustRefuse(t, err, "UnauthorizedOperation", "let the lifecycle policy depend on that policy")
	c.Must(token.IAMRolePolicyAttachment, "s", sim.Props{"role": "snapshots",
		"policyArn": "arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole"})
	_, err = c.Create(token.DLMLifecyclePolicy, "s", in)
	require.NoError(t, err)
}

func TestABackupsRoleMayFindWhatIsTagged(t *testing.T) {
	c := cloud(t, "us-east-1")
	v := c.Must(token.BackupVault, "v", sim.Props{"name": "vault"})
	p := c.Must(token.BackupPlan, "p", sim.Props{"name": "p",
		"rules": list{obj{"ruleName": "daily", "targetVaultName": v.ID, "completionWindow": 180.0, "startWindow": 60.0}}})
	in := sim.Props{"planId": p.ID, "iamRoleArn": trusting(c, "backup", "backup.amazonaws.com").Str("arn"),
		"selectionTags": list{obj{"type": "STRINGEQUALS", "key": "backup", "value": "yes"}}}
	_, err := c.Create(token.BackupSelection, "s", in)
	mustRefuse(t, err, "InvalidParameterValueException", "tag:GetResources")
	allows(c, "backup", "find", "tag:GetResources", "*")
	_, err = c.Create(token.BackupSelection, "s", in)
	require.NoError(t, err)
}

// Each part of the right to copy is missed by a reason of its own.
func TestAReplicationsRoleMayCopy(t *testing.T) {
	c := cloud(t, "us-east-1")
	for _, name := range []string{"from", "to"} {
		c.Must(token.S3BucketV2, name, sim.Props{"bucket": name + "-bucket"})
		c.Must(token.S3BucketVersioningV2, name,
			sim.Props{"bucket": name + "-bucket", "versioningConfiguration": obj{"status": "Enabled"}})
	}
	in := replication("from-bucket", "arn:aws:s3:::to-bucket")
	in["role"] = trusting(c, "copies", "s3.amazonaws.com").Str("arn")
	for _, step := range []struct{ code, action, resource string }{
		{"InitiateReplicationNotPermitted", "s3:GetReplicationConfiguration", "arn:aws:s3:::from-bucket"},
		{"SrcGetObjectNotPermitted", "s3:GetObjectVersionForReplication", "arn:aws:s3:::from-bucket/*"},
		{"DstPutObjectNotPermitted", "s3:ReplicateObject", "arn:aws:s3:::to-bucket/*"},
	} {
		_, err := c.Create(token.S3BucketReplicationConfig, "r", in)
		mustRefuse(t, err, step.code, step.action)
		allows(c, "copies", step.code, step.action, step.resource)
	}
	_, err := c.Create(token.S3BucketReplicationConfig, "r", in)
	require.NoError(t, err)
}

// A proxy logs in as soon as it has a target.
func TestAProxyReadsAValueAtOnce(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	c.Must(token.RDSInstance, "main", in)
	secret := c.Must(token.SecretsManagerSecret, "s", sim.Props{})
	c.Must(token.RDSProxy, "p", sim.Props{
		"name": "pool", "engineFamily": "POSTGRESQL", "vpcSubnetIds": subnetsOf(t, c, in), "requireTls": true,
		"roleArn": trusting(c, "pool", "rds.amazonaws.com").Str("arn"),
		"auths":   list{obj{"authScheme": "SECRETS", "iamAuth": "DISABLED", "secretArn": secret.ID}},
	})
	target := sim.Props{"dbProxyName": "pool", "targetGroupName": "default", "dbInstanceIdentifier": "main"}
	_, err := c.Create(token.RDSProxyTarget, "t", target)
	mustRefuse(t, err, "AUTH_FAILURE", "secretsmanager:GetSecretValue")
	allows(c, "pool", "read", "secretsmanager:GetSecretValue", secret.ID)
	_, err = c.Create(token.RDSProxyTarget, "t", target)
	mustRefuse(t, err, "AUTH_FAILURE", "Put a value into")
	c.Must(token.SecretsManagerSecretVersion, "s", sim.Props{"secretId": secret.ID, "secretString": "{}"})
	_, err = c.Create(token.RDSProxyTarget, "t", target)
	require.NoError(t, err)
}

func TestEventsMayBeLogged(t *testing.T) {
	c := cloud(t, "us-east-1")
	c.Must(token.CloudWatchEventRule, "r", sim.Props{"name": "r", "scheduleExpression": "rate(5 minutes)"})
	group := c.Must(token.CloudWatchLogGroup, "events", sim.Props{"name": "/aws/events/all"})
	in := sim.Props{"rule": "r", "arn": group.Str("arn")}
	mustRefuse(t, taken(t, c, token.CloudWatchEventTarget, "t", in), "NO_PERMISSIONS", "cloudwatch.LogResourcePolicy")
	c.Must(token.CloudWatchLogResourcePolicy, "events", sim.Props{"policyName": "events", "policyDocument": `{"Version":` +
		`"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":` +
		`"logs:PutLogEvents","Resource":"` + group.Str("arn") + `:*"}]}`})
	assert.Empty(t, c.Unheard(awsPackage(t)), "the policy may come after the target")
}

// Logs go into a bucket under a key that lets their delivery in.
func TestADeliveryMayUseTheBucketsKey(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _ := publicNetwork(c)
	root := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"kms:*","Resource":"*"}`
	let := `{"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"kms:GenerateDataKey*",` +
		`"Resource":"*"}`
	flows := func(name, statements string) error {
		key := c.Must(token.KMSKey, name, sim.Props{"policy": `{"Version":"2012-10-17","Statement":[` + statements + `]}`})
		b := c.Must(token.S3BucketV2, name, sim.Props{"bucket": name + "-" + account})
		c.Must(token.S3BucketServerSideEncryptionConfigurationV2, name, sim.Props{"bucket": b.ID, "rules": list{
			obj{"applyServerSideEncryptionByDefault": obj{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key.Str("arn")}}}})
		_, err := c.Create(token.EC2FlowLog, name,
			sim.Props{"vpcId": v.ID, "trafficType": "ALL", "logDestinationType": "s3", "logDestination": b.Str("arn")})
		return err
	}
	mustRefuse(t, flows("closed", root), "KMS.AccessDeniedException", "kms:GenerateDataKey*")
	require.NoError(t, flows("open", root+","+let))
}
