package stacks

// stage4 takes services out of the one app, path by path.
//
//	users ──▶ firewall ──▶ CDN ──▶ load balancer ──▶ web fleet (what no service has taken over)
//	                                    │
//	programs ──▶ API gateway ──▶ inner load balancer ──▶ users service ──▶ users' database
//	                                    ├──▶ posts service ──▶ database (that of stage 3)
//	                                    └──▶ search service ──▶ search engine
//
// So it is for rung's own app; for somebody else's the services are those of rung.yaml,
// each with a database of its own, the app's, or none, and there is no search engine.
//
// Rung's services tell one another what happened through topics, each of which fills
// the queues of those who asked for it.
func stage4(c *cell) steps {
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
		c.addServiceStores,
		c.addProxy,
		c.addCache,
		c.addSearch,
		c.addQueue,
		c.addEvents,
		c.keepServer,
		c.addBalancer,
		c.addInner,
		c.addDiscovery,
		c.addEdgeFirewall,
		c.addCDN,
		c.addFirewall,
		c.nameSite,
		c.addWeb,
		c.addWorkers,
		c.addFleets,
		c.addGateway,
		c.addSLO,
		c.addClimb,
		c.addDashboard,
		c.addServiceDashboard,
		c.export,
		c.exportServices,
	}
}
