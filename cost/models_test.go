package cost_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// The figures are computed by hand from the prices in the comments.
func TestModels(t *testing.T) {
	template := res("", token.EC2LaunchTemplate, "lt",
		m{"id": "lt-1", "instanceType": "t3.medium", "monitoring": m{"enabled": true},
			"blockDeviceMappings": l{m{"ebs": m{"volumeSize": 100.0, "volumeType": "gp3"}}, m{"ebs": m{"volumeSize": 10.0, "volumeType": "gp3"}}}})
	locked := res("", token.EC2LaunchTemplate, "lt", m{"id": "lt-1", "instanceType": "m5.large",
		"placement": m{"tenancy": "dedicated"}})
	task := res("", token.ECSTaskDefinition, "task", m{"arn": "arn:t:1", "family": "t", "cpu": "512", "memory": "1024",
		"requiresCompatibilities": l{"FARGATE"}})
	arm := res("", token.ECSTaskDefinition, "task", m{"family": "t", "cpu": "1 vCPU", "memory": "2 GB",
		"runtimePlatform": m{"cpuArchitecture": "ARM64"}})
	aurora := func(more m) cost.Resource {
		p := m{"clusterIdentifier": "c", "engine": "aurora-postgresql", "instanceClass": "db.r6g.large"}
		for k, v := range more {
			p[k] = v
		}
		return res("", token.RDSClusterInstance, "x", p)
	}
	cluster := func(more m) cost.Resource {
		p := m{"clusterIdentifier": "c", "engine": "aurora-postgresql", "engineVersion": "16.4"}
		for k, v := range more {
			p[k] = v
		}
		return res("", token.RDSCluster, "c", p)
	}
	for name, tt := range map[string]struct {
		resources []cost.Resource
		want      map[string]want
	}{
		"a machine of a launch template": {[]cost.Resource{template, res("", token.EC2Instance, "x", m{"launchTemplate": m{"id": "lt-1"}, "associatePublicIpAddress": false})},
			map[string]want{"instance hours, t3.medium": flat("30.37"), "detailed monitoring": flat("2.10"),
				"root volume, gp3": flat("8.00"), "further disk 1, gp3": flat("0.80")}},
		"a machine in a preview, which knows nothing of it yet": {[]cost.Resource{res("", token.EC2Instance, "x",
			m{"instanceType": "t3.medium", "associatePublicIpAddress": false, "passwordData": cost.Unknown{},
				"instanceState": cost.Unknown{}, "networkInterfaces": cost.Unknown{}, "publicIp": cost.Unknown{}})},
			map[string]want{"instance hours, t3.medium": flat("30.37"), "root volume, gp3": flat("0.64")}},
		"a cache cluster in a preview": {[]cost.Resource{res("", token.ElastiCacheCluster, "x",
			m{"engine": "redis", "nodeType": "cache.t3.micro", "numCacheNodes": 1.0, "replicationGroupId": cost.Unknown{}})},
			map[string]want{"node hours, cache.t3.micro Redis OSS": flat("12.41")}},
		"a machine that is stopped": {[]cost.Resource{res("", token.EC2Instance, "x", m{"instanceType": "m5.large", "instanceState": "stopped", "publicIp": "", "rootBlockDevice": m{"volumeSize": 30.0, "volumeType": "gp3"}})},
			map[string]want{"root volume, gp3": flat("2.40")}},
		"a machine of its own hardware": {[]cost.Resource{locked, res("", token.AutoScalingGroup, "x", m{"minSize": 2.0, "maxSize": 2.0, "launchTemplate": m{"id": "lt-1"}})},
			map[string]want{"root volume, gp3": flat("1.28")}},
		"an environment of Beanstalk with spot": {[]cost.Resource{res("", token.ElasticBeanstalkEnvironment, "x", m{"settings": l{
			m{"namespace": "aws:ec2:instances", "name": "InstanceTypes", "value": "t3.medium,t3.large"},
			m{"namespace": "aws:ec2:instances", "name": "EnableSpot", "value": "true"},
			m{"namespace": "aws:ec2:instances", "name": "SpotFleetOnDemandBase", "value": "1"},
			m{"namespace": "aws:ec2:instances", "name": "SpotFleetOnDemandAboveBasePercentage", "value": "0"},
			m{"namespace": "aws:autoscaling:asg", "name": "MinSize", "value": "2"}, m{"namespace": "aws:autoscaling:asg", "name": "MaxSize", "value": "2"},
			m{"namespace": "aws:elasticbeanstalk:environment", "name": "LoadBalancerType", "value": "application"}}})},
			map[string]want{"instance hours, t3.medium": flat("30.37"),
				"spot instance hours, t3.medium": {"9.11", "12.15", "15.18"},
				"root volume, gp3":               flat("1.28"), "load balancer hours": flat("16.43"), "public IPv4 addresses (load balancer)": flat("7.30")}},
		"an environment of Beanstalk of one machine": {[]cost.Resource{res("", token.ElasticBeanstalkEnvironment, "x", m{"allSettings": l{
			m{"namespace": "aws:autoscaling:launchconfiguration", "name": "InstanceType", "value": "t3.medium"},
			m{"namespace": "aws:elasticbeanstalk:environment", "name": "EnvironmentType", "value": "SingleInstance"}}})},
			map[string]want{"instance hours, t3.medium": flat("30.37"), "root volume, gp3": flat("0.64"),
				"public IPv4 address (elastic IP)": flat("3.65")}},
		"SQL Server's disk, which is never striped": {[]cost.Resource{res("", token.RDSInstance, "x", m{"engine": "sqlserver-ex", "instanceClass": "db.t3.large",
			"storageType": "gp3", "allocatedStorage": 500.0, "iops": 4000.0})},
			map[string]want{"db.t3.large hours, SQL Server Express Single-AZ": flat("118.26"),
				"storage, gp3 Single-AZ": flat("57.50"), "IOPS above 3000": flat("20.00")}},
		"Oracle's disk, which is striped sooner": {[]cost.Resource{res("", token.RDSInstance, "x", m{"engine": "oracle-se2", "instanceClass": "db.t3.large", "licenseModel": "license-included",
			"storageType": "gp3", "allocatedStorage": 200.0, "iops": 13000.0})},
			map[string]want{"db.t3.large hours, Oracle SE2 Single-AZ": flat("219.00"), "storage, gp3 Single-AZ": flat("23.00"),
				"IOPS above 12000": flat("20.00")}},
		"bot control": {[]cost.Resource{res("", token.WAFv2WebAcl, "x", m{"scope": "REGIONAL", "rules": l{m{"statement": m{"managedRuleGroupStatement": m{"name": "AWSManagedRulesBotControlRuleSet"}}}}})},
			map[string]want{"web ACL": flat("5.00"), "rule groups": flat("1.00"),
				"AWSManagedRulesBotControlRuleSet fee": flat("10.00")}},
		"a snapshot that is restored fast": {[]cost.Resource{res("", token.EBSFastSnapshotRestore, "x", m{})},
			map[string]want{"hours of fast restore": flat("547.50")}}, // 730 × 0.75
		"a warehouse whose sizes cost as AWS names them": {[]cost.Resource{res("", token.RedshiftCluster, "x",
			m{"nodeType": "ra3.large", "numberOfNodes": 2.0})}, map[string]want{"node hours, ra3.large": flat("792.78")}}, // 2 × 730 × 0.543
		"managed Flink with its parallelism": {[]cost.Resource{{URN: "urn:x", Type: token.KinesisAnalyticsV2Application, Name: "x", Region: "eu-west-2",
			Props: m{"runtimeEnvironment": "FLINK-1_20", "applicationConfiguration": m{"flinkApplicationConfiguration": m{"parallelismConfiguration": m{"parallelism": 10.0, "parallelismPerKpu": 4.0}}}}}},
			map[string]want{"leading unit hours": flat("92.71"), "processing unit hours": flat("278.13")}},
		// 0.127, once, 3 times
		"a machine with Windows": {[]cost.Resource{res("", token.EC2Instance, "x", m{"instanceType": "m5.large", "getPasswordData": true, "associatePublicIpAddress": false})},
			map[string]want{"instance hours, m5.large Windows": flat("137.24"), "root volume, gp3": flat("0.64")}}, // 0.188
		"a machine whose interface has the elastic IP": {[]cost.Resource{
			res("", token.EC2Instance, "x", m{"instanceType": "t2.micro", "publicIp": "198.51.100.1",
				"networkInterfaces": l{m{"networkInterfaceId": "eni-1"}}}),
			res("", token.EC2NetworkInterface, "eni", m{"id": "eni-1"}),
			res("", token.EC2Eip, "ip", m{"networkInterface": "eni-1"})},
			map[string]want{"instance hours, t2.micro": flat("8.47"), "root volume, gp3": flat("0.64")}},
		"a balancer as a state has it": {[]cost.Resource{res("", token.LBLoadBalancer, "x", m{"internal": false, "subnetMappings": l{m{"allocationId": "", "subnetId": "a"}, m{"allocationId": "", "subnetId": "b"}, m{"allocationId": "", "subnetId": "c"}}})},
			map[string]want{"load balancer hours": flat("16.43"), "public IPv4 addresses (load balancer)": flat("10.95")}},
		"a classic balancer": {[]cost.Resource{res("", token.ElasticLoadBalancingLoadBalancer, "x", m{"subnets": l{"a", "b"}, "internal": true})},
			map[string]want{"load balancer hours": flat("18.25")}}, // 0.025
		"a gateway balancer": {[]cost.Resource{res("", token.LBLoadBalancer, "x", m{"loadBalancerType": "gateway"})},
			map[string]want{"gateway load balancer hours": flat("9.13")}}, // 0.0125
		"a table with an index and a copy": {[]cost.Resource{res("", token.DynamoDBTable, "x", m{"readCapacity": 20.0, "writeCapacity": 20.0,
			"globalSecondaryIndexes": l{m{"name": "g", "readCapacity": 10.0, "writeCapacity": 10.0}}, "replicas": l{m{"regionName": "us-west-1"}}})},
			map[string]want{"read capacity": flat("1.90"), "write capacity": flat("9.49"),
				"read capacity of index g": flat("0.95"), "write capacity of index g": flat("4.75"),
				"replicated writes in us-west-1": flat("15.88"), "read capacity in us-west-1": {"2.85", "3.33", "3.81"}}}, // 30 × 730 × 0.000725; 1.17 times
		"Aurora past its support": {[]cost.Resource{cluster(m{"engineVersion": "12.20"}), aurora(m{"engineVersion": "12.20"})},
			map[string]want{"db.r6g.large hours, Aurora PostgreSQL": flat("189.80"),
				"extended support of aurora-postgresql 12": flat("146.00")}},
		"Aurora with its I/O paid": {[]cost.Resource{cluster(m{"storageType": "aurora-iopt1"}), aurora(nil)}, map[string]want{"db.r6g.large hours, Aurora PostgreSQL": flat("246.74")}},
		"Aurora with a long history": {[]cost.Resource{cluster(nil), aurora(m{"performanceInsightsEnabled": true, "performanceInsightsRetentionPeriod": 731.0})},
			map[string]want{"db.r6g.large hours, Aurora PostgreSQL": flat("189.80"),
				"Performance Insights beyond 7 days": flat("10.37")}}, // 2 × 5.184
		"Aurora for MySQL": {[]cost.Resource{cluster(m{"engine": "aurora-mysql"}), aurora(m{"engine": "aurora-mysql", "instanceClass": "db.t3.medium"})},
			map[string]want{"db.t3.medium hours, Aurora MySQL": flat("59.86")}},
		"MySQL in its third year": {[]cost.Resource{res("", token.RDSInstance, "x", m{"engine": "mysql", "engineVersion": "5.7", "instanceClass": "db.t3.micro", "allocatedStorage": 20.0, "storageType": "gp2", "iops": 0.0})},
			map[string]want{"db.t3.micro hours, MySQL Single-AZ": flat("12.41"), "storage, gp2 Single-AZ": flat("2.30"),
				"extended support of mysql 5.7": flat("292.00")}},
		"SQL Server": {[]cost.Resource{res("", token.RDSInstance, "x", m{"engine": "sqlserver-se", "instanceClass": "db.m5.xlarge", "allocatedStorage": 20.0, "storageType": "gp2"})},
			map[string]want{"db.m5.xlarge hours, SQL Server Standard Single-AZ": flat("893.52"),
				"storage, gp2 Single-AZ": flat("2.30")}}, // 1.224
		"Oracle with a licence brought": {[]cost.Resource{res("", token.RDSInstance, "x", m{"engine": "oracle-se2", "licenseModel": "bring-your-own-license", "instanceClass": "db.t3.large", "allocatedStorage": 20.0, "storageType": "gp2"})},
			map[string]want{"db.t3.large hours, Oracle SE2 BYOL Single-AZ": flat("99.28"),
				"storage, gp2 Single-AZ": flat("2.30")}}, // 0.136
		"a cache past its support": {[]cost.Resource{res("", token.ElastiCacheReplicationGroup, "x", m{"engine": "redis", "engineVersion": "5.0.6", "nodeType": "cache.r6g.large", "numCacheClusters": 2.0})},
			map[string]want{"node hours, cache.r6g.large Redis OSS": flat("300.76"),
				"extended support of Redis OSS 5": flat("240.61")}}, // 0.8 of it
		"a cache with its shards in a block": {[]cost.Resource{res("", token.ElastiCacheReplicationGroup, "x", m{"nodeType": "cache.t4g.small", "clusterMode": m{"numNodeGroups": 2.0, "replicasPerNodeGroup": 1.0}})},
			map[string]want{"node hours, cache.t4g.small Redis OSS": flat("93.44")}}, // 4 × 0.032
		"memcached": {[]cost.Resource{res("", token.ElastiCacheCluster, "x", m{"engine": "memcached", "nodeType": "cache.t4g.micro", "numCacheNodes": 2.0, "replicationGroupId": ""})},
			map[string]want{"node hours, cache.t4g.micro Memcached": flat("23.36")}},
		"search with fast disks, by its old name": {[]cost.Resource{res("", token.ElasticsearchDomain, "x", m{"clusterConfig": m{"instanceType": "m6g.large.elasticsearch", "instanceCount": 3.0},
			"ebsOptions": m{"ebsEnabled": true, "volumeType": "io1", "volumeSize": 100.0, "iops": 3000.0}})},
			map[string]want{"data node hours, m6g.large.search": flat("280.32"), "storage, io1": flat("50.70"),
				"provisioned IOPS": flat("792.00")}},
		"Kubernetes past its support":         {[]cost.Resource{res("", token.EKSCluster, "x", m{"version": "1.33"})}, map[string]want{"cluster hours in extended support": flat("438.00")}},
		"Kubernetes that AWS upgrades itself": {[]cost.Resource{res("", token.EKSCluster, "x", m{"version": "1.33", "upgradePolicy": m{"supportType": "STANDARD"}})}, map[string]want{"cluster hours": flat("73.00")}},
		"nodes": {[]cost.Resource{res("", token.EKSNodeGroup, "x", m{"instanceTypes": l{"m5.large"}, "scalingConfig": m{"desiredSize": 3.0, "minSize": 1.0, "maxSize": 5.0}, "diskSize": 50.0})},
			map[string]want{"instance hours, m5.large": flat("210.24"), "root volume, gp3": flat("12.00")}},
		"nodes of a launch template": {[]cost.Resource{template, res("", token.EKSNodeGroup, "x", m{"launchTemplate": m{"id": "lt-1"}, "scalingConfig": m{"desiredSize": 2.0}})},
			map[string]want{"instance hours, t3.medium": flat("60.74"), "root volume, gp3": flat("16.00"),
				"further disk 1, gp3": flat("1.60"), "detailed monitoring": flat("4.20")}},
		"tasks": {[]cost.Resource{task, res("", token.ECSService, "x", m{"launchType": "FARGATE", "desiredCount": 3.0, "taskDefinition": "arn:t:1", "networkConfiguration": m{"assignPublicIp": true}})},
			map[string]want{"vCPU hours of its tasks": flat("44.33"), "memory of its tasks": flat("9.73"),
				"public IPv4 addresses": flat("10.95")}},
		"tasks of which some may be taken away": {[]cost.Resource{
			res("", token.ECSTaskDefinition, "t", m{"family": "t", "cpu": "256", "memory": "512",
				"ephemeralStorage": m{"sizeInGib": 100.0}}),
			res("", token.ECSService, "x", m{"desiredCount": 5.0, "taskDefinition": "t:7", "capacityProviderStrategies": l{
				m{"capacityProvider": "FARGATE", "base": 1.0, "weight": 1.0}, m{"capacityProvider": "FARGATE_SPOT", "weight": 3.0}}})},
			map[string]want{"vCPU hours of its tasks": {"21.42", "23.64", "25.86"},
				"memory of its tasks": {"4.71", "5.19", "5.68"},
				// 3 of 5 at 30 to 50 %; 5 × 80 × 730 × 0.000111
				"disk beyond 20 GB of its tasks": flat("32.41")}},
		"a function that is kept ready": {[]cost.Resource{res("", token.LambdaFunction, "f", m{"name": "f", "memorySize": 1024.0}),
			res("", token.LambdaProvisionedConcurrencyConfig, "x",
				m{"functionName": "f", "provisionedConcurrentExecutions": 10.0})},
			map[string]want{"kept ready": flat("109.50")}}, // 10 × 730 × 3600 × 0.0000041667
		"tasks on Arm, half the time taken away": {[]cost.Resource{arm, res("", token.ECSService, "x", m{"desiredCount": 1.0, "taskDefinition": "t:7", "capacityProviderStrategies": l{m{"capacityProvider": "FARGATE_SPOT"}}})},
			map[string]want{"vCPU hours of its tasks": {"7.09", "9.45", "11.82"},
				"memory of its tasks": {"1.56", "2.08", "2.60"}}}, // × 0.8 × 0.3, 0.4, 0.5
		"brokers of Kafka": {[]cost.Resource{res("", token.MSKCluster, "x", m{"numberOfBrokerNodes": 3.0, "brokerNodeGroupInfo": m{"instanceType": "kafka.m5.large", "storageInfo": m{"ebsStorageInfo": m{"volumeSize": 100.0}}}})},
			map[string]want{"broker hours, kafka.m5.large": flat("459.90"), "storage": flat("30.00")}}, // 10.08 / 48
		"brokers of RabbitMQ":             {[]cost.Resource{res("", token.MQBroker, "x", m{"hostInstanceType": "mq.m5.xlarge", "deploymentMode": "CLUSTER_MULTI_AZ"})}, map[string]want{"broker hours, mq.m5.xlarge": flat("1261.44")}},
		"a warehouse":                     {[]cost.Resource{res("", token.RedshiftCluster, "x", m{"nodeType": "dc2.large", "numberOfNodes": 4.0})}, map[string]want{"node hours, dc2.large": flat("730.00")}},
		"a document store":                {[]cost.Resource{res("", token.DocDBClusterInstance, "x", m{"instanceClass": "db.t3.medium"})}, map[string]want{"db.t3.medium hours": flat("56.94")}},
		"a stream":                        {[]cost.Resource{res("", token.KinesisStream, "x", m{"shardCount": 4.0})}, map[string]want{"shard hours": flat("43.80")}},
		"a directory":                     {[]cost.Resource{res("", token.DirectoryServiceDirectory, "x", m{"type": "MicrosoftAD", "edition": "Standard"})}, map[string]want{"domain controller hours": flat("87.60")}},
		"a network firewall":              {[]cost.Resource{res("", token.NetworkFirewallFirewall, "x", m{"subnetMappings": l{m{"subnetId": "a"}}})}, map[string]want{"endpoint hours, one per zone": flat("288.35")}},
		"a tunnel to a hub":               {[]cost.Resource{res("", token.EC2VpnConnection, "x", m{"transitGatewayId": "tgw-1"})}, map[string]want{"connection hours": flat("36.50"), "attachment hours": flat("36.50")}},
		"rules of a firewall's own group": {[]cost.Resource{res("", token.WAFv2RuleGroup, "x", m{"rules": l{m{}, m{}}})}, map[string]want{"rules": flat("2.00")}},
		"a database by aws-native": {[]cost.Resource{res("", "aws-native:rds:DbInstance", "x", m{"engine": "postgres", "dbInstanceClass": "db.t3.micro", "allocatedStorage": "20"})},
			map[string]want{"db.t3.micro hours, PostgreSQL Single-AZ": flat("13.14"), "storage, gp2 Single-AZ": flat("2.30")}},
	} {
		t.Run(name, func(t *testing.T) { checkLines(t, estimate(t, cost.Options{}, tt.resources...), "x", tt.want) })
	}
}

// What a property says that changes a price is priced, or said.
func TestWhatHasNoPriceIsSaid(t *testing.T) {
	for name, tt := range map[string]struct {
		resource   cost.Resource
		item, want string
	}{
		"dedicated tenancy":        {res("", token.EC2Instance, "x", m{"instanceType": "m5.large", "tenancy": "dedicated"}), "instance hours, m5.large", "dedicated"},
		"RDS throughput":           {res("", token.RDSInstance, "x", m{"engine": "postgres", "instanceClass": "db.m6g.large", "allocatedStorage": 500.0, "storageType": "gp3", "storageThroughput": 1000.0}), "throughput above 500 MB/s", "no price"},
		"RDS io2":                  {res("", token.RDSInstance, "x", m{"engine": "postgres", "instanceClass": "db.m6g.large", "allocatedStorage": 500.0, "storageType": "io2", "iops": 5000.0}), "provisioned IOPS", "no price"},
		"search gp3":               {res("", token.OpenSearchDomain, "x", m{"clusterConfig": m{"instanceType": "m6g.large.search"}, "ebsOptions": m{"ebsEnabled": true, "volumeType": "gp3", "volumeSize": 100.0, "iops": 6000.0}}), "IOPS above 3,000", "no price"},
		"fraud control":            {res("", token.WAFv2WebAcl, "x", m{"rules": l{m{"statement": m{"managedRuleGroupStatement": m{"name": "AWSManagedRulesATPRuleSet"}}}}}), "AWSManagedRulesATPRuleSet", "fee"},
		"more than anything":       {res("", token.RDSInstance, "x", m{"engine": "postgres", "instanceClass": "db.t3.micro", "allocatedStorage": 1e18, "storageType": "gp3"}), "storage, gp3 Single-AZ", "beyond all bounds"},
		"an encrypted class":       {res("", token.RDSInstance, "x", m{"engine": "postgres", "instanceClass": cost.Secret}), "", "is encrypted"},
		"a negative size":          {res("", token.EBSVolume, "x", m{"size": -5.0, "type": "gp3"}), "", "negative"},
		"an old serverless Aurora": {res("", token.RDSCluster, "x", m{"engine": "aurora-mysql", "engineMode": "serverless"}), "", "Serverless v1"},
		"readiness of a function of another stack": {res("", token.LambdaProvisionedConcurrencyConfig, "x",
			m{"functionName": "f", "provisionedConcurrentExecutions": 1.0}), "", "not of this stack"},
		"another cloud":           {res("", "azure-native:compute:VirtualMachine", "x", m{}), "", "billed by Azure"},
		"a provider nobody knows": {res("", "acme:rocket:Launch", "x", m{}), "", "of the provider acme"},
		"a service of Kubernetes": {res("", "kubernetes:core/v1:Service", "x", m{"spec": m{"type": "LoadBalancer"}}), "", "Kubernetes makes a load balancer"},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimate(t, cost.Options{}, tt.resource)
			for _, n := range e.Unpriced {
				if n.Item == tt.item && strings.Contains(n.Reason, tt.want) {
					return
				}
			}
			require.Fail(t, "not said", "%+v", e.Unpriced)
		})
	}
}

// Where nobody knows where a stack is, its lines say so and are not sourced.
func TestAnUnknownRegionIsLabelled(t *testing.T) {
	e := estimate(t, cost.Options{RegionUnknown: true},
		res("", token.EC2Instance, "x", m{"instanceType": "m5.large", "associatePublicIpAddress": false}),
		cost.Resource{URN: "urn:y", Type: token.EBSVolume, Name: "y", Region: "us-east-1", Props: m{"size": 10.0, "type": "gp3"}})
	assert.Equal(t, want{"70.08", "70.08", "115.63"}, lineOf(t, e, "x", "instance hours, m5.large"))
	assert.Equal(t, flat("0.80"), lineOf(t, e, "y", "volume, gp3"))
	for _, line := range e.Lines {
		assert.Equal(t, line.Name == "y", line.Sourced())
		assert.Equal(t, line.Name != "y", strings.Contains(line.Note, "region is not known"), line.Note)
	}
}

func TestPricesOfAnotherRegionDoNotCountAsSourced(t *testing.T) {
	e := estimate(t, cost.Options{Region: "sa-east-1"},
		res("", token.EC2NatGateway, "x", m{"connectivityType": "private"}), res("", token.KMSKey, "k", m{}))
	assert.Equal(t, want{"32.85", "52.23", "71.61"}, lineOf(t, e, "x", "NAT gateway hours"))
	assert.Equal(t, flat("1.00"), lineOf(t, e, "k", "key"), "where all regions that are known cost the same, so does this")
	assert.True(t, e.SourcedShare().IsZero())
}
