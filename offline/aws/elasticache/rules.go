package elasticache

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/aws/internal/offer"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func nodeTypeKnown(o *sim.Op) error {
	kind := cmp.Or(o.In.Str("nodeType"), o.In.Str("cacheNodeType"))
	if kind == "" || offer.Has(machine.ElastiCache, kind) {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", fmt.Sprintf("The parameter cacheNodeType has an invalid value %s", kind),
		offer.Hint(machine.ElastiCache, kind))
}

// multiAZNeedsFailover and failoverNeedsNodes are the provider's own checks.
func multiAZNeedsFailover(in sim.Props) []sim.Failure {
	if !in.Bool("multiAzEnabled") || in.Bool("automaticFailoverEnabled") || !in.Known("automaticFailoverEnabled") {
		return nil
	}
	return check.Wrong("multiAzEnabled", "automaticFailoverEnabled must be true if multiAzEnabled is true")
}

func failoverNeedsNodes(in sim.Props) []sim.Failure {
	if !in.Bool("automaticFailoverEnabled") || !in.Known("numCacheClusters") || in.Int("numCacheClusters") > 1 {
		return nil
	}
	return check.Wrong("numCacheClusters", "got %d, must be at least 2 if automaticFailoverEnabled is true",
		in.Int("numCacheClusters"))
}

// tokenForm follows the ElastiCache API reference.
func tokenForm(in sim.Props) []sim.Failure {
	token := in.Str("authToken")
	switch {
	case !in.Known("authToken"):
		return nil
	case len(token) < 16 || len(token) > 128:
		return check.Wrong("authToken", "got %d characters, want 16 to 128", len(token))
	case strings.ContainsAny(token, `/"@ `):
		return check.Wrong("authToken", `only alphanumeric characters or symbols (excluding @, ", /, and spaces) allowed`)
	}
	return nil
}

func tokenNeedsTLS(o *sim.Op) error {
	if !o.In.Has("authToken") || o.In.Bool("transitEncryptionEnabled") {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", "The AUTH token is only supported when encryption-in-transit is enabled",
		"Set transitEncryptionEnabled, or take authToken away.")
}

// shape is how many shards a group has, and replicas each.
func shape(in sim.Props) (shards, replicas int) {
	if in.Has("numCacheClusters") && !in.Has("numNodeGroups") && !in.Has("replicasPerNodeGroup") {
		return 1, max(in.Int("numCacheClusters")-1, 0)
	}
	return max(in.Int("numNodeGroups"), 1), in.Int("replicasPerNodeGroup")
}

// mode is the cluster mode that the inputs ask for, or that their parameter
// group implies.
func mode(o *sim.Op) string {
	if m := o.In.Str("clusterMode"); m != "" {
		return m
	}
	if shards, _ := shape(o.In); shards > 1 || clusterGroup(o) {
		return "enabled"
	}
	return "disabled"
}

// clusterGroup reports whether the parameter group switches the cluster on.
func clusterGroup(o *sim.Op) bool {
	name := o.In.Str("parameterGroupName")
	group, _ := o.Find(token.ElastiCacheParameterGroup, name)
	for _, p := range group.Maps("parameters") {
		if p.Str("name") == "cluster-enabled" {
			return p.Str("value") == "yes"
		}
	}
	return strings.HasSuffix(name, ".cluster.on")
}

func failoverNeedsReplica(o *sim.Op) error {
	_, replicas := shape(o.In)
	failover := o.In.Bool("automaticFailoverEnabled")
	switch {
	case mode(o) == "enabled" && !failover:
		return sim.Refuse("InvalidParameterValue",
			"Redis with cluster mode enabled cannot be created with auto failover turned off",
			"Set automaticFailoverEnabled.")
	case mode(o) != "enabled" && failover && replicas == 0:
		return sim.Refuse("InvalidParameterCombination",
			"Automatic failover is not supported for replication groups without read replicas",
			"Give replicasPerNodeGroup of 1 or more (or numCacheClusters of 2), or set automaticFailoverEnabled to false.")
	}
	return nil
}

// modeFits: the mode, the number of shards and the parameter group must agree
// (ElastiCache user guide, "Modifying cluster mode"; the codes are not verified).
func modeFits(o *sim.Op) error {
	m := mode(o)
	shards, _ := shape(o.In)
	switch {
	case m != "enabled" && shards > 1:
		return sim.Refuse("InvalidParameterCombination",
			fmt.Sprintf("NumNodeGroups %d is not allowed with cluster mode %s", shards, m),
			"Use one shard until clusterMode is enabled.")
	case m != "disabled" && o.In.Has("parameterGroupName") && !clusterGroup(o):
		return sim.Refuse("InvalidParameterCombination",
			fmt.Sprintf("Parameter group %s has cluster-enabled=no, cluster mode is %s", o.In.Str("parameterGroupName"), m),
			"Use a parameter group with cluster-enabled set to yes.")
	case m == "disabled" && clusterGroup(o):
		return sim.Refuse("InvalidParameterCombination",
			fmt.Sprintf("Parameter group %s has cluster-enabled=yes, cluster mode is disabled", o.In.Str("parameterGroupName")),
			"Use a parameter group without cluster-enabled, or another clusterMode.")
	}
	return nil
}

// modeForward: disabled, compatible, enabled, one step at a time and never back.
func modeForward(o *sim.Op) error {
	steps := []string{"disabled", "compatible", "enabled"}
	old, next := cmp.Or(o.Old.Str("clusterMode"), "disabled"), mode(o)
	from, to := slices.Index(steps, old), slices.Index(steps, next)
	_, replicas := shape(o.In)
	switch {
	case to < from:
		return sim.Refuse("InvalidParameterValue", fmt.Sprintf("Cluster mode can't go back from %s to %s", old, next),
			"Keep clusterMode "+old+".")
	case to > from+1:
		return sim.Refuse("InvalidParameterValue", "Cluster mode must be set to compatible before it is set to enabled",
			"Deploy with clusterMode compatible first, move the clients, then deploy enabled.")
	case to > from && (!o.In.Bool("automaticFailoverEnabled") || replicas == 0):
		return sim.Refuse("InvalidParameterCombination",
			"Cluster mode can only be changed with auto failover on and at least one replica",
			"Set automaticFailoverEnabled and one replica first.")
	}
	return nil
}

func cacheWindowsApart(o *sim.Op) error {
	snapshot, maintenance := o.In.Str("snapshotWindow"), o.In.Str("maintenanceWindow")
	if snapshot == "" || maintenance == "" || !datastore.Overlap(snapshot, maintenance) {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", "The snapshot window and maintenance window must not overlap",
		fmt.Sprintf("Move %s or %s.", snapshot, maintenance))
}

func cacheNeedsSubnets(o *sim.Op) error {
	group, ok := o.Find(token.ElastiCacheSubnetGroup, o.In.Str("subnetGroupName"))
	if !ok {
		return sim.Refuse("InvalidParameterCombination", "The default VPC of this account has no cache subnet group default",
			"Give subnetGroupName: the offline account has no default VPC.")
	}
	zones := place.ZonesOfSubnets(o, group.Strs("subnetIds"))
	if o.In.Bool("multiAzEnabled") && len(zones) < 2 {
		return sim.Refuse("InvalidParameterCombination",
			"Multi-AZ needs a subnet group with subnets in at least 2 Availability Zones",
			"Add a subnet of another zone to "+o.In.Str("subnetGroupName")+".")
	}
	for _, id := range o.In.Strs("securityGroupIds") {
		other, ok := o.Find(token.EC2SecurityGroup, id)
		if ok && group.Str("vpcId") != "" && other.Str("vpcId") != "" && other.Str("vpcId") != group.Str("vpcId") {
			return sim.Refuse("InvalidParameterValue",
				fmt.Sprintf("Some security groups are not in the same VPC as the cache subnet group: %s", id),
				"Use a security group of "+group.Str("vpcId")+".")
		}
	}
	return nil
}

func cacheSubnetsInVPC(o *sim.Op) error {
	if _, err := place.OneVPC(o, o.In.Strs("subnetIds")); err != nil {
		return sim.Refuse("InvalidParameterValue", "Subnets of a cache subnet group must be in one VPC: "+err.Error(),
			"Use the subnets of one VPC.")
	}
	return nil
}

// cacheReplacedWhen follows the provider: an older engine version, the way back
// from Valkey to Redis, and TLS switched on or off before Redis 7.0.5 need a new
// group. From Redis to Valkey AWS goes in place, whatever the numbers are.
func cacheReplacedWhen(old, next sim.Props) []string {
	var paths []string
	was, is := cacheEngine(old), cacheEngine(next)
	switch {
	case was == is:
		paths = downgrade(old, next)
	case was != "redis" || is != "valkey":
		paths = []string{"engine"}
	}
	version := cacheVersions[cacheEngine(next)][cacheVersion(next)]
	if datastore.CompareVersions(cmp.Or(version, cacheVersion(next)), "7.0.5") < 0 {
		paths = append(paths, "transitEncryptionEnabled")
	}
	return paths
}

// globalNeedsLargeNodes: global datastores need nodes of m5, r5 or newer, large
// and up (ElastiCache user guide, "Global datastores prerequisites").
func globalNeedsLargeNodes(o *sim.Op) error {
	primary, _ := o.Find(token.ElastiCacheReplicationGroup, o.In.Str("primaryReplicationGroupId"))
	kind := primary.Str("nodeType")
	if !strings.HasPrefix(kind, "cache.t") && !strings.HasPrefix(kind, "cache.m4") &&
		!strings.HasPrefix(kind, "cache.r4") {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", "Global Datastore is not supported on node type "+kind,
		"Use nodes of m5, r5 or newer in the primary.")
}

func globalEmpty(o *sim.Op) error {
	for _, g := range o.Anywhere(token.ElastiCacheReplicationGroup) {
		if g.Props.Str("globalReplicationGroupId") == o.ID {
			return sim.Refuse("InvalidGlobalReplicationGroupState", "The global replication group still has secondary members",
				"Delete "+g.ID+" in "+g.Region+" first.")
		}
	}
	return nil
}

// cacheFinalSnapshot takes the final snapshot where the inputs name one.
func cacheFinalSnapshot(o *sim.Op) error {
	name := o.In.Str("finalSnapshotIdentifier")
	if name == "" {
		return nil
	}
	if _, taken := o.Kept(sim.Snapshots, "elasticache "+name); taken {
		return sim.Refuse("SnapshotAlreadyExistsFault", "Snapshot with specified name already exists: "+name,
			"Give another finalSnapshotIdentifier and deploy that before the delete.")
	}
	o.Keep(sim.Snapshots, "elasticache "+name, sim.Props{"of": o.In.Str("arn"), "engine": o.In.Str("engine")})
	return nil
}
