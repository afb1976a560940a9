package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const onFargate = `{"image":"busybox","executionRoleArn":"arn:aws:iam::1:role/x","resourceRequirements":[` +
	`{"type":"VCPU","value":"1"},{"type":"MEMORY","value":"2048"}]}`

func TestBatch(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "b", "10.0", true)
	group := c.Must(token.EC2SecurityGroup, "g", sim.Props{"vpcId": v.ID})
	in := sim.Props{"computeEnvironmentName": "jobs", "type": "MANAGED", "serviceRole": trusting(c, "batch",
		"batch.amazonaws.com").Str("arn"),
		"computeResources": obj{"type": "FARGATE", "maxVcpus": 16.0, "subnets": subnets, "securityGroupIds": list{group.ID}}}
	e := c.Settled(token.BatchComputeEnvironment, "jobs", in)
	assert.Equal(t, "arn:aws:batch:us-east-1:"+account+":compute-environment/jobs", e.Str("arn"))
	replacedBy(t, c, e, in, map[string]sim.Props{"name": {"computeEnvironmentName": "other"},
		"off": {"state": "DISABLED"}}, map[string]bool{"name": true})
	waits := sim.Props{"name": "waits", "priority": 1.0, "state": "ENABLED",
		"computeEnvironmentOrders": list{obj{"order": 1.0, "computeEnvironment": e.Str("arn")}}}
	q := c.Settled(token.BatchJobQueue, "waits", waits)
	machines := sim.Props{"computeEnvironmentName": "machines", "type": "MANAGED",
		"computeResources": obj{"type": "EC2", "maxVcpus": 16.0,
			"subnets": subnets, "securityGroupIds": list{group.ID}}}
	job := sim.Props{"name": "job", "type": "container", "platformCapabilities": sim.List("FARGATE"),
		"containerProperties": onFargate}
	d := c.Settled(token.BatchJobDefinition, "job", job)
	assert.Regexp(t, `:job-definition/job:1$`, d.Str("arn"))
	next, err := c.Update(d, with(job, sim.Props{"timeout": obj{"attemptDurationSeconds": 600.0}}))
	require.NoError(t, err)
	assert.Regexp(t, `:job-definition/job:2$`, next.Str("arn"))
	fargate := in["computeResources"].(obj)
	allRefused(t, c, map[string]mistake{
		"taken":    {token.BatchComputeEnvironment, in, []string{"ClientException"}},
		"machines": {token.BatchComputeEnvironment, machines, []string{"ClientException", "instanceRole"}},
		"sizes": {token.BatchComputeEnvironment, with(in, sim.Props{"computeEnvironmentName": "x",
			"computeResources": with(fargate, sim.Props{"minVcpus": 1.0})}), []string{"minVcpus", "Fargate"}},
		"none":    {token.BatchComputeEnvironment, sim.Props{"type": "MANAGED"}, []string{"computeResources"}},
		"trust":   {token.BatchComputeEnvironment, with(in, sim.Props{"computeEnvironmentName": "x", "serviceRole": trusting(c, "x", "ec2.amazonaws.com").Str("arn")}), []string{"batch.amazonaws.com"}},
		"nowhere": {token.BatchJobQueue, with(waits, sim.Props{"name": "x", "computeEnvironmentOrders": list{obj{"order": 1.0, "computeEnvironment": "x"}}}), []string{"ClientException"}},
		"size":    {token.BatchJobDefinition, with(job, sim.Props{"containerProperties": `{"image":"x","executionRoleArn":"x"}`}), []string{"resourceRequirements"}},
		"role":    {token.BatchJobDefinition, with(job, sim.Props{"containerProperties": `{"image":"x"}`}), []string{"executionRoleArn"}},
		"JSON":    {token.BatchJobDefinition, with(job, sim.Props{"containerProperties": `{`}), []string{"invalid JSON"}},
	})
	require.ErrorContains(t, c.Delete(e), "existing JobQueue relationship")
	require.NoError(t, c.Delete(q))
	require.NoError(t, c.Delete(e))
}

func TestAppRunner(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "b", "10.0", true)
	group := c.Must(token.EC2SecurityGroup, "g", sim.Props{"vpcId": v.ID})
	scale := c.Settled(token.AppRunnerAutoScalingConfigurationVersion, "s",
		sim.Props{"autoScalingConfigurationName": "small", "maxSize": 3.0})
	way := c.Settled(token.AppRunnerVpcConnector, "w", sim.Props{"vpcConnectorName": "inner", "subnets": subnets,
		"securityGroups": list{group.ID}})
	pulls := trusting(c, "pulls", "build.apprunner.amazonaws.com").Str("arn")
	source := obj{"authenticationConfiguration": obj{"accessRoleArn": pulls},
		"imageRepository": obj{"imageRepositoryType": "ECR",
			"imageIdentifier": account + ".dkr.ecr.us-east-1.amazonaws.com/app:latest", "imageConfiguration": obj{"port": "80"}}}
	in := sim.Props{"serviceName": "site", "sourceConfiguration": source, "autoScalingConfigurationArn": scale.Str("arn"),
		"networkConfiguration": obj{"egressConfiguration": obj{"egressType": "VPC", "vpcConnectorArn": way.Str("arn")}}}
	s := c.Settled(token.AppRunnerService, "site", in)
	assert.Regexp(t, `^\w{10}\.us-east-1\.awsapprunner\.com$`, s.Str("serviceUrl"))
	replacedBy(t, c, s, in, map[string]sim.Props{"name": {"serviceName": "other"},
		"size": {"instanceConfiguration": obj{"cpu": "2048", "memory": "4096"}}},
		map[string]bool{"name": true})
	more := func(changes sim.Props, want ...string) mistake {
		return mistake{token.AppRunnerService, with(with(in, sim.Props{"serviceName": "more"}), changes), want}
	}
	image := source["imageRepository"].(obj)
	allRefused(t, c, map[string]mistake{
		"taken":   {token.AppRunnerService, in, []string{"InvalidRequestException"}},
		"sizes":   more(sim.Props{"instanceConfiguration": obj{"cpu": "1024", "memory": "12288"}}, "InvalidRequestException", "2048 3072 4096"),
		"docker":  more(sim.Props{"sourceConfiguration": obj{"imageRepository": with(image, sim.Props{"imageIdentifier": "nginx"})}}, "an image of ECR"),
		"nobody":  more(sim.Props{"sourceConfiguration": obj{"imageRepository": image}}, "InvalidRequestException", "accessRoleArn"),
		"nothing": more(sim.Props{"sourceConfiguration": obj{}}, "codeRepository and imageRepository"),
		"scaling": more(sim.Props{"autoScalingConfigurationArn": "arn:x"}, "InvalidRequestException"),
	})
	require.ErrorContains(t, c.Delete(way), "InvalidRequestException")
}

func TestPipeline(t *testing.T) {
	c := cloud(t, "us-east-1")
	bucket := c.Must(token.S3BucketV2, "b", sim.Props{"bucket": "artifacts-of-ours"})
	hub := c.Settled(token.CodeStarConnectionsConnection, "hub", sim.Props{"name": "hub", "providerType": "GitHub"})
	assert.Equal(t, "PENDING", hub.Str("connectionStatus"), "somebody has to let AWS in by hand")
	source := obj{"name": "Source", "actions": list{obj{"name": "Source", "category": "Source", "owner": "AWS",
		"provider": "CodeStarSourceConnection",
		"version":  "1", "outputArtifacts": sim.List("source"), "configuration": obj{"ConnectionArn": hub.ID}}}}
	build := obj{"name": "Build", "actions": list{obj{"name": "Build", "category": "Build", "owner": "AWS",
		"provider": "CodeBuild", "version": "1",
		"inputArtifacts": sim.List("source"), "outputArtifacts": sim.List("built"), "configuration": obj{"ProjectName": "app"}}}}
	in := sim.Props{"name": "ship", "roleArn": trusting(c, "p", "codepipeline.amazonaws.com").Str("arn"),
		"stages":         list{source, build},
		"artifactStores": list{obj{"location": bucket.ID, "type": "S3"}}}
	p := c.Settled(token.CodePipelinePipeline, "ship", in)
	assert.Equal(t, "arn:aws:codepipeline:us-east-1:"+account+":ship", p.Str("arn"))
	replacedBy(t, c, p, in, map[string]sim.Props{"name": {"name": "other"}, "type": {"pipelineType": "V2"}},
		map[string]bool{"name": true})
	more := func(changes sim.Props, want ...string) mistake {
		return mistake{token.CodePipelinePipeline, with(with(in, sim.Props{"name": "more"}), changes), want}
	}
	allRefused(t, c, map[string]mistake{
		"taken":     {token.CodePipelinePipeline, in, []string{"PipelineNameInUseException"}},
		"one stage": more(sim.Props{"stages": list{source}}, "InvalidStructureException", "at least two"),
		"order":     more(sim.Props{"stages": list{build, source}}, "InvalidStructureException", "first stage"),
		"artifact":  more(sim.Props{"stages": list{source, build, obj{"name": "Deploy", "actions": list{obj{"name": "D", "category": "Deploy", "owner": "AWS", "provider": "S3", "version": "1", "inputArtifacts": sim.List("none")}}}}}, "not declared as Output Artifact"),
		"trust":     more(sim.Props{"roleArn": trusting(c, "x", "ec2.amazonaws.com").Str("arn")}, "codepipeline.amazonaws.com"),
		"type":      more(sim.Props{"executionMode": "QUEUED"}, "V2"),
		"region":    more(sim.Props{"artifactStores": list{obj{"location": bucket.ID, "type": "S3", "region": "us-east-1"}}}, "single-region"),
		"bucket":    more(sim.Props{"artifactStores": list{obj{"location": "none-such", "type": "S3"}}}, "InvalidStructureException"),
	})
	app := c.Settled(token.CodeDeployApplication, "app", sim.Props{"name": "app"})
	group := sim.Props{"appName": "app", "deploymentGroupName": "live", "serviceRoleArn": trusting(c, "d",
		"codedeploy.amazonaws.com").Str("arn"),
		"ec2TagFilters": list{obj{"key": "app", "type": "KEY_AND_VALUE", "value": "site"}}}
	c.Settled(token.CodeDeployDeploymentGroup, "live", group)
	c.Must(token.CodeDeployApplication, "tasks", sim.Props{"name": "tasks", "computePlatform": "ECS"})
	allRefused(t, c, map[string]mistake{
		"again": {token.CodeDeployDeploymentGroup, group, []string{"DeploymentGroupAlreadyExistsException"}},
		"app":   {token.CodeDeployDeploymentGroup, with(group, sim.Props{"appName": "none"}), []string{"ApplicationDoesNotExistException"}},
		"ECS":   {token.CodeDeployDeploymentGroup, with(group, sim.Props{"appName": "tasks"}), []string{"InvalidDeploymentStyleException"}},
	})
	require.NoError(t, c.Delete(app))
}
