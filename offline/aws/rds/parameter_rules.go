package rds

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// engineOf is an instance's engine and version, its source's for a replica.
func engineOf(o *sim.Op) (engine, version string) {
	from := inherited(o)
	engine = cmp.Or(o.In.Str("engine"), from.Str("engine"))
	return engine, cmp.Or(o.In.Str("engineVersion"),
		cmp.Or(from.Str("engineVersionActual"), o.Old.Str("engineVersionActual")))
}

func parameterFamily(o *sim.Op) error {
	name := cmp.Or(o.In.Str("parameterGroupName"), o.In.Str("dbParameterGroupName"))
	engine, version := engineOf(o)
	return familyFits(o, token.RDSParameterGroup, name, engine, version)
}

func familyFits(o *sim.Op, token, name, engine, version string) error {
	group, ok := o.Find(token, name)
	if !ok || engine == "" || group.Str("family") == engineFamily(engine, version) {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		fmt.Sprintf("The parameter group %s with DBParameterGroupFamily %s can't be used for this instance. "+
			"Please use a parameter group with DBParameterGroupFamily %s", name, group.Str("family"),
			engineFamily(engine, version)),
		"Change the family of the parameter group along with the engine version.")
}

// staticParameters are parameters that only a restart changes (RDS user guide).
var staticParameters = []string{
	"max_connections", "shared_buffers", "shared_preload_libraries", "rds.logical_replication", "max_wal_senders",
	"max_replication_slots",
	"max_worker_processes", "wal_buffers", "huge_pages", "track_activity_query_size", "max_prepared_transactions",
	"max_locks_per_transaction",
	"autovacuum_max_workers", "rds.babelfish_status", "innodb_log_file_size", "performance_schema",
	"lower_case_table_names",
}

func staticAfterReboot(o *sim.Op) error {
	for _, p := range o.In.Maps("parameters") {
		if slices.Contains(staticParameters, p.Str("name")) && p.Str("applyMethod") == "immediate" {
			return sim.Refuse("InvalidParameterCombination", "cannot use immediate apply method for static parameter",
				fmt.Sprintf("Set applyMethod of %s to pending-reboot.", p.Str("name")))
		}
	}
	return nil
}

func logTypes(o *sim.Op) error {
	engine, version := engineOf(o)
	known, ok := dbEngines[engine]
	for _, log := range o.In.Strs("enabledCloudwatchLogsExports") {
		if ok && !slices.Contains(known.logs, log) {
			return sim.Refuse("InvalidParameterCombination",
				fmt.Sprintf("You cannot use the log types '%s' with engine version %s %s", log, engine, version),
				"Choose of "+strings.Join(known.logs, ", ")+".")
		}
	}
	return nil
}

func majorUpgrade(o *sim.Op) error {
	engine, _ := engineOf(o)
	old, _, known := dbEngines[engine].majorOf(o.Old.Str("engineVersionActual"))
	next, _, given := dbEngines[engine].majorOf(o.In.Str("engineVersion"))
	if !known || !given || old == next || o.In.Bool("allowMajorVersionUpgrade") || o.In.Has("replicateSourceDb") {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		"The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version",
		fmt.Sprintf("Set allowMajorVersionUpgrade to go from %s to %s.", old, next))
}
