package aws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

const (
	monitors   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"monitoring.rds.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	monitoring = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
	basic      = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
)

// may is a policy of a role that allows an action.
func may(action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}]}`
}

// A database makes the groups of its logs as it writes them: they come before it.
func TestLogGroupsComeBeforeWhatWritesThem(t *testing.T) {
	group := func(c *simtest.Cloud, name string) error {
		_, err := c.Create(token.CloudWatchLogGroup, strings.ReplaceAll(name, "/", "-"), sim.Props{"name": name})
		return err
	}
	before := cloud(t, "us-east-1")
	require.NoError(t, group(before, "/aws/rds/instance/main/postgresql"))
	before.Settled(token.RDSInstance, "main", database(before))

	after := cloud(t, "us-east-1")
	after.Settled(token.RDSInstance, "main", database(after))
	const taken, first = "ResourceAlreadyExistsException", "create the group first"
	mustRefuse(t, group(after, "/aws/rds/instance/main/postgresql"), taken, first)
	assert.NoError(t, group(after, "/aws/rds/instance/main/iam-db-auth-error"), "what it does not export")
	assert.NoError(t, group(after, "/aws/rds/instance/other/postgresql"), "another database's")

	cluster := cloud(t, "us-east-1")
	cluster.Settled(token.RDSCluster, "c", sim.Props{
		"clusterIdentifier": "main", "engine": "aurora-postgresql", "engineVersion": "17.7", "masterUsername": "app", "masterPassword": "correct-horse",
		"dbSubnetGroupName": database(cluster)["dbSubnetGroupName"], "finalSnapshotIdentifier": "main-last",
		"enabledCloudwatchLogsExports": sim.List("postgresql"),
	})
	mustRefuse(t, group(cluster, "/aws/rds/cluster/main/postgresql"), taken, first)
}

func TestMonitoringIsTriedAtOnce(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	made := func(label string, role *simtest.Resource) error {
		_, err := c.Create(token.RDSInstance, label, but(in, sim.Props{
			"identifier": label, "finalSnapshotIdentifier": label + "-last", "monitoringInterval": 60.0,
			"monitoringRoleArn": role.Str("arn"),
		}))
		return err
	}
	bare := c.Must(token.IAMRole, "bare", sim.Props{"name": "bare", "assumeRolePolicy": monitors})
	mustRefuse(t, made("bare", bare), "InvalidParameterValue", "depend on the attachment")
	c.Must(token.IAMRolePolicyAttachment, "bare", sim.Props{"role": "bare", "policyArn": monitoring})
	require.NoError(t, made("attached", bare))

	other := c.Must(token.IAMRole, "other", sim.Props{"name": "other", "assumeRolePolicy": monitors})
	c.Must(token.IAMRolePolicy, "other", sim.Props{"role": "other", "name": "p", "policy": may("s3:GetObject", "*")})
	mustRefuse(t, made("other", other), "InvalidParameterValue", "AmazonRDSEnhancedMonitoringRole")
	own := c.Must(token.IAMRole, "own", sim.Props{"name": "own", "assumeRolePolicy": monitors})
	c.Must(token.IAMRolePolicy, "own", sim.Props{"role": "own", "name": "p", "policy": may("logs:*", "*")})
	require.NoError(t, made("own", own))
}

func TestAPublicDatabaseNeedsAGateway(t *testing.T) {
	c := cloud(t, "us-east-1")
	v := c.Must(token.EC2Vpc, "closed", sim.Props{"cidrBlock": "10.9.0.0/16"})
	group := c.Must(token.RDSSubnetGroup, "closed", sim.Props{"subnetIds": sim.List(
		c.Must(token.EC2Subnet, "ca",
			sim.Props{"vpcId": v.ID, "cidrBlock": "10.9.0.0/24", "availabilityZone": "us-east-1a"}).ID,
		c.Must(token.EC2Subnet, "cb",
			sim.Props{"vpcId": v.ID, "cidrBlock": "10.9.1.0/24", "availabilityZone": "us-east-1b"}).ID)})
	in := but(database(c), sim.Props{"publiclyAccessible": true, "dbSubnetGroupName": group.Str("name")})
	_, err := c.Create(token.RDSInstance, "main", in)
	mustRefuse(t, err, "InvalidVPCNetworkStateFault", "internet gateway to "+v.ID)
	c.Must(token.EC2InternetGateway, "way", sim.Props{"vpcId": v.ID})
	_, err = c.Create(token.RDSInstance, "main", in)
	require.NoError(t, err)
}

// What scaling starts has its disks under a key that scaling's own role can use.
func TestScalingMustOpenTheDisks(t *testing.T) {
	const scaling = "arn:aws:iam::" + account +
		":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
	c := cloud(t, "us-east-1")
	_, s := publicNetwork(c)
	c.Must(token.IAMServiceLinkedRole, "scaling", sim.Props{"awsServiceName": "autoscaling.amazonaws.com"})
	root := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"kms:*","Resource":"*"}`
	let := `{"Effect":"Allow","Principal":{"AWS":"` + scaling + `"},"Action":["kms:Decrypt","kms:GenerateDataKey*","kms:CreateGrant"],"Resource":"*"}`
	grows := func(label, statements string, granted bool) error {
		key := c.Must(token.KMSKey, label, sim.Props{"policy": `{"Version":"2012-10-17","Statement":[` + statements + `]}`})
		if granted {
			c.Must(token.KMSGrant, label, sim.Props{"keyId": key.ID, "granteePrincipal": scaling,
				"operations": sim.List("Decrypt", "GenerateDataKeyWithoutPlaintext", "CreateGrant")})
		}
		disk := obj{"encrypted": "true", "kmsKeyId": key.Str("arn"), "volumeSize": 8.0}
		lt := c.Must(token.EC2LaunchTemplate, label, sim.Props{
			"name": label, "imageId": image(t, c, "arm64"), "instanceType": "t4g.small",
			"blockDeviceMappings": list{obj{"deviceName": "/dev/xvda", "ebs": disk}},
		})
		_, err := c.Create(token.AutoScalingGroup, label, sim.Props{
			"minSize": 1.0, "maxSize": 1.0, "vpcZoneIdentifiers": sim.List(s.ID),
			"launchTemplate": obj{"id": lt.ID, "version": "$Latest"},
		})
		return err
	}
	mustRefuse(t, grows("closed", root, false), "Client.InternalError", "AWSServiceRoleForAutoScaling")
	require.NoError(t, grows("open", root+","+let, false))
	require.NoError(t, grows("granted", root, true))
}

func TestAFunctionsRoleIsTriedAtOnce(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, s := publicNetwork(c)
	dead := c.Must(token.SQSQueue, "dead", sim.Props{"name": "dead"})
	in := zipped(c, "f", trustPlain, nil)
	role := in.Str("role")[strings.LastIndex(in.Str("role"), "/")+1:]
	c.Must(token.IAMRolePolicyAttachment, "f", sim.Props{"role": role, "policyArn": basic})
	made := func(label string, more sim.Props) error {
		_, err := c.Create(token.LambdaFunction, label, but(in, more))
		return err
	}
	inside := sim.Props{"vpcConfig": obj{"subnetIds": sim.List(s.ID), "securityGroupIds": sim.List()}}
	letters := sim.Props{"deadLetterConfig": obj{"targetArn": dead.Str("arn")}}
	mustRefuse(t, made("inside", inside), "InvalidParameterValueException", "ec2:CreateNetworkInterface")
	mustRefuse(t, made("letters", letters), "InvalidParameterValueException", "sqs:SendMessage")
	c.Must(token.IAMRolePolicy, "f",
		sim.Props{"role": role, "name": "send", "policy": may("sqs:SendMessage", dead.Str("arn"))})
	require.NoError(t, made("letters", letters))
}

// The copies of a function at the edge write where the user is: its groups stand
// before anything calls it.
func TestEdgeLogGroupsComeBeforeTheCalls(t *testing.T) {
	c := cloud(t, "us-east-1")
	f := c.Must(token.LambdaFunction, "guard", zipped(c, "guard", trustEdge, nil))
	name := sim.Props{"name": "/aws/lambda/us-east-1." + f.Str("name")}
	c.Must(token.CloudWatchLogGroup, "before", name)
	c.Must(token.CloudFrontDistribution, "cdn", distributed(sim.Props{"defaultCacheBehavior": behavior(sim.Props{
		"lambdaFunctionAssociations": list{obj{"eventType": "origin-response", "lambdaArn": f.Str("qualifiedArn")}},
	})}))
	there, _ := region(t, c, "eu-west-1", "there")
	_, err := there.Create(token.CloudWatchLogGroup, "after", name)
	mustRefuse(t, err, "ResourceAlreadyExistsException", "create the group first")
}

func TestAHooksRoleIsTriedAtOnce(t *testing.T) {
	const scales = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"autoscaling.amazonaws.com"},` +
		`"Action":"sts:AssumeRole"}]}`
	c := cloud(t, "us-east-1")
	_, s := publicNetwork(c)
	lt := c.Must(token.EC2LaunchTemplate, "m", sim.Props{"imageId": image(t, c, "arm64"), "instanceType": "t4g.small"})
	g := c.Must(token.AutoScalingGroup, "g",
		sim.Props{"minSize": 0.0, "maxSize": 1.0, "vpcZoneIdentifiers": sim.List(s.ID),
			"launchTemplate": obj{"id": lt.ID, "version": "$Latest"}})
	told := c.Must(token.SQSQueue, "told", sim.Props{"name": "told"})
	r := c.Must(token.IAMRole, "hook", sim.Props{"name": "hook", "assumeRolePolicy": scales})
	in := sim.Props{"autoscalingGroupName": g.ID, "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
		"notificationTargetArn": told.Str("arn"), "roleArn": r.Str("arn")}
	_, err := c.Create(token.AutoScalingLifecycleHook, "h", in)
	mustRefuse(t, err, "ValidationError", "sqs:SendMessage")
	c.Must(token.IAMRolePolicy, "hook",
		sim.Props{"role": "hook", "name": "tell", "policy": may("sqs:SendMessage", told.Str("arn"))})
	_, err = c.Create(token.AutoScalingLifecycleHook, "h", in)
	require.NoError(t, err)
}
