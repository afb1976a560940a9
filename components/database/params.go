package database

import (
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// standing are the parameters of every PostgreSQL, with PostgreSQL's own units.
var standing = map[string]string{
	"rds.force_ssl":                       "1",     // refuse connections without TLS
	"log_min_duration_statement":          "1000",  // log statements that take over a second (ms)
	"log_lock_waits":                      "1",     // log who waits for a lock
	"log_temp_files":                      "10240", // log sorts that spill over 10 MB (kB)
	"log_autovacuum_min_duration":         "10000", // log vacuums that take over 10 s (ms)
	"idle_in_transaction_session_timeout": "60000", // a forgotten transaction must not hold back vacuum (ms)
	"track_io_timing":                     "1",     // show I/O in query plans
	"random_page_cost":                    "1.1",   // SSD: a random read costs as much as one in a row
	"rds.logical_replication":             "1",     // copy into another database while both are written; see the package comment
}

// static are the parameters that RDS only takes at a restart. Declaring them
// so also keeps the plan still: RDS reports a parameter that equals its
// default as pending-reboot, whatever was asked for.
var static = map[string]bool{
	"rds.force_ssl": true, "shared_preload_libraries": true, "max_connections": true, "shared_buffers": true,
	"rds.logical_replication": true, "max_wal_senders": true, "max_replication_slots": true, "max_worker_processes": true,
	"wal_buffers": true, "track_activity_query_size": true, "huge_pages": true,
}

// slotLimit is how much of its log a PostgreSQL keeps for a slot that nobody reads, by
// the disk that it begins with. RDS takes PostgreSQL's own unit, MB.
const slotLimit = "max_slot_wal_keep_size"

// parameters are the standing ones, those that follow the disk, and the user's own.
func (a Args) parameters() rds.ParameterGroupParameterArray {
	own := map[string]string{}
	if a.Engine == PostgreSQL {
		own[slotLimit] = strconv.Itoa(a.AllocatedGiB * 1024 * 2 / logParts)
	}
	maps.Copy(own, a.Parameters)
	return a.kind().parameters(own)
}

// parameters are the engine's standing parameters with the user's own over them,
// sorted by name.
func (k kind) parameters(own map[string]string) rds.ParameterGroupParameterArray {
	all := maps.Clone(k.standing)
	maps.Copy(all, own)
	var list rds.ParameterGroupParameterArray
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, rds.ParameterGroupParameterArgs{
			Name: pulumi.String(name), Value: pulumi.String(all[name]), ApplyMethod: pulumi.String(k.applyMethod(name)),
		})
	}
	return list
}

// applyMethod is when RDS takes a changed parameter over.
func (k kind) applyMethod(name string) string {
	if k.static[name] {
		return "pending-reboot"
	}
	return "immediate"
}
