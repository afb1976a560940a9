package cost_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// Machines of services that the large lists leave out have AWS's own prices, in more
// regions than one; a size between those that are known goes by size and is not sourced.
// The figures are computed by hand from the prices in the comments.
func TestSizesOfSmallerServices(t *testing.T) {
	for name, tt := range map[string]struct {
		typ, region string
		p           m
		others      []cost.Resource
		want        string
		guessed     bool
	}{
		"DocumentDB":                {token.DocDBClusterInstance, "us-east-1", m{"instanceClass": "db.r6g.large"}, nil, "192.10", false},                                                 // 730 × 0.26315
		"DocumentDB in Frankfurt":   {token.DocDBClusterInstance, "eu-central-1", m{"instanceClass": "db.t4g.medium"}, nil, "65.15", false},                                              // 730 × 0.08924
		"DocumentDB by size":        {token.DocDBClusterInstance, "us-east-1", m{"instanceClass": "db.r5.large"}, nil, "202.21", true},                                                   // 730 × 2.216 / 8
		"Neptune":                   {token.NeptuneClusterInstance, "us-east-1", m{"instanceClass": "db.r6g.xlarge"}, nil, "479.90", false},                                              // 730 × 0.6574
		"Neptune in Ireland":        {token.NeptuneClusterInstance, "eu-west-1", m{"instanceClass": "db.r5.2xlarge"}, nil, "1121.28", false},                                             // 730 × 1.536
		"MemoryDB":                  {token.MemoryDBCluster, "us-east-1", m{"nodeType": "db.r7g.large", "numReplicasPerShard": 0.0}, nil, "225.57", false},                               // 730 × 0.309
		"MemoryDB with Valkey":      {token.MemoryDBCluster, "us-east-1", m{"nodeType": "db.t4g.medium", "engine": "valkey"}, nil, "99.13", false},                                       // 2 × 730 × 0.7 × 0.097
		"a broker of MQ":            {token.MQBroker, "eu-west-1", m{"hostInstanceType": "mq.t3.micro"}, nil, "21.64", false},                                                            // 730 × 0.02964
		"three brokers of RabbitMQ": {token.MQBroker, "us-east-1", m{"hostInstanceType": "mq.m5.large", "deploymentMode": "CLUSTER_MULTI_AZ"}, nil, "630.72", false},                     // 3 × 730 × 0.288
		"Kafka on Graviton":         {token.MSKCluster, "us-east-1", m{"numberOfBrokerNodes": 3.0, "brokerNodeGroupInfo": m{"instanceType": "kafka.m7g.large"}}, nil, "446.76", false},   // 3 × 730 × 0.204
		"Kafka's express brokers":   {token.MSKCluster, "us-east-1", m{"numberOfBrokerNodes": 3.0, "brokerNodeGroupInfo": m{"instanceType": "express.m7g.large"}}, nil, "893.52", false}, // 3 × 730 × 0.408
		"Kafka in London by size":   {token.MSKCluster, "eu-west-2", m{"numberOfBrokerNodes": 2.0, "brokerNodeGroupInfo": m{"instanceType": "kafka.m5.large"}}, nil, "354.54", true},     // 2 × 730 × 5.828 / 24
		"DMS":                       {token.DMSReplicationInstance, "us-east-1", m{"replicationInstanceClass": "dms.c5.large"}, nil, "86.87", false},                                     // 730 × 0.119
		"DMS in two zones":          {token.DMSReplicationInstance, "us-west-2", m{"replicationInstanceClass": "dms.t3.medium", "multiAz": true}, nil, "106.58", false},                  // 730 × 2 × 0.073
		"DAX":                       {token.DAXCluster, "us-east-1", m{"nodeType": "dax.t3.small", "replicationFactor": 3.0}, nil, "87.60", false},                                       // 3 × 730 × 0.04
		"a notebook":                {token.SageMakerNotebookInstance, "us-east-1", m{"instanceType": "ml.t3.medium"}, nil, "36.50", false},                                              // 730 × 0.05
		"an endpoint of a model": {token.SageMakerEndpoint, "us-east-1", m{"endpointConfigName": "c"}, []cost.Resource{res("", token.SageMakerEndpointConfiguration, "config",
			m{"name": "c", "productionVariants": l{m{"variantName": "a", "instanceType": "ml.m5.large", "initialInstanceCount": 2.0}}})}, "167.90", false}, // 2 × 730 × 0.115
		"Lustre for a while":     {token.FSxLustreFileSystem, "us-east-1", m{"storageCapacity": 1200.0}, nil, "168.00", false},                                                                                                                     // 1,200 × 0.14
		"Lustre that stays":      {token.FSxLustreFileSystem, "us-east-1", m{"storageCapacity": 1200.0, "deploymentType": "PERSISTENT_2", "perUnitStorageThroughput": 250.0}, nil, "252.00", false},                                                // 1,200 × 0.21
		"Lustre on hard disks":   {token.FSxLustreFileSystem, "eu-west-1", m{"storageCapacity": 6000.0, "deploymentType": "PERSISTENT_1", "storageType": "HDD", "perUnitStorageThroughput": 12.0, "driveCacheType": "READ"}, nil, "264.00", false}, // 6,000 × 0.044
		"a list of DNS Firewall": {token.Route53ResolverFirewallDomainList, "us-east-1", m{"domains": l{"a.", "b."}}, nil, "0.00", false},                                                                                                          // 2 × 0.0005
	} {
		t.Run(name, func(t *testing.T) {
			r := res("", tt.typ, "x", tt.p)
			r.Region = tt.region
			e := estimator(t, cost.Options{}).Estimate(append(tt.others, r))
			assert.Equal(t, tt.want, e.Expected.StringFixed(2))
			require.NotEmpty(t, e.Lines)
			assert.Equal(t, tt.guessed, strings.Contains(e.Lines[0].Note, "by size"), e.Lines[0].Note)
			assert.Empty(t, e.Unpriced)
		})
	}
}

// Features of resources that are free are not free: each is priced, or said.
func TestFeaturesOfFreeResourcesAreCharged(t *testing.T) {
	for name, tt := range map[string]struct {
		typ             string
		p               m
		unpriced, usage string
	}{
		"a certificate that may be exported": {token.ACMCertificate, m{"options": m{"export": "ENABLED"}}, "exported", ""},
		"a private certificate":              {token.ACMCertificate, m{"certificateAuthorityArn": "arn:ca"}, "", "authority"},
		"a cluster that is watched":          {token.ECSCluster, m{"settings": l{m{"name": "containerInsights", "value": "enhanced"}}}, "", "Container Insights"},
		"pollers of a queue":                 {token.LambdaEventSourceMapping, m{"provisionedPollerConfig": m{"minimumPollers": 2.0}}, "pollers", ""},
		"snapshots of a function":            {token.LambdaFunction, m{"runtime": "python3.13", "snapStart": m{"applyOn": "PublishedVersions"}}, "", "SnapStart"},
		"a pool of the tier Plus":            {token.CognitoUserPool, m{"userPoolTier": "PLUS"}, "", "first active user"},
		"a pool that is guarded":             {token.CognitoUserPool, m{"userPoolAddOns": m{"advancedSecurityMode": "AUDIT"}}, "", "first active user"},
		"fields that are encrypted":          {token.CloudFrontDistribution, m{"orderedCacheBehaviors": l{m{"fieldLevelEncryptionId": "E1"}}}, "", "by the 10,000"},
		"an endpoint of a route server":      {"aws:" + "vpc/routeServerEndpoint:RouteServerEndpoint", m{}, "by the hour", ""},
		"a copy of an image":                 {"aws:" + "ec2/amiCopy:AmiCopy", m{}, "", "snapshots"},
		"files that go faster":               {"aws:" + "s3/bucketAccelerateConfigurationV2:BucketAccelerateConfigurationV2", m{}, "", "per GB"},
		"what looks into TLS":                {"aws:" + "networkfirewall/tlsInspectionConfiguration:TlsInspectionConfiguration", m{}, "by the hour", ""},
		"the log of a zone's queries":        {token.Route53QueryLog, m{}, "", "as logs"},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimate(t, cost.Options{}, res("", tt.typ, "x", tt.p))
			assert.Empty(t, e.Free)
			holds(t, tt.unpriced, e.Unpriced)
			holds(t, tt.usage, e.UsageBased)
		})
	}
	plain := estimate(t, cost.Options{},
		res("", token.ACMCertificate, "x", m{"certificateAuthorityArn": "", "options": m{"export": "DISABLED"}}),
		res("", token.ECSCluster, "y", m{"settings": l{m{"name": "containerInsights", "value": "disabled"}}}),
		res("", token.LambdaEventSourceMapping, "z", m{"provisionedPollerConfig": m{}}))
	assert.Len(t, plain.Free, 3)
	named := estimate(t, cost.Options{}, res("", "aws:"+"kms/replicaExternalKey:ReplicaExternalKey", "k", m{}),
		res("", "aws:"+"servicediscovery/publicDnsNamespace:PublicDnsNamespace", "n", m{}))
	assert.Equal(t, "1.50", named.Expected.StringFixed(2)) // a key and a zone
}
