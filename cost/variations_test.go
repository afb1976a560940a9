package cost_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// What a property says that changes a price is priced, or said: each case is one that
// once was neither. The figures are computed by hand from the prices in the comments;
// unpriced and usage are words of what is said.
func TestPropertiesThatChangeAPrice(t *testing.T) {
	db := m{"engine": "postgres", "engineVersion": "16.4", "instanceClass": "db.m6g.large", "allocatedStorage": 100.0,
		"storageType": "gp3", "identifier": "db"}
	table := m{"name": "t", "arn": "arn:t", "readCapacity": 5.0, "writeCapacity": 5.0}
	task := res("", token.ECSTaskDefinition, "task", m{"family": "t", "cpu": "1024", "memory": "2048",
		"runtimePlatform": m{"cpuArchitecture": "ARM64"}})
	with := func(p m, more m) m {
		out := m{}
		for k, v := range p {
			out[k] = v
		}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	x := func(typ string, p m, others ...cost.Resource) []cost.Resource {
		return append(others, res("", typ, "x", p))
	}
	for name, tt := range map[string]struct {
		resources       []cost.Resource
		want            string
		unpriced, usage string
	}{
		"a database that is stopped":       {x(token.RDSInstance, with(db, m{"status": "stopped"})), "11.50", "", "stopped"}, // 100 × 0.115
		"a database that is kept stopped":  {x(token.RDSInstanceState, m{"identifier": "db", "state": "stopped"}, res("", token.RDSInstance, "db", db)), "11.50", "", "stopped"},
		"a machine that is kept stopped":   {x(token.EC2TransitGatewayInstanceState, m{"instanceId": "i-1", "state": "stopped"}, res("", token.EC2Instance, "i", m{"id": "i-1", "instanceType": "m5.large"})), "0.64", "", ""},
		"a database watched more closely":  {x(token.RDSInstance, with(db, m{"monitoringInterval": 60.0})), "127.57", "", "enhanced monitoring"}, // 730 × 0.159 + 11.50
		"a database with Insights":         {x(token.RDSInstance, with(db, m{"databaseInsightsMode": "advanced"})), "127.57", "by the vCPU", ""},
		"a database with a disk for logs":  {x(token.RDSInstance, with(db, m{"dedicatedLogVolume": true})), "127.57", "1,000 GB", ""},
		"io1 in two zones":                 {x(token.RDSInstance, with(db, m{"multiAz": true, "storageType": "io1", "iops": 1000.0})), "457.14", "", ""}, // 730 × 0.318 + 100 × 0.25 + 1,000 × 0.2
		"a cluster that goes back in time": {x(token.RDSCluster, m{"engine": "aurora-mysql", "backtrackWindow": 3600.0}), "0.00", "", "go back in time"},

		"a serverless cache of Valkey":          {x(token.ElastiCacheServerlessCache, m{"engine": "valkey"}), "6.13", "", "requests"},                                                                     // 730 × 0.1 × 0.084
		"a serverless cache that keeps 10 GB":   {x(token.ElastiCacheServerlessCache, m{"engine": "redis", "cacheUsageLimits": m{"dataStorage": m{"minimum": 10.0}}}), "912.50", "", "requests"},          // 730 × 10 × 0.125
		"a domain whose masters have no type":   {x(token.OpenSearchDomain, m{"clusterConfig": m{"instanceType": "m6g.large.search", "dedicatedMasterEnabled": true}}), "93.44", "type is not given", ""}, // 730 × 0.128
		"a domain of an old version":            {x(token.ElasticsearchDomain, m{"elasticsearchVersion": "7.7", "clusterConfig": m{"instanceType": "m5.large.elasticsearch"}}), "103.66", "as old as 7.7", ""},
		"a domain of a version in support":      {x(token.ElasticsearchDomain, m{"elasticsearchVersion": "7.10", "clusterConfig": m{"instanceType": "m5.large.elasticsearch"}}), "103.66", "", ""},
		"a warehouse in two zones":              {x(token.RedshiftCluster, m{"nodeType": "ra3.xlplus", "numberOfNodes": 2.0, "multiAz": true}), "3171.12", "", "managed storage"},                                                                                                                                      // 4 × 730 × 1.086
		"brokers with more throughput":          {x(token.MSKCluster, m{"numberOfBrokerNodes": 2.0, "brokerNodeGroupInfo": m{"instanceType": "kafka.t3.small", "storageInfo": m{"ebsStorageInfo": m{"volumeSize": 10.0, "provisionedThroughput": m{"enabled": true, "volumeThroughput": 300.0}}}}}), "116.58", "", ""}, // 2 × (730 × 0.0456 + 10 × 0.1 + 300 × 0.08)
		"a serverless cluster of Kafka":         {x(token.MSKServerlessCluster, m{}), "547.50", "", "partitions"},                                                                                                                                                                                                      // 730 × 0.75
		"a stream that keeps for a week":        {x(token.KinesisStream, m{"shardCount": 2.0, "retentionPeriod": 168.0}), "21.90", "by the shard and hour", "records put"},
		"a stream without shards that keeps":    {x(token.KinesisStream, m{"retentionPeriod": 168.0, "streamModeDetails": m{"streamMode": "ON_DEMAND"}}), "29.20", "", "beyond 24 hours"},
		"a consumer of four shards":             {x(token.KinesisStreamConsumer, m{"streamArn": "arn:s"}, res("", token.KinesisStream, "s", m{"arn": "arn:s", "shardCount": 4.0})), "87.60", "", "data sent"},                                         // 4 × 730 × 0.015 twice
		"a table that a policy scales":          {x(token.DynamoDBTable, table, res("", token.AppAutoScalingTarget, "at", m{"resourceId": "table/t", "scalableDimension": "dynamodb:table:ReadCapacityUnits", "minCapacity": 50.0})), "7.12", "", ""}, // 50 × 730 × 0.00013 + 5 × 730 × 0.00065
		"a copy of a table":                     {x(token.DynamoDBTableReplica, m{"globalTableArn": "arn:t"}, res("", token.DynamoDBTable, "t", table)), "5.68", "", ""},                                                                              // twice 5 × 730 × (0.00013 + 0.00065), rounded by line
		"a load balancer with units kept ready": {x(token.LBLoadBalancer, m{"internal": true, "minimumLoadBalancerCapacity": m{"capacityUnits": 100.0}}), "600.43", "", ""},                                                                           // 730 × 0.0225 + 100 × 730 × 0.008
		"a cluster with a larger control plane": {x(token.EKSCluster, m{"version": "1.35", "controlPlaneScalingConfig": m{"tier": "tier-xl"}}), "73.00", "tier-xl", ""},
		"tasks on Arm at their own price":       {x(token.ECSService, m{"taskDefinition": "t", "launchType": "FARGATE", "desiredCount": 1.0}, task), "28.84", "", ""},                                                                                                             // 730 × (0.03238 + 2 × 0.00356)
		"an Express service":                    {x(token.ECSExpressGatewayService, m{"scalingTarget": m{"minTaskCount": 2.0}}), "72.08", "25 such services", ""},                                                                                                                 // 2 × 730 × (0.04048 + 2 × 0.004445)
		"a version of a function kept ready":    {x("aws-native:lambda:Version", m{"functionName": "f", "provisionedConcurrencyConfig": m{"provisionedConcurrentExecutions": 10.0}}, res("", token.LambdaFunction, "f", m{"name": "f", "memorySize": 1024.0})), "109.50", "", ""}, // 10 × 2,628,000 × 0.0000041667
		"a service of App Runner":               {x(token.AppRunnerService, m{}), "10.22", "", "while it has requests"},                                                                                                                                                           // 730 × 2 × 0.007
		"a cluster of EMR":                      {x(token.EMRCluster, m{"masterInstanceGroup": m{"instanceType": "m5.xlarge"}, "coreInstanceGroup": m{"instanceType": "m5.xlarge", "instanceCount": 2.0}}), "525.60", "", "logs"},                                                 // 3 × 730 × (0.192 + 0.048)
		"machines kept for jobs":                {x(token.BatchComputeEnvironment, m{"computeResources": m{"minVcpus": 5.0, "instanceTypes": l{"c5.large"}}}), "186.15", "", "jobs"},                                                                                              // 3 × 730 × 0.085
		"machines kept for jobs, of any type":   {x(token.BatchComputeEnvironment, m{"computeResources": m{"minVcpus": 4.0, "instanceTypes": l{"optimal"}}}), "0.00", "AWS chooses", ""},
		"a group of a native template by name":  {x("aws-native:autoscaling:AutoScalingGroup", m{"minSize": "2", "maxSize": "4", "launchTemplate": m{"launchTemplateName": "lt"}}, res("", "aws-native:ec2:LaunchTemplate", "lt", m{"launchTemplateName": "lt", "launchTemplateData": m{"instanceType": "m5.large"}})), "141.44", "", ""}, // 2 × (730 × 0.096 + 8 × 0.08)
	} {
		t.Run(name, func(t *testing.T) {
			e := estimator(t, cost.Options{}).Estimate(tt.resources)
			assert.Equal(t, tt.want, e.Expected.StringFixed(2))
			holds(t, tt.unpriced, e.Unpriced)
			if tt.usage != "" {
				holds(t, tt.usage, e.UsageBased)
			}
		})
	}
}

// holds wants one of the notes to say a text; without one there may be none.
func holds(t *testing.T, text string, notes []cost.Note) {
	t.Helper()
	if text == "" {
		assert.Empty(t, notes)
		return
	}
	all := ""
	for _, n := range notes {
		all += n.Item + ": " + n.Reason + "\n"
	}
	assert.Contains(t, all, text)
}
