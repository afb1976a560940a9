package docdb

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func twoZones(o *sim.Op) error {
	subnets := o.In.Strs("subnetIds")
	if len(place.ZonesOfSubnets(o, subnets)) > 1 {
		return nil
	}
	return sim.Refuse("DBSubnetGroupDoesNotCoverEnoughAZs",
		"The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Add subnets to cover at least 2 AZs.",
		"Give subnets of two zones.")
}

// userNamed: a new cluster has a user; one that is restored has that of its snapshot.
func userNamed(o *sim.Op) error {
	if o.In.Has("snapshotIdentifier") || o.In.Has("restoreToPointInTime") || o.In.Has("globalClusterIdentifier") {
		return nil
	}
	if !o.In.Has("masterUsername") {
		return fmt.Errorf("%q: required field is not set: give masterUsername", "master_username")
	}
	if !o.In.Has("masterPassword") && !o.In.Bool("manageMasterUserPassword") {
		return fmt.Errorf("%q: required field is not set: give masterPassword, or set manageMasterUserPassword",
			"master_password")
	}
	return nil
}

// networkGiven: without a group the cluster would be in the default network, which has one only
// where somebody made it by hand.
func networkGiven(o *sim.Op) error {
	if o.In.Has("dbSubnetGroupName") {
		return nil
	}
	return sim.Refuse("DBSubnetGroupNotFoundFault", "DB subnet group 'default' does not exist.", "Give dbSubnetGroupName.")
}

func versionOffered(o *sim.Op) error {
	if v := o.In.Str("engineVersion"); v != "" && !slices.Contains(versions, v) {
		return sim.Refuse("InvalidParameterCombination", fmt.Sprintf("Cannot find version %s for docdb", v),
			"Take one of "+strings.Join(versions, ", ")+".")
	}
	return nil
}

func noWayBack(o *sim.Op) error {
	if from, to := o.Old.Str("engineVersion"), o.In.Str("engineVersion"); datastore.GoesBack(from, to) {
		return sim.Refuse("InvalidParameterCombination", fmt.Sprintf("Cannot upgrade docdb from %s to %s", from, to),
			"An engine never goes back.")
	} else if to != "" && from != to && !o.In.Bool("allowMajorVersionUpgrade") {
		return sim.Refuse("InvalidParameterCombination",
			"The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
			"Set allowMajorVersionUpgrade.")
	}
	return nil
}

// passwordFits: 8 to 100 printable characters (DocumentDB API, CreateDBCluster).
func passwordFits(o *sim.Op) error {
	text := o.In.Str("masterPassword")
	if text == "" || len(text) >= 8 && len(text) <= 100 && !strings.ContainsAny(text, `/"@`) {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", "The parameter MasterUserPassword is not a valid password.",
		`Give 8 to 100 characters without / " and @.`)
}

var classes = regexp.MustCompile(`^db\.(t3|t4g|r4|r5|r6g|r6gd|r8g|serverless)\b`)

// classOffered: which families DocumentDB has (developer guide, instance classes).
func classOffered(o *sim.Op) error {
	class := o.In.Str("instanceClass")
	if classes.MatchString(class) {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		fmt.Sprintf("RDS does not support creating a DB instance with the following combination: "+
			"DBInstanceClass=%s, Engine=docdb", class),
		"Take a class of memory or a burstable one, db.r6g.large or db.t4g.medium for example.")
}

func members(o *sim.Op, cluster string) []sim.Found {
	return slices.DeleteFunc(o.All(token.DocDBClusterInstance),
		func(m sim.Found) bool { return m.Props.Str("clusterIdentifier") != cluster })
}

// full: one writer and 15 readers.
func full(o *sim.Op) error {
	if len(members(o, o.In.Str("clusterIdentifier"))) < 16 {
		return nil
	}
	return sim.Refuse("InstanceQuotaExceeded", "A cluster has at most 16 instances", "Use larger instances.")
}

func empty(o *sim.Op) error {
	if left := members(o, o.ID); len(left) > 0 {
		return sim.Refuse("InvalidDBClusterStateFault",
			"Cluster cannot be deleted, it still contains DB instances in non-deleting state", "Delete "+left[0].ID+" first.")
	}
	return nil
}

func protected(o *sim.Op) error {
	if !o.In.Bool("deletionProtection") {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		"Cannot delete protected Cluster, please disable deletion protection and try again",
		"Set deletionProtection to false and deploy that before the delete.")
}

// finalSnapshot is the provider's demand, before it asks AWS.
func finalSnapshot(o *sim.Op) error {
	name := o.In.Str("finalSnapshotIdentifier")
	if o.In.Bool("skipFinalSnapshot") {
		return nil
	}
	if name == "" {
		return fmt.Errorf("final_snapshot_identifier is required when skip_final_snapshot is false: set " +
			"finalSnapshotIdentifier " +
			"(or skipFinalSnapshot, to lose the data) and deploy that before the delete")
	}
	if _, stands := o.Kept(sim.Snapshots, "docdb "+name); stands {
		return sim.Refuse("DBClusterSnapshotAlreadyExistsFault",
			fmt.Sprintf("Cannot create the cluster snapshot because one with the identifier %s already exists", name),
			"Give another finalSnapshotIdentifier and deploy that before the delete.")
	}
	o.Keep(sim.Snapshots, "docdb "+name, sim.Props{"of": o.In.Str("arn"), "engine": "docdb",
		"engineVersion": o.In.Str("engineVersion")})
	return nil
}
