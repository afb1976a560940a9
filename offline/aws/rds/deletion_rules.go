package rds

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// dbProtected keeps instances and clusters with deletion protection.
func dbProtected(o *sim.Op) error {
	if !o.In.Bool("deletionProtection") {
		return nil
	}
	what := "DB Instance"
	if o.Kind.Token != token.RDSInstance {
		what = "Cluster"
	}
	return sim.Refuse("InvalidParameterCombination",
		fmt.Sprintf("Cannot delete protected %s, please disable deletion protection and try again", what),
		"Set deletionProtection to false and deploy that before the delete.")
}

// finalSnapshot: without skipFinalSnapshot the provider demands a name for the
// last snapshot before it asks AWS, and a replica has none.
func finalSnapshot(o *sim.Op) error {
	name := o.In.Str("finalSnapshotIdentifier")
	if o.In.Bool("skipFinalSnapshot") {
		return nil
	}
	if name == "" {
		return fmt.Errorf("final_snapshot_identifier is required when skip_final_snapshot is false: " +
			"set finalSnapshotIdentifier (or skipFinalSnapshot, to lose the data) and deploy that before the delete")
	}
	if o.In.Str("replicateSourceDb") != "" {
		return sim.Refuse("InvalidParameterCombination",
			"FinalDBSnapshotIdentifier can not be specified when deleting a read replica",
			"Set skipFinalSnapshot on the replica and deploy that before the delete.")
	}
	if dbSnapshotStands(o, name) {
		return sim.Refuse("DBSnapshotAlreadyExists",
			fmt.Sprintf("Cannot create the snapshot because a snapshot with the identifier %s already exists", name),
			"Give another finalSnapshotIdentifier and deploy that before the delete.")
	}
	o.Keep(sim.Snapshots, "rds "+name, sim.Props{
		"of": o.In.Str("arn"), "engine": o.In.Str("engine"), "engineVersion": o.In.Str("engineVersionActual"),
		"allocatedStorage": o.In.Num("allocatedStorage"), "storageEncrypted": o.In.Bool("storageEncrypted"),
	})
	return nil
}

// dbSnapshotStands reports whether there is a snapshot of a name, made by hand or
// at a delete.
func dbSnapshotStands(o *sim.Op, name string) bool {
	_, byHand := o.Find(token.RDSSnapshot, name)
	_, final := o.Kept(sim.Snapshots, "rds "+name)
	return byHand || final
}

// snapshotStands: a database is restored only from a snapshot that exists. ARNs
// may be another account's and are not looked up.
func snapshotStands(o *sim.Op) error {
	name := o.In.Str("snapshotIdentifier")
	if name == "" || strings.HasPrefix(name, "arn:") || dbSnapshotStands(o, name) {
		return nil
	}
	return sim.Refuse("DBSnapshotNotFound", "DBSnapshot not found: "+name,
		"Restore from a snapshot that exists in "+o.Region+".")
}
