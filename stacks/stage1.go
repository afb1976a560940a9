package stacks

// stage1 is the single server.
//
//	users ──▶ server ── app
//	             │   ├── PostgreSQL ┐
//	             │   └── Redis      ├──▶ data volume ──▶ daily snapshots
//	             └── nightly dump ──▶ bucket
func stage1(c *cell) steps {
	return steps{
		c.addAlerts,
		c.addBudget,
		c.addBuckets,
		c.addNetwork,
		c.addNames,
		c.addQueue,
		c.addServer,
		c.nameServer,
		c.addClimb,
		c.addDashboard,
		c.export,
	}
}
