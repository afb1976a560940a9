package stacks

// stage3 replaces the one server by parts that scale.
//
//	users ──▶ CDN ──▶ bucket of static files
//	           │
//	           └────▶ load balancer ──▶ web fleet ──▶ cache
//	                                        │    └──▶ database ──▶ replicas
//	                                        ▼
//	                                      queue ──▶ workers
//
// While the handover is pending, the server of stage 2 stays, and the load
// balancer sends the users to it: their data is there.
func stage3(c *cell) steps {
	return steps{
		c.checkHandover,
		c.checkRange,
		c.addAlerts,
		c.addBudget,
		c.addBuckets,
		c.addNetwork,
		c.addNames,
		c.addOriginSecret,
		c.addDatabase,
		c.addCache,
		c.addQueue,
		c.keepServer,
		c.addBalancer,
		c.addCDN,
		c.nameSite,
		c.addWeb,
		c.addWorkers,
		c.addClimb,
		c.addDashboard,
		c.export,
	}
}
