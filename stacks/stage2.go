package stacks

// stage2 puts a CDN in front of the same, larger server.
//
//	users ──▶ CDN ──▶ bucket of static files
//	           │
//	           └────▶ server (as on stage 1), open to the CDN only
func stage2(c *cell) steps {
	return steps{
		c.addAlerts,
		c.addBudget,
		c.addBuckets,
		c.addNetwork,
		c.addNames,
		c.addOriginSecret,
		c.addQueue,
		c.addServer,
		c.nameServer,
		c.addCDN,
		c.nameSite,
		c.addClimb,
		c.addDashboard,
		c.export,
	}
}
