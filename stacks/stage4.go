package stacks

// stage4 takes services out of the one app, path by path.
//
//	users ──▶ firewall ──▶ CDN ──▶ load balancer ──▶ web fleet (what no service has taken over)
//	                                    │
//	programs ──▶ API gateway ──▶ inner load balancer ──▶ users service ──▶ users' database
//	                                    ├──▶ posts service ──▶ database (that of stage 3)
//	                                    └──▶ search service ──▶ search engine
//
// Services tell one another what happened through topics, each of which fills
// the queues of those who asked for it.
func stage4(c *cell) error {
	s := &services{cell: c}
	c.services = s
	return c.build(
		c.checkHandover,
		c.checkRange,
		c.addAlerts,
		c.addBudget,
		c.addBuckets,
		c.addNetwork,
		c.addNames,
		c.addOriginSecret,
		c.addDatabase,
		s.addUsersDatabase,
		s.addProxy,
		c.addCache,
		s.addSearch,
		c.addQueue,
		s.addEvents,
		c.keepServer,
		c.addBalancer,
		s.addInner,
		s.addDiscovery,
		s.addEdgeFirewall,
		c.addCDN,
		s.addFirewall,
		c.nameSite,
		c.addWeb,
		c.addWorkers,
		s.addFleets,
		s.addGateway,
		s.addSLO,
		c.addClimb,
		c.addDashboard,
		s.addServiceDashboard,
		c.export,
		s.exportServices,
	)
}
