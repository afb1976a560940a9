package stacks_test

import (
	"encoding/base64"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/offline/aws"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
)

// invariants hold for every stage with any settings.
var invariants = map[string]func(require.TestingT, config.Config, *record.Recording){
	"no range overlaps, all lie in the VPC":       rangesFit,
	"the world reaches only what must be reached": worldIsKeptOut,
	"machines have encrypted disks and IMDSv2":    machinesAreSafe,
	"machines find what sets them up":             machinesBoot,
	"stores are encrypted":                        storesAreEncrypted,
	"data is protected unless confirmed":          dataIsProtected,
	"data is backed up":                           dataIsBackedUp,
	"buckets are closed":                          bucketsAreClosed,
	"whatever takes tags carries ours":            tagsAreComplete,
	"secrets stay secret":                         secretsStaySecret,
	"a server answers for itself alone":           healthIsShallow,
	"security groups have room":                   groupsHaveRoom,
	"who acts in a role's name finds it ready":    startersAreReady,
	"everything is priced, free or paid by usage": everythingIsPriced,
	"every component has its place on the map":    componentsHavePlaces,
}

// provider is the table of AWS's types, catalogue that of its prices, each read once.
var (
	provider  = sync.OnceValues(aws.Package)
	catalogue = sync.OnceValues(cost.Load)
)

// Any settings that Parse accepts give a system that keeps the rules.
func TestInvariants(t *testing.T) {
	often(t, drawn, nightlyDrawn)
	rapid.Check(t, func(t *rapid.T) {
		s, c := draw(t)
		rec := build(t, s)
		for _, name := range slices.Sorted(maps.Keys(invariants)) {
			t.Log(name)
			invariants[name](t, c, rec)
		}
	})
}

// The same for what most people will deploy, where a failure names the rule.
func TestInvariantsOfTheDefaults(t *testing.T) {
	for _, s := range []settings{
		{"stage": "1"},
		{"stage": "1", "domain": "example.com"},
		{"stage": "2", "domain": "example.com"},
		{"stage": "2", "cdn": "cloudflare", "domain": "example.com", "cloudflareZone": strings.Repeat("0a", 16)},
		{"stage": "3"},
		{"stage": "3", "handover": "pending"},
		{"stage": "3", "cdn": "none", "domain": "example.com", "nat": "instance"},
		{"stage": "4"},
		{"stage": "4", "domain": "example.com", "web.max": "200"},
		{"stage": "4", "handover": "pending", "cdn": "none"},
		{"stage": "5"},
		{"stage": "5", "domain": "example.com", "regions": "eu-west-1,us-east-1,ap-southeast-2", "database.shards": "3"},
		{"stage": "5", "domain": "example.com", "cdn": "none", "network.link": "transit-gateway", "traffic.routing": "failover"},
		{"stage": "5", "handover": "pending"},
	} {
		c, err := config.Parse(s)
		require.NoError(t, err)
		rec := build(t, s)
		for name, holds := range invariants {
			t.Run("stage"+s["stage"]+"/"+name, func(t *testing.T) { holds(t, c, rec) })
		}
	}
}

func rangesFit(t require.TestingT, c config.Config, rec *record.Recording) {
	wholes := ranges(rec, token.EC2Vpc)
	require.Len(t, wholes, len(c.Regions))
	apart(t, wholes)
	for _, vpc := range rec.All(token.EC2Vpc) {
		if own := c.Network.Ranges[vpc.Region]; own != "" {
			assert.Equal(t, own, vpc.String("cidrBlock"), vpc.Region)
		}
	}
	subnets, tiers := ranges(rec, token.EC2Subnet), 1
	if c.Stage >= 3 {
		tiers = 3
	}
	assert.Len(t, subnets, len(c.Regions)*c.Zones*tiers, "a subnet for each zone and tier")
	apart(t, subnets)
	for name, p := range subnets {
		assert.True(t, slices.ContainsFunc(slices.Collect(maps.Values(wholes)), func(whole netip.Prefix) bool {
			return whole.Contains(p.Addr()) && p.Bits() > whole.Bits()
		}), "%s: %s is in no network", name, p)
	}
}

// ranges are the address ranges of the resources of a type, by name.
func ranges(rec *record.Recording, typ string) map[string]netip.Prefix {
	all := map[string]netip.Prefix{}
	for _, r := range rec.All(typ) {
		all[r.Name] = netip.MustParsePrefix(r.String("cidrBlock"))
	}
	return all
}

func apart(t require.TestingT, all map[string]netip.Prefix) {
	for name, p := range all {
		for other, q := range all {
			assert.False(t, name < other && p.Overlaps(q), "%s: %s overlaps %s, %s", name, p, other, q)
		}
	}
}

// worldIsKeptOut: a range may come in when it is one of the VPCs', when it is
// Cloudflare's before a site behind Cloudflare, or, without any CDN, when it
// is the way of users to a load balancer or the server.
func worldIsKeptOut(t require.TestingT, c config.Config, rec *record.Recording) {
	v4, v6 := cdn.CloudflareRanges()
	vpcs := slices.Collect(maps.Values(ranges(rec, token.EC2Vpc)))
	for _, in := range ingress(rec) {
		own := slices.ContainsFunc(vpcs, func(vpc netip.Prefix) bool {
			return vpc.Contains(in.from.Addr()) && in.from.Bits() >= vpc.Bits()
		})
		if own {
			continue
		}
		assert.Contains(t, doors(c), in.component, "%s lets %s in", in.name, in.from)
		assert.Contains(t, []float64{80, 443}, in.port, "%s lets %s in", in.name, in.from)
		switch c.CDN {
		case config.NoCDN:
			assert.Zero(t, in.from.Bits(), "%s lets %s in", in.name, in.from)
		case config.Cloudflare:
			assert.Contains(t, append(v4, v6...), in.from.String(), in.name)
		default:
			assert.Fail(t, "open beside the CDN", "%s lets %s in", in.name, in.from)
		}
	}
	for _, g := range rec.All(token.EC2SecurityGroup) {
		assert.False(t, g.Has("ingress") || g.Has("egress"), "%s has inline rules, which fight with those beside it", g.Name)
	}
}

// doors are the components that users come to.
func doors(c config.Config) []string {
	list := []string{"server", "loadbalancer"}
	for _, region := range c.Regions[1:] {
		list = append(list, "loadbalancer-"+config.Code(region))
	}
	return list
}

// way is a range that a rule lets in.
type way struct {
	name, component string
	from            netip.Prefix
	port            float64
}

func ingress(rec *record.Recording) []way {
	var list []way
	for _, r := range rec.All(token.VPCSecurityGroupIngressRule) {
		for _, key := range []string{"cidrIpv4", "cidrIpv6"} {
			if cidr := r.String(key); cidr != "" {
				list = append(list, way{r.Name, r.Component, netip.MustParsePrefix(cidr), r.Number("fromPort")})
			}
		}
	}
	return list
}

func machinesAreSafe(t require.TestingT, _ config.Config, rec *record.Recording) {
	for _, m := range rec.All(token.EC2Instance) {
		assert.Equal(t, "required", m.String("metadataOptions.httpTokens"), m.Name)
		assert.True(t, m.Bool("rootBlockDevice.encrypted"), m.Name)
	}
	for _, m := range rec.All(token.EC2LaunchTemplate) {
		assert.Equal(t, "required", m.String("metadataOptions.httpTokens"), m.Name)
		disks, _ := m.Value("blockDeviceMappings").([]any)
		assert.NotEmpty(t, disks, "%s: the image's own disk need not be encrypted", m.Name)
		for _, d := range disks {
			ebs, _ := d.(map[string]any)["ebs"].(map[string]any)
			assert.Equal(t, "true", ebs["encrypted"], m.Name)
		}
	}
}

// encrypted says which input must be what for each store; replicas of a
// database inherit it, and Secrets Manager always encrypts.
var encrypted = map[string][]string{
	token.EBSVolume:                   {"encrypted"},
	token.RDSInstance:                 {"storageEncrypted"},
	token.ElastiCacheReplicationGroup: {"atRestEncryptionEnabled", "transitEncryptionEnabled"},
	token.SQSQueue:                    {"sqsManagedSseEnabled"},
}

func storesAreEncrypted(t require.TestingT, _ config.Config, rec *record.Recording) {
	for typ, keys := range encrypted {
		for _, r := range rec.All(typ) {
			for _, key := range keys {
				assert.True(t, r.Bool(key), "%s: %s", r.Name, key)
			}
		}
	}
	for _, b := range rec.All(token.S3BucketV2) {
		sse := about(rec, token.S3BucketServerSideEncryptionConfigurationV2, b)
		require.NotNil(t, sse, "%s has no encryption", b.Name)
		assert.NotEmpty(t, sse.String("rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"), b.Name)
	}
	for _, p := range rec.All(token.SSMParameter) {
		assert.Contains(t, []string{"String", "SecureString"}, p.String("type"), p.Name)
	}
}

// about is the resource of a type that belongs to a bucket.
func about(rec *record.Recording, typ string, bucket record.Resource) *record.Resource {
	for _, r := range rec.All(typ) {
		if r.String("bucket") == bucket.ID {
			return &r
		}
	}
	return nil
}

// dataIsProtected: the engine's protection, the guard's hook and AWS's own
// deletion protection are on, and all of them off for what may go.
func dataIsProtected(t require.TestingT, c config.Config, rec *record.Recording) {
	for _, r := range holders(rec) {
		lifted := slices.Contains(c.ConfirmDataLoss, r.Name)
		assert.Equal(t, !lifted, r.Protect, r.Name)
		assert.NotEmpty(t, r.Hooks["beforeDelete"], "%s has no guard", r.Name)
		switch r.Type {
		case token.RDSInstance:
			assert.Equal(t, !lifted, r.Bool("deletionProtection"), r.Name)
		case token.S3BucketV2:
			assert.Equal(t, lifted, r.Bool("forceDestroy"), r.Name)
		case token.Route53Zone:
			assert.False(t, r.Bool("forceDestroy"), r.Name)
		}
	}
	for _, lb := range rec.All(token.LBLoadBalancer) {
		assert.True(t, lb.Bool("enableDeletionProtection"), lb.Name)
	}
}

// holders are the resources that hold data.
func holders(rec *record.Recording) []record.Resource {
	return slices.DeleteFunc(rec.Custom(), func(r record.Resource) bool {
		_, holds := guard.HoldsData(r.Type)
		return !holds
	})
}

func dataIsBackedUp(t require.TestingT, _ config.Config, rec *record.Recording) {
	for _, r := range rec.All(token.RDSInstance) {
		if r.Has("replicateSourceDb") {
			continue // its data is the primary's
		}
		assert.GreaterOrEqual(t, r.Number("backupRetentionPeriod"), 7.0, r.Name)
		assert.False(t, r.Bool("skipFinalSnapshot"), r.Name)
		assert.NotEmpty(t, r.String("finalSnapshotIdentifier"), r.Name)
	}
	for _, r := range rec.All(token.ElastiCacheReplicationGroup) {
		assert.NotZero(t, r.Number("snapshotRetentionLimit"), r.Name)
		assert.NotEmpty(t, r.String("finalSnapshotIdentifier"), r.Name)
	}
	for _, r := range rec.All(token.EBSVolume) {
		assert.True(t, r.Bool("finalSnapshot"), r.Name)
		assert.NotEmpty(t, rec.All(token.DLMLifecyclePolicy), r.Name)
	}
	for _, r := range rec.All(token.SecretsManagerSecret) {
		assert.GreaterOrEqual(t, r.Number("recoveryWindowInDays"), 7.0, r.Name)
	}
	for _, b := range rec.All(token.S3BucketV2) {
		v := about(rec, token.S3BucketVersioningV2, b)
		if strings.HasPrefix(b.Component, "logs") { // written once, by services that never overwrite
			continue
		}
		require.NotNil(t, v, "%s keeps no versions", b.Name)
		assert.Equal(t, "Enabled", v.String("versioningConfiguration.status"), b.Name)
	}
}

func bucketsAreClosed(t require.TestingT, _ config.Config, rec *record.Recording) {
	for _, b := range rec.All(token.S3BucketV2) {
		block := about(rec, token.S3BucketPublicAccessBlock, b)
		require.NotNil(t, block, b.Name)
		for _, key := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
			assert.True(t, block.Bool(key), "%s: %s", b.Name, key)
		}
		policy := about(rec, token.S3BucketPolicy, b)
		require.NotNil(t, policy, "%s has no policy", b.Name)
		assert.Contains(t, policy.String("policy"), "aws:SecureTransport", "%s answers without TLS", b.Name)
	}
}

// tagsAreComplete asks the provider's own table which types take tags.
func tagsAreComplete(t require.TestingT, c config.Config, rec *record.Recording) {
	provider, err := provider()
	require.NoError(t, err)
	for _, r := range rec.Custom() {
		takes := provider.Schema.Resources[r.Type].Inputs["tags"]
		if takes == "" || r.Type == token.AutoScalingGroup {
			continue
		}
		tags, _ := r.Inputs["tags"].(map[string]any)
		assert.Equal(t, "dev", tags[part.TagStack], r.Name)
		assert.NotEmpty(t, tags[part.TagComponent], r.Name)
		assert.Equal(t, int(c.Stage), stageTag(tags), r.Name)
	}
	for _, g := range rec.All(token.AutoScalingGroup) { // its tags are a list, for its machines too
		text := g.String("tags")
		for _, tag := range []string{part.TagStack, part.TagComponent, part.TagStage} {
			assert.Contains(t, text, tag, g.Name)
		}
	}
}

func stageTag(tags map[string]any) int {
	text, _ := tags[part.TagStage].(string)
	if len(text) != 1 {
		return 0
	}
	return int(text[0] - '0')
}

// secretsStaySecret: a generated secret stands in no input that is not marked
// as one, and in no user data, tag or output at all.
func secretsStaySecret(t require.TestingT, _ config.Config, rec *record.Recording) {
	var secrets []string
	for _, r := range rec.All(token.RandomPassword) {
		text, _ := r.Output("result").(string)
		require.GreaterOrEqual(t, len(text), 20, r.Name)
		secrets = append(secrets, text)
	}
	leaks := func(text string) bool {
		return slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(text, s) })
	}
	for _, r := range rec.Custom() {
		walk(resource.NewProperty(r.InputMap), func(text string) {
			assert.False(t, leaks(text), "%s %s shows a secret", r.Type, r.Name)
		})
		for _, key := range []string{"userData", "userDataBase64", "tags"} {
			assert.False(t, leaks(decoded(r.String(key))), "%s: %s holds a secret", r.Name, key)
		}
	}
	for name, value := range rec.Exports {
		text, _ := value.(string)
		assert.False(t, leaks(text), "the output %s holds a secret", name)
	}
}

// walk visits every text that is not part of a secret.
func walk(v resource.PropertyValue, visit func(string)) {
	switch {
	case v.IsSecret(): // the engine encrypts it
	case v.IsString():
		visit(decoded(v.StringValue()))
	case v.IsArray():
		for _, e := range v.ArrayValue() {
			walk(e, visit)
		}
	case v.IsObject():
		for _, e := range v.ObjectValue() {
			walk(e, visit)
		}
	}
}

// decoded is the text, behind base64 if it is that.
func decoded(text string) string {
	if b, err := base64.StdEncoding.DecodeString(text); err == nil {
		return string(b)
	}
	return text
}

func everythingIsPriced(t require.TestingT, c config.Config, rec *record.Recording) {
	catalogue, err := catalogue()
	require.NoError(t, err)
	e := cost.NewEstimator(catalogue, cost.Options{Traffic: c.Traffic(), Region: c.Home(), Reserved: c.ReservedInstances})
	var resources []cost.Resource
	for _, r := range rec.Custom() {
		props := maps.Clone(r.Outputs)
		maps.Copy(props, r.Inputs)
		props["id"] = r.ID
		resources = append(resources,
			cost.Resource{URN: r.URN, Type: r.Type, Name: r.Name, Component: r.Component, Region: r.Region, Props: props})
	}
	for _, n := range e.Estimate(resources).Unpriced {
		assert.Fail(t, "unpriced", "%s %s %s in %s: %s", n.Type, n.Name, n.Item, c.Home(), n.Reason)
	}
}

// Two stacks in one account must not fight for a name.
func TestTwoStacksShareNoName(t *testing.T) {
	for _, stage := range []string{"2", "3", "5"} { // what these build, the others do too
		s := settings{"stage": stage}
		if stage >= "3" {
			s["handover"] = "pending"
		}
		taken := physicalNames(build(t, s))
		for name := range physicalNames(build(t, s, record.Stack("other"))) {
			assert.False(t, taken[name], "stage %s: two stacks name theirs %v", stage, name)
		}
	}
}

// physicalNames are the names that programs give, by type, name and region.
// The names of what belongs to one resource (a hook of its fleet, a policy of
// its role, a record of its zone, a service of its namespace) are that resource's matter, and any number of
// networks may have a zone of one name.
func physicalNames(rec *record.Recording) map[[3]string]bool {
	names := map[[3]string]bool{}
	for _, r := range rec.Custom() {
		for _, name := range given(r) {
			names[name] = true
		}
	}
	return names
}

// given are the names that the program gives a resource, with its type and region.
func given(r record.Resource) (names [][3]string) {
	switch r.Type {
	case token.AutoScalingLifecycleHook, token.AutoScalingPolicy,
		token.IAMRolePolicy, token.Route53Record, token.Route53Zone,
		token.ServiceDiscoveryService, token.ServiceDiscoveryPrivateDnsNamespace,
		token.APIGatewayV2Stage, token.CloudflareRecord, token.CloudflareRuleset,
		token.CloudflareLoadBalancer:
		return nil
	}
	keys := []string{
		"name", "identifier", "replicationGroupId", "dashboardName", "alarmName", "policyName", "finalSnapshotIdentifier",
		"visibilityConfig.metricName", "title",
	}
	switch r.Type { // elsewhere these name what it belongs to
	case token.RDSCluster:
		keys = append(keys, "clusterIdentifier")
	case token.RDSGlobalCluster:
		keys = append(keys, "globalClusterIdentifier")
	}
	for _, key := range keys {
		if r.Has(key) {
			names = append(names, [3]string{r.Type + " " + key, r.String(key), r.Region})
		}
	}
	return names
}
