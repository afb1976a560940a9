package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// What the upstream provider replaces and what it updates, where one would guess
// the other. Before and after are two inputs that differ in what the row is about.
func TestWhatReplacesAsUpstream(t *testing.T) {
	pkg := awsPackage(t)
	one := func(key string, a, b any) [2]sim.Props { return [2]sim.Props{{key: a}, {key: b}} }
	const (
		instance = token.EC2Instance
		domain   = token.OpenSearchDomain
		caches   = token.ElastiCacheReplicationGroup
		cluster  = token.RDSCluster
		database = token.RDSInstance
	)
	engine := func(engine, version string) sim.Props { return sim.Props{"engine": engine, "engineVersion": version} }
	for name, tt := range map[string]struct {
		typ    string
		change [2]sim.Props
		want   []string
	}{
		"a record's type":         {token.Route53Record, one("type", "A", "AAAA"), []string{"type"}},
		"a mapping's API":         {token.APIGatewayV2ApiMapping, one("apiId", "a", "b"), []string{"apiId"}},
		"where a firewall logs":   {token.WAFv2WebAclLoggingConfiguration, one("logDestinationConfigs", list{"a"}, list{"b"}), []string{"logDestinationConfigs"}},
		"a parameter's data type": {token.SSMParameter, one("dataType", "text", "aws:ec2:image"), []string{"dataType"}},
		"a template's version":    {instance, one("launchTemplate", obj{"id": "lt-1", "version": "1"}, obj{"id": "lt-1", "version": "2"}), []string{"launchTemplate"}},
		"an external key":         {token.KMSKey, one("xksKeyId", "a", "b"), []string{"xksKeyId"}},
		"how a cluster scales":    {cluster, one("clusterScalabilityType", "standard", "limitless"), []string{"clusterScalabilityType"}},

		"where capacity is reserved":  {token.EC2CapacityReservation, one("placementGroupArn", "a", "b"), nil},
		"options of the processor":    {instance, one("cpuOptions", obj{"coreCount": 1.0}, obj{"coreCount": 2.0}), nil},
		"enclaves":                    {instance, one("enclaveOptions", obj{"enabled": false}, obj{"enabled": true}), nil},
		"volumes beside the root":     {instance, one("ebsBlockDevices", list{obj{"deviceName": "/dev/sdf", "volumeSize": 8.0}}, list{obj{"deviceName": "/dev/sdf", "volumeSize": 9.0}}), nil},
		"addresses of IPv6":           {instance, one("ipv6Addresses", list{"2001:db8::1"}, list{"2001:db8::2"}), nil},
		"their number":                {instance, one("ipv6AddressCount", 1.0, 2.0), nil},
		"a NAT's further addresses":   {token.EC2NatGateway, one("secondaryPrivateIpAddressCount", 1.0, 2.0), nil},
		"a peering's options":         {token.EC2TransitGatewayPeeringAttachment, one("options", obj{"dynamicRouting": "enable"}, obj{"dynamicRouting": "disable"}), nil},
		"a key policy's key":          {token.KMSKeyPolicy, one("keyId", "a", "b"), nil},
		"a domain policy's domain":    {token.OpenSearchDomainPolicy, one("domainName", "a", "b"), nil},
		"where a database came from":  {database, one("s3Import", obj{"bucketName": "a"}, obj{"bucketName": "b"}), nil},
		"where a cluster came from":   {cluster, one("s3Import", obj{"bucketName": "a"}, obj{"bucketName": "b"}), nil},
		"an older database":           {database, [2]sim.Props{engine("postgres", "17"), engine("postgres", "16")}, nil},
		"an older cluster":            {cluster, [2]sim.Props{engine("aurora-postgresql", "17.7"), engine("aurora-postgresql", "16.8")}, nil},
		"from Redis to Valkey":        {caches, [2]sim.Props{engine("redis", "7.1"), engine("valkey", "8.0")}, nil},
		"to a Valkey of lower number": {caches, [2]sim.Props{engine("redis", "7.1"), engine("valkey", "7.2")}, nil},
		"from Valkey to Redis":        {caches, [2]sim.Props{engine("valkey", "7.2"), engine("redis", "7.1")}, []string{"engine"}},
		"an older Valkey":             {caches, [2]sim.Props{engine("valkey", "8.0"), engine("valkey", "7.2")}, []string{"engineVersion"}},

		"a search engine within its major": {domain, one("engineVersion", "OpenSearch_2.17", "OpenSearch_2.19"), nil},
		"from 1.3 to 2":                    {domain, one("engineVersion", "OpenSearch_1.3", "OpenSearch_2.19"), nil},
		"from 1.2 to 2":                    {domain, one("engineVersion", "OpenSearch_1.2", "OpenSearch_2.19"), []string{"engineVersion"}},
		"from 2.19 to 3":                   {domain, one("engineVersion", "OpenSearch_2.19", "OpenSearch_3.1"), nil},
		"from 2.17 to 3":                   {domain, one("engineVersion", "OpenSearch_2.17", "OpenSearch_3.1"), []string{"engineVersion"}},
		"from 1.3 to 3":                    {domain, one("engineVersion", "OpenSearch_1.3", "OpenSearch_3.1"), []string{"engineVersion"}},
		"back":                             {domain, one("engineVersion", "OpenSearch_2.19", "OpenSearch_2.17"), []string{"engineVersion"}},
		"from Elasticsearch 7":             {domain, one("engineVersion", "Elasticsearch_7.10", "OpenSearch_1.3"), nil},
		"from Elasticsearch 7 to 2":        {domain, one("engineVersion", "Elasticsearch_7.10", "OpenSearch_2.19"), []string{"engineVersion"}},
		"from Elasticsearch 6.8":           {domain, one("engineVersion", "Elasticsearch_6.8", "Elasticsearch_7.10"), nil},
		"from Elasticsearch 6.7":           {domain, one("engineVersion", "Elasticsearch_6.7", "Elasticsearch_7.10"), []string{"engineVersion"}},
		"to Elasticsearch":                 {domain, one("engineVersion", "OpenSearch_1.0", "Elasticsearch_7.10"), []string{"engineVersion"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ElementsMatch(t, tt.want, pkg.Replaces(tt.typ, tt.change[0], tt.change[1]))
		})
	}
}

// AWS refuses the way back to an older engine, and the provider asks it.
func TestDatabasesNeverGoBack(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := database(c)
	db := c.Must(token.RDSInstance, "database-primary", in)
	_, err := c.Update(db, but(in, sim.Props{"engineVersion": "16", "allowMajorVersionUpgrade": true}))
	require.ErrorContains(t, err, "InvalidParameterCombination")
	require.ErrorContains(t, err, "keep 17.")
	_, err = c.Update(db, but(in, sim.Props{"engineVersion": "17.1"}))
	require.ErrorContains(t, err, "never goes back")
	_, err = c.Update(db, but(in, sim.Props{"engineVersion": "17.6"}))
	require.NoError(t, err)
}

// From Redis to Valkey nothing is lost, so that nothing may stop it.
func TestACacheGoesFromRedisToValkeyInPlace(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := but(cacheIn(c), sim.Props{"engine": "redis", "engineVersion": "7.1"})
	delete(in, "parameterGroupName")
	g := c.Must(token.ElastiCacheReplicationGroup, "cache-group", in)
	valkey := but(in, sim.Props{"engine": "valkey", "engineVersion": "8.0"})
	diff, _, err := c.Diff(g, valkey)
	require.NoError(t, err)
	assert.Empty(t, diff.ReplaceKeys)
	next, err := c.Update(g, valkey)
	require.NoError(t, err)
	assert.Equal(t, g.ID, next.ID)
	assert.Equal(t, "valkey", next.Str("engine"))
}
