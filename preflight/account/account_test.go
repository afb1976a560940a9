package account

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preflight"
)

const ireland, tokyo = "eu-west-1", "ap-northeast-1"

// need asks for something of every service, in two regions.
func need() preflight.Need {
	n := preflight.Need{
		Stack: "dev", Regions: []string{tokyo, ireland, preflight.Global}, Domain: "example.com", Zone: "Z1",
		Offers: []preflight.Offer{
			{Service: preflight.EC2, Region: ireland, AnyOf: []string{"c7g.large"}, Zones: []string{"eu-west-1a"}},
			{Service: preflight.RDS, Region: ireland, Engine: "postgres", AnyOf: []string{"db.m7g.large"}, Zones: []string{"eu-west-1a"}},
			{Service: preflight.ElastiCache, Region: ireland, AnyOf: []string{"cache.t4g.small"}, Zones: []string{"eu-west-1a"}},
			{Service: preflight.OpenSearch, Region: ireland, Engine: "OpenSearch_2.19", AnyOf: []string{"m7g.large.search"}, Zones: []string{"eu-west-1a"}},
			{Service: preflight.RDSProxy, Region: ireland, AnyOf: []string{"database proxies"}, Zones: []string{"eu-west-1a"}},
			{Service: preflight.VPCLink, Region: ireland, AnyOf: []string{"VPC links"}, Zones: []string{"eu-west-1a"}},
			{Service: preflight.VPCLink, Region: "us-east-1", AnyOf: []string{"VPC links"}, Zones: []string{"us-east-1a"}},
		},
		Versions: []preflight.Version{
			{Service: "rds", Region: ireland, Engine: "postgres", Version: "17"},
			{Service: "elasticache", Region: ireland, Engine: "valkey", Version: "8.0"},
			{Service: "opensearch", Region: ireland, Engine: "opensearch", Version: "OpenSearch_2.19"},
		},
		Names: []preflight.Name{{Place: preflight.Place{Key: preflight.Buckets, Region: preflight.Global}, Name: "free"},
			{Place: preflight.Place{Key: preflight.Buckets, Region: preflight.Global}, Name: "taken"}},
	}
	for _, q := range preflight.Quotas() {
		place := preflight.Place{Key: q.Key, Region: ireland}
		if q.Global {
			place.Region = preflight.Global
		}
		if q.Key == preflight.NATGateways {
			place.Scope = "eu-west-1a"
		}
		n.Amounts = append(n.Amounts, preflight.Amount{Place: place, AtOnce: 1, AtMost: 1})
	}
	return n
}

// full is a world that answers everything that need asks.
func full() *world {
	w := &world{answers: map[string][]string{
		"sts GetCallerIdentity":                    {`<R><GetCallerIdentityResult><Account>111111111111</Account></GetCallerIdentityResult></R>`},
		"ec2 DescribeAvailabilityZones us-east-1":  {zonesXML("us-east-1a use1-az3", "us-east-1b use1-az1")},
		"ec2 DescribeAvailabilityZones " + ireland: {zonesXML("eu-west-1a euw1-az2")},
		"ec2 DescribeAvailabilityZones " + tokyo:   {zonesXML("ap-northeast-1a apne1-az4")},
		"ec2 DescribeInstances": {`<R><reservationSet><item><instancesSet>
			<item><instanceId>i-1</instanceId><instanceType>c7g.large</instanceType><cpuOptions><coreCount>2</coreCount><threadsPerCore>1</threadsPerCore></cpuOptions></item>
			<item><instanceId>i-2</instanceId><instanceType>t3.large</instanceType><instanceLifecycle>spot</instanceLifecycle></item>
			<item><instanceId>i-3</instanceId><instanceType>x2gd.xlarge</instanceType></item>
			<item><instanceId>i-4</instanceId><instanceType>c7g.medium</instanceType><tagSet><item><key>rung:stack</key><value>dev</value></item></tagSet></item>
			</instancesSet></item></reservationSet></R>`},
		"ec2 DescribeAddresses":        {`<R><addressesSet><item><allocationId>eipalloc-1</allocationId></item></addressesSet></R>`},
		"ec2 DescribeVpcs":             {`<R><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet><nextToken>page1</nextToken></R>`, `<R><vpcSet><item><vpcId>vpc-2</vpcId></item></vpcSet></R>`},
		"ec2 DescribeInternetGateways": {`<R><internetGatewaySet/></R>`},
		"ec2 DescribeSecurityGroups":   {`<R><securityGroupInfo><item><groupId>sg-1</groupId></item></securityGroupInfo></R>`},
		"ec2 DescribeVpcEndpoints": {`<R><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><vpcEndpointType>Gateway</vpcEndpointType></item>
			<item><vpcEndpointId>vpce-2</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType></item></vpcEndpointSet></R>`},
		"ec2 DescribeSubnets":     {`<R><subnetSet><item><subnetId>subnet-1</subnetId><availabilityZone>eu-west-1a</availabilityZone></item></subnetSet></R>`},
		"ec2 DescribeNatGateways": {`<R><natGatewaySet><item><natGatewayId>nat-1</natGatewayId><subnetId>subnet-1</subnetId></item></natGatewaySet></R>`},
		"ec2 DescribeInstanceTypeOfferings c7g.large": {`<R><instanceTypeOfferingSet><item><location>eu-west-1b</location></item>
			<item><location>eu-west-1a</location></item></instanceTypeOfferingSet></R>`},
		"elasticloadbalancing DescribeLoadBalancers": {`<R><LoadBalancers><member><LoadBalancerName>a</LoadBalancerName><Type>application</Type></member>
			<member><LoadBalancerName>n</LoadBalancerName><Type>network</Type></member></LoadBalancers><NextMarker>page1</NextMarker></R>`, `<R><LoadBalancers/></R>`},
		"elasticloadbalancing DescribeTargetGroups": {`<R><TargetGroups><member><TargetGroupArn>t</TargetGroupArn></member></TargetGroups></R>`},
		"autoscaling DescribeAutoScalingGroups":     {`<R><AutoScalingGroups><member><AutoScalingGroupName>g</AutoScalingGroupName></member></AutoScalingGroups><NextToken>page1</NextToken></R>`, `<R/>`},
		"rds DescribeDBInstances":                   {`<R><DBInstances><DBInstance><DBInstanceIdentifier>db</DBInstanceIdentifier></DBInstance></DBInstances><Marker>page1</Marker></R>`, `<R><DBInstances><DBInstance><DBInstanceIdentifier>db2</DBInstanceIdentifier></DBInstance></DBInstances></R>`},
		"rds DescribeDBClusters":                    {`<R><DBClusters/></R>`},
		"rds DescribeDBProxies":                     {`<R><DBProxies/></R>`},
		"rds DescribeOrderableDBInstanceOptions db.m7g.large": {`<R><OrderableDBInstanceOptions><OrderableDBInstanceOption><AvailabilityZones>
			<AvailabilityZone><Name>eu-west-1a</Name></AvailabilityZone></AvailabilityZones></OrderableDBInstanceOption></OrderableDBInstanceOptions></R>`},
		"rds DescribeDBEngineVersions postgres":                           {`<R><DBEngineVersions><DBEngineVersion><EngineVersion>17.4</EngineVersion></DBEngineVersion></DBEngineVersions></R>`},
		"elasticache DescribeCacheEngineVersions valkey":                  {`<R><CacheEngineVersions><CacheEngineVersion><EngineVersion>8.0</EngineVersion></CacheEngineVersion></CacheEngineVersions></R>`},
		"elasticache DescribeReservedCacheNodesOfferings cache.t4g.small": {`<R><ReservedCacheNodesOfferings><ReservedCacheNodesOffering/></ReservedCacheNodesOfferings></R>`},
		"elasticache DescribeCacheClusters": {`<R><CacheClusters><CacheCluster><CacheClusterId>c-001</CacheClusterId><ReplicationGroupId>c</ReplicationGroupId><NumCacheNodes>1</NumCacheNodes></CacheCluster>
			<CacheCluster><CacheClusterId>memcached</CacheClusterId><NumCacheNodes>3</NumCacheNodes></CacheCluster></CacheClusters></R>`},
		"iam ListRoles": {`<R><Roles><member><RoleName>admin</RoleName></member></Roles><Marker>page1</Marker></R>`, `<R><Roles><member><RoleName>ops</RoleName></member></Roles></R>`},
		"cloudfront GET /2020-05-31/distribution": {`<DistributionList><NextMarker>page1</NextMarker><Items><DistributionSummary><Id>E1</Id></DistributionSummary></Items></DistributionList>`, `<DistributionList/>`},
		"s3 GET /":                               {`<R><Buckets><Bucket><Name>b1</Name></Bucket></Buckets><ContinuationToken>page1</ContinuationToken></R>`, `<R><Buckets><Bucket><Name>b2</Name></Bucket></Buckets></R>`},
		"s3 HEAD /taken":                         {""},
		"route53 GET /2013-04-01/hostedzone":     {`<R><HostedZones><HostedZone><Id>/hostedzone/Z1</Id></HostedZone></HostedZones></R>`},
		"route53 GET /2013-04-01/healthcheck":    {`<R><HealthChecks/></R>`},
		"route53 GET /2013-04-01/hostedzone/Z1":  {`<R><DelegationSet><NameServers><NameServer>ns-1.awsdns.org</NameServer></NameServers></DelegationSet></R>`},
		"es GET /2021-01-01/domain":              {`{"DomainNames":[{"DomainName":"logs"}]}`},
		"es GET /2021-01-01/opensearch/versions": {`{"Versions":["OpenSearch_3.1"],"NextToken":"page1"}`, `{"Versions":["OpenSearch_2.19"]}`},
		"es GET /2021-01-01/opensearch/instanceTypeDetails/OpenSearch_2.19": {`{"InstanceTypeDetails":[{"InstanceType":"m7g.large.search","AvailabilityZones":["eu-west-1a"]},{"InstanceType":"m7g.medium.search","AvailabilityZones":["eu-west-1b"]}]}`},
		"apigateway GET /v2/vpclinks":                                       {`{"items":[{"vpcLinkId":"l1"}],"nextToken":"page1"}`, `{"items":[{"vpcLinkId":"l2"}]}`},
		"lambda GET /2016-08-19/account-settings/":                          {`{"AccountLimit":{"ConcurrentExecutions":1000,"UnreservedConcurrentExecutions":900}}`},
		"acm ListCertificates":                                              {`{"CertificateSummaryList":[{"CertificateArn":"arn:1"}],"NextToken":"page1"}`, `{"CertificateSummaryList":[{"CertificateArn":"arn:2"}]}`},
	}}
	for i, q := range preflight.Quotas() {
		action := "GetServiceQuota"
		if i%2 == 1 { // the account has no value of its own
			action = "GetAWSDefaultServiceQuota"
		}
		w.answers["servicequotas "+action+" "+q.Code] = []string{fmt.Sprintf(`{"Quota":{"Value":%d.0}}`, 100+i)}
	}
	return w
}

func zonesXML(lines ...string) string {
	var b strings.Builder
	b.WriteString(`<R><availabilityZoneInfo><item><zoneName>closed</zoneName><zoneState>unavailable</zoneState></item>`)
	for _, line := range lines {
		name, id, _ := strings.Cut(line, " ")
		fmt.Fprintf(&b, `<item><zoneName>%s</zoneName><zoneId>%s</zoneId><zoneState>available</zoneState></item>`, name, id)
	}
	return b.String() + `</availabilityZoneInfo></R>`
}

// held are the ids and amounts of a place, as one line.
func held(a preflight.Account, key, region, scope string) string {
	var all []string
	for _, h := range a.Held[preflight.Place{Key: key, Region: region, Scope: scope}] {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s=%d %s", h.ID, h.Amount, h.Stack)))
	}
	return strings.Join(all, ", ")
}

func TestEverythingIsFound(t *testing.T) {
	w := full()
	a, err := caller(t, w).Find(t.Context(), need())
	require.NoError(t, err)
	assert.Empty(t, w.wrong)
	assert.Equal(t, "111111111111", a.ID)
	for i, q := range preflight.Quotas() {
		region := ireland
		if q.Global {
			region = preflight.Global
		}
		assert.Equal(t, 100+i, a.Limits[preflight.Place{Key: q.Key, Region: region}], q.Key)
	}
	for key, want := range map[string]string{
		preflight.OnDemand: "i-1=2, i-4=1 dev", preflight.Spot: "i-2=2", preflight.OnDemandX: "i-3=4", preflight.SpotX: "",
		"ec2.elastic-ips": "eipalloc-1=1", "vpc.vpcs": "vpc-1=1, vpc-2=1", "vpc.gateway-endpoints": "vpce-1=1", "vpc.security-groups": "sg-1=1",
		preflight.Balancers: "a=1", preflight.NetBalancers: "n=1", "elasticloadbalancing.target-groups": "t=1", "autoscaling.groups": "g=1",
		preflight.Databases: "db=1, db2=1", preflight.CacheNodes: "c=1, memcached=3", preflight.Domains: "logs=1",
		"apigateway.vpc-links": "l1=1, l2=1", preflight.Concurrency: "=100", "acm.certificates": "arn:1=1, arn:2=1",
	} {
		assert.Equal(t, want, held(a, key, ireland, ""), key)
	}
	for key, want := range map[string]string{preflight.Distributions: "E1=1", preflight.Buckets: "b1=1, b2=1",
		preflight.Roles: "admin=1, ops=1", "route53.zones": "Z1=1"} {
		assert.Equal(t, want, held(a, key, preflight.Global, ""), key)
	}
	assert.Equal(t, "nat-1=1", held(a, preflight.NATGateways, ireland, "eu-west-1a"))
	assert.Equal(t, []preflight.Zone{{Name: "eu-west-1a", ID: "euw1-az2"}}, a.Zones[ireland])
	offers := map[preflight.Type][]string{
		{Service: "ec2", Region: ireland, Name: "c7g.large"}:                                          {"eu-west-1a", "eu-west-1b"},
		{Service: "rds", Region: ireland, Engine: "postgres", Name: "db.m7g.large"}:                   {"eu-west-1a"},
		{Service: "elasticache", Region: ireland, Name: "cache.t4g.small"}:                            {"eu-west-1a"},
		{Service: "opensearch", Region: ireland, Engine: "OpenSearch_2.19", Name: "m7g.large.search"}: {"eu-west-1a"},
		{Service: "vpc-link", Region: "us-east-1", Name: "VPC links"}:                                 {"us-east-1b"}, // use1-az3 has none
	}
	assert.Equal(t, offers, a.Offered)
	assert.Equal(t, map[preflight.Engine][]string{
		{Service: "rds", Region: ireland, Name: "postgres"}: {"17.4"}, {Service: "elasticache", Region: ireland, Name: "valkey"}: {"8.0"},
		{Service: "opensearch", Region: ireland, Name: "opensearch"}: {"OpenSearch_3.1", "OpenSearch_2.19"},
	}, a.Versions)
	assert.True(t, a.Taken[need().Names[1]])
	assert.False(t, a.Taken[need().Names[0]])
	assert.True(t, preflight.LeadsTo(a.Answers, a.Servers))
	assert.Equal(t, []preflight.Unasked{
		{What: "which zones have VPC links", Region: ireland, Why: "no API of AWS's tells"},
		{What: "which zones have database proxies", Region: ireland, Why: "no API of AWS's tells"},
	}, a.Unasked)
}

// A question that is throttled is asked again until it is answered.
func TestThrottlingIsWaitedOut(t *testing.T) {
	calm, busy := full(), full()
	busy.throttle = 2
	want, err := caller(t, calm).Find(t.Context(), need())
	require.NoError(t, err)
	got, err := caller(t, busy).Find(t.Context(), need())
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Greater(t, len(busy.asked), 2*len(calm.asked))
}

// Who may not ask anything learns which permissions he lacks, all at once.
func TestRefusalsNameThePermission(t *testing.T) {
	w := full()
	w.deny = regexp.MustCompile(`.`)
	a, err := caller(t, w).Find(t.Context(), need())
	require.NoError(t, err)
	assert.Empty(t, a.ID)
	assert.Empty(t, a.Limits)
	assert.Empty(t, a.Held)
	for _, u := range a.Unasked {
		told := strings.HasPrefix(u.What, "which zones have") || strings.HasPrefix(u.What, "whether there is a bucket")
		assert.True(t, told || u.Permission != "", "%s: %s", u.What, u.Why)
	}
	assert.False(t, preflight.Stopping(preflight.Check(need(), a, time.Now())))
}

// One refusal leaves all other answers as they are.
func TestOneRefusalStopsNothingElse(t *testing.T) {
	w := full()
	w.deny = regexp.MustCompile(`DescribeVpcs`)
	a, err := caller(t, w).Find(t.Context(), need())
	require.NoError(t, err)
	at := preflight.Place{Key: "vpc.vpcs", Region: ireland}
	assert.Contains(t, a.Limits, at)
	assert.NotContains(t, a.Held, at)
	i := slices.IndexFunc(a.Unasked, func(u preflight.Unasked) bool { return u.Permission == "ec2:DescribeVpcs" })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, ireland, a.Unasked[i].Region)
}

// Keys that AWS does not know are no lack of permission.
func TestWrongKeysAreToldAsTheyAre(t *testing.T) {
	c := caller(t, full())
	c.Config.Credentials = credentials.NewStaticCredentialsProvider(accessKey, "another", "")
	a, err := c.Find(t.Context(), need())
	require.NoError(t, err)
	assert.Empty(t, a.ID)
	for _, u := range a.Unasked {
		assert.Empty(t, u.Permission, u.What)
	}
	assert.Contains(t, fmt.Sprint(a.Unasked), "SignatureDoesNotMatch")
}

func TestAnInterruptEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := caller(t, full()).Find(ctx, need())
	assert.ErrorIs(t, err, context.Canceled)
}
