package rds

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/sim"
)

// gp3Striped is the size in GiB from which gp3 volumes of PostgreSQL, MySQL and
// MariaDB are striped and take IOPS and throughput of one's own (RDS user
// guide, "gp3 storage").
const gp3Striped = 400

// storageBounds are the sizes in GiB that a storage type allows for PostgreSQL,
// MySQL and MariaDB (RDS user guide, "Amazon RDS DB instance storage").
var storageBounds = map[string]sim.Range{
	"gp2": {Min: 20, Max: 65536}, "gp3": {Min: 20, Max: 65536}, "io1": {Min: 100, Max: 65536}, "io2": {Min: 100, Max: 65536},
	"standard": {Min: 5, Max: 3072},
}

func storageType(in sim.Props) string {
	if in.Has("iops") && !in.Has("storageType") {
		return "io1"
	}
	return cmp.Or(in.Str("storageType"), "gp2")
}

func storageFits(o *sim.Op) error {
	size, kind := o.In.Int("allocatedStorage"), storageType(o.In)
	if !o.In.Has("allocatedStorage") {
		return nil
	}
	bounds := storageBounds[kind]
	iops, throughput := o.In.Has("iops"), o.In.Has("storageThroughput")
	switch {
	case float64(size) < bounds.Min || float64(size) > bounds.Max:
		return sim.Refuse("InvalidParameterValue",
			fmt.Sprintf("Invalid storage size for engine name %s and storage type %s: %d", o.In.Str("engine"), kind, size),
			fmt.Sprintf("Set allocatedStorage to %v to %v GiB.", bounds.Min, bounds.Max))
	case strings.HasPrefix(kind, "io") && !iops:
		return sim.Refuse("InvalidParameterCombination", "You must specify IOPS for storage type "+kind, "Give iops.")
	case kind == "gp3" && size < gp3Striped && (iops || throughput):
		return sim.Refuse("InvalidParameterCombination",
			fmt.Sprintf("You can't specify IOPS or storage throughput for engine %s and a storage size less than %d",
				o.In.Str("engine"), gp3Striped),
			"Take iops and storageThroughput away (3,000 and 125 MiB/s are included), or take a larger disk.")
	case kind == "gp3" && size >= gp3Striped && ((iops && o.In.Int("iops") < 12000) || o.In.Int("iops") > 64000):
		return sim.Refuse("InvalidParameterCombination",
			fmt.Sprintf("Invalid iops value for storage type gp3: %d", o.In.Int("iops")), "Give 12000 to 64000.")
	case kind == "gp3" && size >= gp3Striped && ((throughput && o.In.Int("storageThroughput") < 500) || o.In.Int("storageThroughput") > 4000):
		return sim.Refuse("InvalidParameterCombination",
			fmt.Sprintf("Invalid storage throughput value for storage type gp3: %d", o.In.Int("storageThroughput")),
			"Give 500 to 4000 MiB/s.")
	case kind != "gp3" && throughput:
		return sim.Refuse("InvalidParameterCombination", "Storage throughput can't be specified for storage type "+kind,
			"Take storageThroughput away, or use gp3.")
	}
	return nil
}

func maxStorageFits(o *sim.Op) error {
	size, limit := o.In.Int("allocatedStorage"), o.In.Int("maxAllocatedStorage")
	if limit == 0 || size == 0 || limit*10 >= size*11 || limit == size {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		fmt.Sprintf("Invalid max storage size for engine name %s and storage type %s: %d",
			o.In.Str("engine"), storageType(o.In), limit),
		fmt.Sprintf("Set maxAllocatedStorage at least a tenth over %d GiB, or take it away.", size))
}

// storageGrows: a disk never shrinks.
func storageGrows(o *sim.Op) error {
	old, next := o.Old.Int("allocatedStorage"), o.In.Int("allocatedStorage")
	if next == 0 || next >= old {
		return nil
	}
	return sim.Refuse("InvalidParameterValue",
		fmt.Sprintf("Requested storage size (%d) cannot be less than the current storage size (%d)", next, old),
		"Keep allocatedStorage; a smaller disk needs a new instance and a dump.")
}

// storageGrewByItself: with storage autoscaling on, the provider takes a disk
// that is larger than asked for as what was asked for.
func storageGrewByItself(old, next sim.Props) []string {
	if old.Int("allocatedStorage") > next.Int("allocatedStorage") &&
		next.Int("maxAllocatedStorage") > next.Int("allocatedStorage") {
		return []string{"allocatedStorage"}
	}
	return nil
}

// noDowngrade: RDS never goes back to an older version, and the provider asks it
// all the same.
func noDowngrade(o *sim.Op) error {
	from, to := cmp.Or(o.Old.Str("engineVersionActual"), o.Old.Str("engineVersion")), o.In.Str("engineVersion")
	if !o.Changed("engineVersion") || !datastore.GoesBack(from, to) {
		return nil
	}
	engine, _ := engineOf(o)
	return sim.Refuse("InvalidParameterCombination", fmt.Sprintf("Cannot upgrade %s from %s to %s", engine, from, to),
		"A database never goes back to an older version: keep "+from+", or restore into a new one beside it and move the "+
			"data.")
}
