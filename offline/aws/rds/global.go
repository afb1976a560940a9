package rds

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// maxSecondaries is how many further regions a global database may have (Aurora
// user guide, "Configuration requirements of an Amazon Aurora global database").
const maxSecondaries = 5

// globalMembers are the other clusters of the global database that an
// operation's cluster is in, the primary first.
func globalMembers(o *sim.Op) []sim.Found {
	global := o.In.Str("globalClusterIdentifier")
	all := slices.DeleteFunc(o.Anywhere(token.RDSCluster), func(c sim.Found) bool {
		return global == "" || c.Props.Str("globalClusterIdentifier") != global || (c.ID == o.ID && c.Region == o.Region)
	})
	slices.SortStableFunc(all, func(a, b sim.Found) int {
		return boolOrder(isGlobalPrimary(b.Props)) - boolOrder(isGlobalPrimary(a.Props))
	})
	return all
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

// isGlobalPrimary reports whether a cluster takes the writes of its global
// database: it has users of its own. Switchovers are not simulated.
func isGlobalPrimary(cluster sim.Props) bool { return cluster.Str("masterUsername") != "" }

// globalHasPrimary reports whether a global database already has a cluster.
func globalHasPrimary(o *sim.Op) bool { return len(globalMembers(o)) > 0 }

// joinsGlobal are the refusals of a cluster that joins a global database. Of
// the codes only that of the key is known from reports; the limits are in the
// Aurora user guide.
func joinsGlobal(o *sim.Op) error {
	members := globalMembers(o)
	if len(members) == 0 {
		return nil
	}
	first := members[0]
	here := slices.IndexFunc(members, func(c sim.Found) bool { return c.Region == o.Region })
	switch {
	case here >= 0:
		return sim.Refuse("InvalidParameterValue", "The global cluster already has a cluster in "+o.Region,
			fmt.Sprintf("A global database has one cluster in each region; %s is there.", members[here].ID))
	case len(members) > o.Quota("rds.global-secondaries", maxSecondaries):
		return sim.Refuse("InvalidParameterValue",
			fmt.Sprintf("The global cluster already has %d secondary clusters", maxSecondaries), "Leave this region out.")
	case instancesOf(o, first) == 0:
		return sim.Refuse("InvalidDBClusterStateFault", "Source cluster "+first.ID+" does not have any DB instances",
			"Create an instance of "+first.ID+" in "+first.Region+" first.")
	case first.Props.Bool("storageEncrypted") && !o.In.Has("kmsKeyId"):
		return sim.Refuse("InvalidParameterCombination",
			"Source cluster is encrypted; pass a valid KMS key for the region of the replica",
			"Set kmsKeyId to the ARN of a key in "+o.Region+".")
	}
	return nil
}

// versionOfGlobal: a region joins in the version of the others, its minor part
// included (Aurora user guide, "Configuration requirements of an Amazon Aurora
// global database"). The code is not verified.
func versionOfGlobal(o *sim.Op) error {
	global := globalOf(o)
	has, wants := global.Str("engineVersionActual"), o.In.Str("engineVersion")
	engine := dbEngines[o.In.Str("engine")]
	if has == "" || wants == "" || engine.actual(wants) == has {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		fmt.Sprintf("The engine version %s of the DB cluster does not match that of the global cluster, %s", wants, has),
		"Give "+has+": all regions of a global database have one version.")
}

// upgradedAsAWhole: of a global database no region goes to another major version by
// itself (Aurora user guide, "Major version upgrades" of a global database). The
// code is not verified.
func upgradedAsAWhole(o *sim.Op) error {
	engine := dbEngines[o.In.Str("engine")]
	was, _, known := engine.majorOf(o.Old.Str("engineVersionActual"))
	wants, _, given := engine.majorOf(o.In.Str("engineVersion"))
	if !o.Changed("engineVersion") || !known || !given || was == wants || globalOf(o) == nil {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		"A major version upgrade of a DB cluster in a global cluster is made by modifying the global cluster",
		"Upgrade "+o.In.Str("globalClusterIdentifier")+" as a whole, by ModifyGlobalCluster with AllowMajorVersionUpgrade.")
}

// globalOf is the global database of an operation's cluster; nil for none.
func globalOf(o *sim.Op) sim.Props {
	for _, g := range o.Anywhere(token.RDSGlobalCluster) {
		if id := o.In.Str("globalClusterIdentifier"); id != "" && g.ID == id {
			return g.Props
		}
	}
	return nil
}

// instancesOf counts a cluster's instances in its own region.
func instancesOf(o *sim.Op, cluster sim.Found) int {
	n := 0
	for _, m := range o.Anywhere(token.RDSClusterInstance) {
		if m.Region == cluster.Region && m.Props.Str("clusterIdentifier") == cluster.ID {
			n++
		}
	}
	return n
}

// forwardsFromElsewhere: only a further region has writes to forward.
func forwardsFromElsewhere(o *sim.Op) error {
	if !o.In.Bool("enableGlobalWriteForwarding") || !isGlobalPrimary(o.In) {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		"Global write forwarding can only be enabled for secondary clusters of a global cluster",
		"Take enableGlobalWriteForwarding away from the primary.")
}

// primaryLast: the provider takes a cluster out of its global database before
// it deletes it, and AWS lets the primary go last.
func primaryLast(o *sim.Op) error {
	members := globalMembers(o)
	if !isGlobalPrimary(o.In) || len(members) == 0 {
		return nil
	}
	return sim.Refuse("InvalidGlobalClusterStateFault",
		"The primary cluster cannot be removed from the global cluster while it has secondary clusters",
		fmt.Sprintf("Delete %s in %s first.", members[0].ID, members[0].Region))
}

// classForGlobal: a global database takes classes with much memory, and
// serverless capacity. The code is not verified.
func classForGlobal(o *sim.Op) error {
	cluster, _ := o.Find(token.RDSCluster, o.In.Str("clusterIdentifier"))
	class := o.In.Str("instanceClass")
	if cluster.Str("globalClusterIdentifier") == "" || strings.HasPrefix(class, "db.r") ||
		strings.HasPrefix(class, "db.x") || class == "db.serverless" {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		"The DB instance class "+class+" isn't supported for Aurora global databases",
		"Choose a class of the families r or x.")
}
