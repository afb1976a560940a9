// Package handovertest starts two PostgreSQL servers around a package's tests, for
// rows to stream between.
package handovertest

import (
	"fmt"
	"os"
	"testing"

	"github.com/rung-dev/rung/app/apptest"
)

// streaming are the settings of servers between which rows stream.
var streaming = []string{"wal_level=logical", "wal_retrieve_retry_interval=100ms",
	"max_sync_workers_per_subscription=4", "max_logical_replication_workers=10", "max_worker_processes=20"}

// The two servers, while Run runs.
var (
	// Old is the server that tests move rows from.
	Old *apptest.Cluster
	// New is the server that they move to.
	New *apptest.Cluster
)

// Run runs a package's tests between two servers with these settings besides those of
// a stream, and returns the exit code. It is for TestMain.
func Run(m *testing.M, settings ...string) int {
	settings = append(settings, streaming...)
	for _, server := range []**apptest.Cluster{&Old, &New} {
		c, err := apptest.StartCluster(0, settings...)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer c.Close()
		*server = c
	}
	return m.Run()
}
