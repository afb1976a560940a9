package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// from is the default of rules that need a stage.
func from(level rule.Level, mandatoryFrom ladder.Number) rule.Default {
	return rule.Default{Level: level, Mandatory: mandatoryFrom, From: ladder.First}
}

// DataReplacementID is the rule that runs over planned steps.
const DataReplacementID = "data-replacement"

func stage() []rule.Rule {
	return []rule.Rule{
		{
			ID: "data-store-multi-az", Title: "From stage 3 on no data store lives in one zone", Severity: rule.Critical, Kind: rule.OnStack,
			Why: "Below stage 3 a second zone is paid for and saves nothing: the one server is in one zone anyway.", Default: from(rule.Advisory, 3),
			Types: []string{token.RDSInstance, token.ElastiCacheReplicationGroup, token.OpenSearchDomain, token.EBSVolume, token.RDSSubnetGroup}, Stack: storesSpread,
		},
		{
			ID: "replica-source-backed-up", Title: "What replicas copy is backed up", Severity: rule.High, Kind: rule.OnStack,
			Why: "AWS refuses a replica of a database without backups, in the middle of the deployment.", Default: mandatory,
			Types: []string{token.RDSInstance}, Stack: replicaSource,
		},
		{
			ID: "data-protected", Title: "Everything that holds data is protected twice", Severity: rule.Critical, Kind: rule.OnResource,
			Why: "Pulumi's protection stops a wrong line of code, AWS's own stops a wrong click.", Default: rule.Default{Level: rule.Advisory, Mandatory: 2},
			Types: dataTypes(), Resource: dataProtected,
		},
		{
			ID: DataReplacementID, Title: "Nothing that holds data is replaced or deleted", Severity: rule.Critical, Kind: rule.OnPlan,
			Why: "A changed name can mean an empty database. Name the resource in rung:confirmDataLoss to let it go.", Default: mandatory,
			Types: dataTypes(),
		},
		{
			ID: "premature-complexity", Title: "Nothing is built before its stage", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "Start simple and grow as needed: every part costs money and attention.", Default: from(rule.Advisory, 0),
			Types: prematureTypes(), Stack: premature,
			Params: []rule.Param{{Name: "strict", Meaning: "make the rule mandatory", Default: false}},
			Strict: func(s rule.Settings) bool {
				strict, _ := s.Rules["premature-complexity"].Params["strict"].(bool)
				return strict
			},
		},
		{
			ID: "nat-per-stage", Title: "NAT fits the stage, and S3 does not go through it", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "A NAT gateway costs more than a small server; traffic to S3 through it costs per byte, through an endpoint nothing.", Default: from(rule.Mandatory, 0),
			Types: []string{token.EC2NatGateway, token.EC2VpcEndpoint, token.AutoScalingGroup}, Stack: natFits,
		},
		{
			ID: "size-ladder", Title: "Machines are of a size that fits the stage", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Beyond the largest size the next stage is cheaper; burstable machines slow down under steady load.", Default: from(rule.Mandatory, 0),
			Types: sizedTypes(), Resource: sizeFits,
			Params: []rule.Param{{Name: "factor", Meaning: "multiplies the largest size, in units of a large", Default: 1.0, Low: 0.1, High: 100}},
		},
	}
}

// spreadFrom is the stage from which data lives in two zones.
const spreadFrom = 3

func storesSpread(c *rule.Check, s *rule.Stack) {
	if c.Settings.Stage < spreadFrom {
		paidForNothing(c, s)
		return
	}
	for _, db := range s.Of(token.RDSInstance) {
		if !replica(db) {
			c.Require(db.At("multiAz").Flag(), db, "multiAz", "set it to true (rung:database.multiAz)")
		}
	}
	for _, g := range s.Of(token.RDSSubnetGroup) {
		c.Require(twoZones(s, g, "subnetIds"), g, "subnetIds", "name subnets in at least two zones")
	}
	for _, cache := range s.Of(token.ElastiCacheReplicationGroup) {
		c.Require(cache.At("multiAzEnabled").Flag(), cache, "multiAzEnabled", "set it to true, with at least one replica")
	}
	for _, d := range s.Of(token.OpenSearchDomain) {
		c.Require(d.At("clusterConfig.zoneAwarenessEnabled").Flag(), d, "clusterConfig.zoneAwarenessEnabled",
			"set it to true")
	}
	for _, v := range s.Of(token.EBSVolume) {
		c.Require(rule.No, v, "availabilityZone", "move its data to a store with a standby; a volume lives in one zone")
	}
}

// paidForNothing is the other side of the same rule below stage 3.
func paidForNothing(c *rule.Check, s *rule.Stack) {
	for _, spread := range []struct{ typ, prop string }{{token.RDSInstance, "multiAz"},
		{token.ElastiCacheReplicationGroup, "multiAzEnabled"},
		{token.OpenSearchDomain, "clusterConfig.zoneAwarenessEnabled"}} {
		for _, r := range s.Of(spread.typ) {
			if r.At(spread.prop).Flag() == rule.Yes {
				c.Require(rule.No, r, spread.prop,
					fmt.Sprintf("leave it off until stage %d: it doubles the price, and the rest of stage %d is in one zone",
						spreadFrom, c.Settings.Stage))
			}
		}
	}
}

// sourceDays is how long the source of a replica keeps backups, in days, by stage.
func sourceDays(n ladder.Number) float64 {
	if n < spreadFrom {
		return 1 // what AWS asks for
	}
	return 7
}

func replicaSource(c *rule.Check, s *rule.Stack) {
	days := sourceDays(c.Settings.Stage)
	for _, r := range s.Of(token.RDSInstance) {
		for _, source := range s.Targets(r, "replicateSourceDb", token.RDSInstance) {
			c.Require(source.At("backupRetentionPeriod").AtLeast(days), source, "backupRetentionPeriod",
				fmt.Sprintf("keep at least %g days: %s copies it", days, r.Name))
		}
	}
}

// dataTypes are the types that hold data, as the guard knows them.
func dataTypes() []string {
	var types []string
	for _, k := range guard.Kinds() {
		types = append(types, rule.Canonical(k.Type))
	}
	slices.Sort(types)
	return slices.Compact(types)
}

func dataProtected(c *rule.Check, r *rule.Resource) {
	if c.Settings.MayGo(r) || replica(r) {
		return // confirmed to go; or a copy, whose source is protected
	}
	if !r.Protect {
		c.Fail(r, "protect", "false", "give it the resource option Protect(true)")
	}
	switch r.Type {
	case token.RDSInstance, token.RDSCluster:
		c.Require(r.At("deletionProtection").Flag(), r, "deletionProtection", "set it to true")
		c.Refuse(r.At("skipFinalSnapshot").Flag(), r, "skipFinalSnapshot",
			"set it to false and name a finalSnapshotIdentifier")
	case token.S3Bucket:
		c.Refuse(r.At("forceDestroy").Flag(), r, "forceDestroy", "set it to false: a bucket with objects must refuse to go")
	case token.ElastiCacheReplicationGroup:
		c.Require(r.At("finalSnapshotIdentifier").Given(), r, "finalSnapshotIdentifier",
			"name the snapshot that a deletion leaves behind")
	}
}

// DataReplacement is the rule over planned steps: it has the guard's answer in
// the form of every other finding.
func DataReplacement(planned []guard.Change, confirmed []string) []rule.Finding {
	var found []rule.Finding
	for _, b := range guard.Check(planned, confirmed) {
		found = append(found,
			rule.Finding{URN: b.URN, Name: b.Name, Property: strings.Join(b.Keys, ", "), Message: b.Message})
	}
	return found
}

const aQueue = "a queue"

// firstStages are the parts of a system and the stage that first calls for
// each. What stands in a rung component is judged as the component.
var firstStages = []struct {
	typ   string
	stage ladder.Number
	what  string
}{
	{"rung:components:CDN", 2, "a CDN"}, {token.CloudFrontDistribution, 2, "a CDN"},
	{"rung:components:LoadBalancer", 3, "a load balancer"}, {token.LBLoadBalancer, 3, "a load balancer"},
	{"rung:components:Fleet", 3, "a fleet"}, {token.AutoScalingGroup, 3, "a fleet"},
	{token.ELBLoadBalancer, 3, "a load balancer"},
	{"rung:components:Database", 3, "a managed database"}, {token.RDSInstance, 3, "a managed database"}, {token.RDSCluster, 3, "a managed database"},
	{"rung:components:Cache", 3, "a managed cache"}, {token.ElastiCacheReplicationGroup, 3, "a managed cache"}, {token.ElastiCacheCluster, 3, "a managed cache"},
	{token.ElastiCacheServerlessCache, 3, "a managed cache"}, {token.MemoryDBCluster, 3, "a managed cache"},
	{"rung:components:Queue", 3, aQueue}, {token.SQSQueue, 3, aQueue},
	{token.EC2NatGateway, 3, "a NAT gateway"},
	{token.RDSProxy, 4, "a database proxy"},
	{token.OpenSearchDomain, 4, "a search domain"}, {token.ElasticsearchDomain, 4, "a search domain"},
	{token.OpenSearchServerlessCollection, 4, "a search collection"},
	{token.APIGatewayV2Api, 4, "an API gateway"}, {token.APIGatewayRestApi, 4, "an API gateway"},
	{token.ECSCluster, 4, "a container cluster"},
	{token.EKSCluster, 4, "a container cluster"},
	{token.RDSGlobalCluster, 5, "a global database"},
	{token.GlobalAcceleratorAccelerator, 5, "a global accelerator"},
	{token.CloudflareWorkersScript, 6, "code at the edge"}, {token.CloudflareWorkerScript, 6, "code at the edge"},
}

func prematureTypes() []string {
	var types []string
	for _, f := range firstStages {
		types = append(types, f.typ)
	}
	return types
}

func premature(c *rule.Check, s *rule.Stack) {
	for _, f := range firstStages {
		if f.stage <= c.Settings.Stage || c.Settings.NeedsQueue && f.what == aQueue {
			continue
		}
		for _, r := range s.Of(f.typ) {
			if owner := s.Component(r); owner != nil && owner != r {
				continue
			}
			c.Fail(r, "type", f.what,
				fmt.Sprintf("%s; this stack is on stage %d, so leave it out", justified(f.stage), c.Settings.Stage))
		}
	}
}

// justified is the load that a stage is built for: more than the one below carries.
func justified(n ladder.Number) string {
	below, err := ladder.Get(n - 1)
	if err != nil {
		return fmt.Sprintf("it belongs to stage %d", n)
	}
	return fmt.Sprintf("it pays off from stage %d on, above %d users or %d requests per second at peak", n, below.Users,
		below.PeakRequestsPerSecond)
}

func natFits(c *rule.Check, s *rule.Stack) {
	var gateways []*rule.Resource
	for _, nat := range s.Of(token.EC2NatGateway) {
		if nat.At("connectivityType").Is("private") != rule.Yes {
			gateways = append(gateways, nat)
		}
	}
	if len(gateways) == 0 {
		return
	}
	c.Missing(gatewayEndpoint(s), gateways[0], "S3 gateway endpoint",
		"add an aws:ec2/vpcEndpoint:VpcEndpoint of type Gateway for S3: it is free")
	if c.Settings.NAT == "" { // what the user says explicitly is a decision
		countNATs(c, s, gateways)
	}
}

func countNATs(c *rule.Check, s *rule.Stack, gateways []*rule.Resource) {
	most := 1
	if c.Settings.Stage >= spreadFrom {
		zones := usedZones(s)
		if len(zones) == 0 && len(s.Of(token.AutoScalingGroup)) > 0 {
			c.Undecided(gateways[0], "NAT gateways")
			return
		}
		most = max(1, len(zones))
		if len(gateways) < most {
			c.Fail(gateways[0], "NAT gateways", fmt.Sprint(len(gateways)),
				fmt.Sprintf("want %d, one in each zone in use: a zone must not depend on another (or say rung:nat single)", most))
		}
	}
	if len(gateways) > most {
		c.Fail(gateways[most], "NAT gateways", fmt.Sprint(len(gateways)),
			fmt.Sprintf("want %d on stage %d", most, c.Settings.Stage))
	}
}

// usedZones are the zones of the fleets.
func usedZones(s *rule.Stack) []string {
	var zones []string
	for _, g := range s.Of(token.AutoScalingGroup) {
		zones = append(zones, zonesOf(s, g, "vpcZoneIdentifiers")...)
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

func gatewayEndpoint(s *rule.Stack) rule.Tri {
	got := rule.No
	for _, e := range s.Of(token.EC2VpcEndpoint) {
		s3 := e.At("serviceName").Matches(func(name string) bool { return strings.HasSuffix(name, ".s3") })
		got = rule.Any(got, rule.All(s3, e.At("vpcEndpointType").Is("Interface", "GatewayLoadBalancer").Not()))
	}
	return got
}
