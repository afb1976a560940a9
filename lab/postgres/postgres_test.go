package postgres

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParametersOfThePlan(t *testing.T) {
	taken, left := Parameters(map[string]string{
		"log_lock_waits": "1", "random_page_cost": "1.1", "rds.force_ssl": "1", "shared_buffers": "{DBInstanceClassMemory/32768}",
		"work_mem": "65536", "transaction_timeout": "1000", "shared_preload_libraries": "pg_stat_statements,pg_cron",
		"pg_stat_statements.track": "all",
	}, 15)
	assert.Equal(t, map[string]string{"log_lock_waits": "1", "random_page_cost": "1.1",
		"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "all"}, taken)
	assert.Equal(t, []string{"rds.force_ssl", "shared_buffers", "transaction_timeout", "work_mem"}, left)
	taken, _ = Parameters(map[string]string{"auto_explain.log_min_duration": "1"}, 15)
	assert.Empty(t, taken, "nobody knows the parameters of a library that is not loaded")
}

func TestSlotsAreNamesOfPostgreSQL(t *testing.T) {
	assert.Equal(t, "rung_dev_database_replica_1_0ae8", Slot("dev-database-replica-1-0ae8"))
	assert.Regexp(t, `^[a-z0-9_]{1,63}$`, Slot("A-very.LONG/name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on"))
}

func TestPasswordsStayOneWord(t *testing.T) {
	s := Server{User: `o"dd`, Password: "it's", Database: "app"}
	assert.Contains(t, s.sql(), `ALTER ROLE "o""dd" PASSWORD 'it''s';`)
}

// A move's slot is not the lab's to drop, and the single server's log is one that
// another may follow.
func TestAMoveMayFollowTheServersLog(t *testing.T) {
	s := Server{Logical: true, Parameters: map[string]string{"max_slot_wal_keep_size": "40960"}}
	assert.Contains(t, s.config(15), "wal_level = 'logical'\n")
	assert.NotContains(t, s.config(15), "40960", "this machine's disk is not the plan's")
	assert.Contains(t, s.sql(), "AND slot_type = 'physical' AND NOT active")
}
