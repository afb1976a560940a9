package postgres

import (
	"maps"
	"slices"
	"strings"
)

// own are parameters that are the lab's: where the server is, what it is given of the
// machine, and what the lab's replication stands on.
var own = map[string]bool{
	"listen_addresses": true, "port": true, "ssl": true, "max_connections": true, "shared_buffers": true,
	"wal_level": true, "max_wal_senders": true, "max_replication_slots": true, "max_wal_size": true, "min_wal_size": true,
	"hot_standby": true, "max_worker_processes": true, "max_parallel_workers": true, "effective_cache_size": true,
	"work_mem": true, "maintenance_work_mem": true, "autovacuum_work_mem": true, "huge_pages": true, "wal_buffers": true,
	"temp_buffers": true, "effective_io_concurrency": true, "maintenance_io_concurrency": true,
	"max_slot_wal_keep_size": true, "autovacuum_max_workers": true, "max_parallel_maintenance_workers": true, "logical_decoding_work_mem": true,
}

// since are parameters that later versions have only, by the first of them. What
// stands in for a newer version is not told of them.
var since = map[string]int{
	"transaction_timeout": 17, "summarize_wal": 17, "io_combine_limit": 17, "synchronized_standby_slots": 17,
	"sync_replication_slots": 17, "reserved_connections": 16, "vacuum_buffer_usage_limit": 16,
	"idle_replication_slot_timeout": 18, "io_method": 18, "io_workers": 18, "track_cost_delay_timing": 18,
}

// libraries are those that Debian's PostgreSQL comes with.
var libraries = map[string]bool{"pg_stat_statements": true, "auto_explain": true, "pg_prewarm": true}

// Parameters divides a plan's into those that the lab's server takes and those that it
// leaves out: what is RDS' own, what is about memory, and what its version lacks.
func Parameters(planned map[string]string, major int) (taken map[string]string, left []string) {
	taken = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(planned)) {
		value := planned[name]
		switch {
		case name == "shared_preload_libraries":
			if value = known(value); value != "" {
				taken[name] = value
			}
		case own[name], strings.HasPrefix(name, "rds."), strings.Contains(value, "{"), major < since[name]:
			left = append(left, name)
		default:
			taken[name] = value
		}
	}
	if taken["shared_preload_libraries"] == "" { // whose own parameters nobody would know
		maps.DeleteFunc(taken, func(name, _ string) bool { return strings.Contains(name, ".") })
	}
	return taken, left
}

func known(list string) string {
	var all []string
	for _, name := range strings.Split(list, ",") {
		if name = strings.TrimSpace(name); libraries[name] {
			all = append(all, name)
		}
	}
	return strings.Join(all, ",")
}
