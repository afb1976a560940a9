package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	trustTasks = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ecs-tasks.amazonaws.com"}}]}`
	trustPlane = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"eks.amazonaws.com"}}]}`
	nginx      = `[{"name":"app","image":"nginx","portMappings":[{"containerPort":80}]}]`
)

// task is a definition that Fargate runs.
func task() sim.Props {
	return sim.Props{"family": "app", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
		"requiresCompatibilities": sim.List("FARGATE"),
		"containerDefinitions":    nginx}
}

func TestServiceOfContainers(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	cl := c.Settled(token.ECSCluster, "main", sim.Props{"name": "main"})
	assert.Equal(t, "arn:aws:ecs:us-east-1:"+account+":cluster/main", cl.ID)
	d := c.Settled(token.ECSTaskDefinition, "app", task())
	assert.Equal(t, "arn:aws:ecs:us-east-1:"+account+":task-definition/app:1", d.Str("arn"))
	group := c.Must(token.LBTargetGroup, "web", sim.Props{"vpcId": v.ID, "port": 80.0, "protocol": "HTTP",
		"targetType": "ip"})
	in := sim.Props{
		"name": "web", "cluster": cl.ID, "desiredCount": 2.0, "launchType": "FARGATE", "taskDefinition": d.Str("arn"),
		"networkConfiguration": obj{"subnets": subnets},
		"loadBalancers":        list{obj{"targetGroupArn": group.ID, "containerName": "app", "containerPort": 80.0}},
	}
	_, err := c.Create(token.ECSService, "web", in)
	mustRefuse(t, err, "InvalidParameterException", "depend on the listener")
	lb := c.Must(token.LBLoadBalancer, "alb", sim.Props{"subnets": subnets})
	c.Must(token.LBListener, "http", sim.Props{"loadBalancerArn": lb.ID, "port": 80.0, "protocol": "HTTP",
		"defaultActions": forward(group)})
	s := c.Settled(token.ECSService, "web", in)
	assert.Equal(t, "arn:aws:ecs:us-east-1:"+account+":service/main/web", s.ID)

	next := c.Settled(token.ECSTaskDefinition, "app-next", with(task(), sim.Props{"memory": "1024"}))
	assert.EqualValues(t, 2, next.Get("revision"), "the next revision of the family stands beside the last")
	rolled, err := c.Update(s, with(in, sim.Props{"taskDefinition": next.Str("arn")}))
	require.NoError(t, err)
	assert.Equal(t, s.ID, rolled.ID)
	replacedBy(t, c, s, in, map[string]sim.Props{
		"cluster": {"cluster": "other"}, "type": {"launchType": "EC2"}, "task": {"taskDefinition": "app"}, "count": {"desiredCount": 3.0},
		"strategy": {"launchType": nil, "capacityProviderStrategies": list{obj{"capacityProvider": "FARGATE_SPOT", "weight": 1.0}}},
	}, map[string]bool{"cluster": true, "type": true, "strategy": true})
	replacedBy(t, c, d, task(), map[string]sim.Props{"memory": {"memory": "1024"}, "tags": {"tags": obj{"a": "b"}}},
		map[string]bool{"memory": true})
	require.ErrorContains(t, c.Delete(cl), "ClusterContainsServicesException")

	on := func(changes sim.Props) sim.Props { return with(with(in, sim.Props{"name": "x"}), changes) }
	to := func(name string, port float64, arn string) sim.Props {
		return on(sim.Props{"loadBalancers": list{obj{"targetGroupArn": arn, "containerName": name, "containerPort": port}}})
	}
	machines := c.Must(token.ECSTaskDefinition, "old", sim.Props{"family": "old", "containerDefinitions": nginx})
	byInstance := c.Must(token.LBTargetGroup, "machines", groupIn(v))
	allRefused(t, c, map[string]mistake{
		"no cluster":    {token.ECSService, on(sim.Props{"cluster": "none"}), []string{"ClusterNotFoundException"}},
		"no task":       {token.ECSService, on(sim.Props{"taskDefinition": "none"}), []string{"ClientException", "TaskDefinition not found"}},
		"no revision":   {token.ECSService, on(sim.Props{"taskDefinition": "app:9"}), []string{"TaskDefinition not found"}},
		"no network":    {token.ECSService, on(sim.Props{"networkConfiguration": nil}), []string{"InvalidParameterException", "awsvpc"}},
		"not Fargate":   {token.ECSService, on(sim.Props{"taskDefinition": machines.Str("arn")}), []string{"launch_type FARGATE"}},
		"container":     {token.ECSService, to("other", 80, group.ID), []string{"other does not exist"}},
		"port":          {token.ECSService, to("app", 81, group.ID), []string{"container port 81"}},
		"group":         {token.ECSService, to("app", 80, byInstance.ID), []string{"target type instance"}},
		"no group":      {token.ECSService, to("app", 80, group.ID+"x"), []string{"InvalidParameterException", "does not exist"}},
		"both":          {token.ECSService, on(sim.Props{"capacityProviderStrategies": list{obj{"capacityProvider": "FARGATE"}}}), []string{"conflicts"}},
		"Fargate pair":  {token.ECSTaskDefinition, with(task(), sim.Props{"memory": "1536"}), []string{"No Fargate configuration"}},
		"Fargate net":   {token.ECSTaskDefinition, with(task(), sim.Props{"networkMode": nil}), []string{"network mode"}},
		"Fargate cpu":   {token.ECSTaskDefinition, with(task(), sim.Props{"cpu": nil}), []string{"'cpu'"}},
		"Fargate logs":  {token.ECSTaskDefinition, with(task(), sim.Props{"containerDefinitions": `[{"name":"a","image":"b","logConfiguration":{"logDriver":"awslogs"}}]`}), []string{"execution role"}},
		"no containers": {token.ECSTaskDefinition, with(task(), sim.Props{"containerDefinitions": "[]"}), []string{"at least one"}},
		"no JSON":       {token.ECSTaskDefinition, with(task(), sim.Props{"containerDefinitions": "{"}), []string{"invalid"}},
		"no image":      {token.ECSTaskDefinition, with(task(), sim.Props{"containerDefinitions": `[{"name":"a"}]`}), []string{"no image"}},
		"cluster taken": {token.ECSCluster, sim.Props{"name": "main"}, []string{"already exists"}},
	})
	require.NoError(t, c.Delete(rolled))
	require.NoError(t, c.Delete(cl))
}

func TestRepository(t *testing.T) {
	c := cloud(t, "us-east-1")
	assert.Regexp(t, `^app-[0-9a-f]{7}$`, c.Settled(token.ECRRepository, "App", sim.Props{}).ID, "small letters alone")
	in := sim.Props{"name": "team/app"}
	r := c.Settled(token.ECRRepository, "app", in)
	assert.Equal(t, account+".dkr.ecr.us-east-1.amazonaws.com/team/app", r.Str("repositoryUrl"))
	replacedBy(t, c, r, in, map[string]sim.Props{"tags": {"imageTagMutability": "IMMUTABLE"},
		"key": {"encryptionConfigurations": list{obj{"encryptionType": "KMS"}}}},
		map[string]bool{"key": true})
	rule := `{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":5},"action":{"type":"expire"}}]}`
	c.Settled(token.ECRLifecyclePolicy, "app", sim.Props{"repository": r.ID, "policy": rule})
	pull := func(principal, more string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"ecr:BatchGetImage"` + more + `}]}`
	}
	c.Settled(token.ECRRepositoryPolicy, "app", sim.Props{"repository": r.ID, "policy": pull("*", "")})
	on := func(policy string) sim.Props { return sim.Props{"repository": "team/app", "policy": policy} }
	const invalid = "InvalidParameterException"
	allRefused(t, c, map[string]mistake{
		"taken":     {token.ECRRepository, in, []string{"RepositoryAlreadyExistsException"}},
		"capitals":  {token.ECRRepository, sim.Props{"name": "App"}, []string{"small letters"}},
		"none":      {token.ECRLifecyclePolicy, sim.Props{"repository": "none", "policy": rule}, []string{"RepositoryNotFoundException"}},
		"no rules":  {token.ECRLifecyclePolicy, on(`{}`), []string{invalid, "rules"}},
		"priority":  {token.ECRLifecyclePolicy, on(`{"rules":[{"rulePriority":0}]}`), []string{invalid, "rulePriority"}},
		"action":    {token.ECRLifecyclePolicy, on(`{"rules":[{"rulePriority":1,"action":{"type":"keep"}}]}`), []string{invalid, "expire"}},
		"selection": {token.ECRLifecyclePolicy, on(`{"rules":[{"rulePriority":1,"action":{"type":"expire"}}]}`), []string{invalid, "tagStatus"}},
		"resource":  {token.ECRRepositoryPolicy, on(pull("*", `,"Resource":"*"`)), []string{invalid, "Resource"}},
		"nobody":    {token.ECRRepositoryPolicy, on(pull("arn:aws:iam::"+account+":role/none", "")), []string{invalid, "role/none"}},
	})
}

func TestKubernetes(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	_, others := balancedNet(c, "other", "10.1", true)
	plane := c.Must(token.IAMRole, "plane", sim.Props{"assumeRolePolicy": trustPlane}).Str("arn")
	nodes := c.Must(token.IAMRole, "nodes", sim.Props{"assumeRolePolicy": trustEC2}).Str("arn")
	in := sim.Props{"name": "main", "roleArn": plane, "version": "1.32", "vpcConfig": obj{"subnetIds": subnets}}
	k := c.Settled(token.EKSCluster, "main", in)
	assert.Equal(t, "main", k.ID)
	assert.Regexp(t, `^https://[A-Z0-9]{32}\.gr7\.us-east-1\.eks\.amazonaws\.com$`, k.Str("endpoint"))
	replacedBy(t, c, k, in, map[string]sim.Props{"role": {"roleArn": nodes}, "version": {"version": "1.33"},
		"logs": {"enabledClusterLogTypes": sim.List("api")}},
		map[string]bool{"role": true})
	group := sim.Props{"clusterName": "main", "nodeGroupName": "n", "nodeRoleArn": nodes, "subnetIds": subnets,
		"scalingConfig": obj{"desiredSize": 2.0, "minSize": 1.0, "maxSize": 3.0}}
	n := c.Settled(token.EKSNodeGroup, "n", group)
	assert.Equal(t, "main:n", n.ID)
	assert.Equal(t, "1.32", n.Str("version"))
	replacedBy(t, c, n, group, map[string]sim.Props{"types": {"instanceTypes": sim.List("m7g.large")},
		"size": {"scalingConfig": obj{"desiredSize": 3.0, "minSize": 1.0, "maxSize": 3.0}}},
		map[string]bool{"types": true})
	require.ErrorContains(t, c.Delete(k), "ResourceInUseException")
	more := func(changes sim.Props) sim.Props { return with(with(group, sim.Props{"nodeGroupName": "x"}), changes) }
	const invalid = "InvalidParameterException"
	allRefused(t, c, map[string]mistake{
		"taken":     {token.EKSCluster, in, []string{"ResourceInUseException"}},
		"trust":     {token.EKSCluster, with(in, sim.Props{"name": "x", "roleArn": nodes}), []string{invalid, "eks.amazonaws.com"}},
		"one zone":  {token.EKSCluster, with(in, sim.Props{"name": "x", "vpcConfig": obj{"subnetIds": subnets[:1]}}), []string{invalid, "two different AZs"}},
		"networks":  {token.EKSCluster, with(in, sim.Props{"name": "x", "vpcConfig": obj{"subnetIds": list{subnets[0], others[1]}}}), []string{invalid, "same VPC"}},
		"nodes":     {token.EKSNodeGroup, more(sim.Props{"nodeRoleArn": plane}), []string{invalid, "ec2.amazonaws.com"}},
		"sizes":     {token.EKSNodeGroup, more(sim.Props{"scalingConfig": obj{"desiredSize": 4.0, "minSize": 1.0, "maxSize": 3.0}}), []string{"desiredSize <= maxSize"}},
		"machine":   {token.EKSNodeGroup, more(sim.Props{"instanceTypes": sim.List("m9x.large")}), []string{invalid, "m9x.large"}},
		"elsewhere": {token.EKSNodeGroup, more(sim.Props{"subnetIds": others}), []string{invalid, "not in the VPC"}},
		"newer":     {token.EKSNodeGroup, more(sim.Props{"version": "1.33"}), []string{invalid, "newer"}},
		"nowhere":   {token.EKSNodeGroup, more(sim.Props{"clusterName": "none"}), []string{"ResourceNotFoundException"}},
	})
	_, err := c.Update(k, with(in, sim.Props{"version": "1.34"}))
	mustRefuse(t, err, invalid, "one version at a time")
}
