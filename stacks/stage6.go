package stacks

// stage6 is rung 5 with code at the edge, and with machines held for its
// baseline.
//
//	users ──▶ code at the edge: country, experiment, API key, redirects
//	            │       └── what a cache may keep
//	            ▼
//	          CDN ──▶ shield ──▶ bucket of static files
//	            │
//	            └──▶ the nearest of three or more cells, each as on rung 5;
//	                 its baseline has capacity reserved in every zone
//
// A further region or shard is a changed setting, and creates only.
func stage6(c *cell) error {
	w, err := newWorld(c)
	if err != nil {
		return err
	}
	return c.build(
		c.checkHandover,
		w.checkHistory,
		w.each((*cell).checkRange),
		w.each((*cell).addAlerts),
		c.addBudget,
		w.each((*cell).addBuckets),
		w.replicateUploads,
		w.each((*cell).addNetwork),
		w.addPeering,
		c.addNames,
		c.addOriginSecret,
		w.addKey,
		w.addDatabases,
		w.addShards,
		w.addUsersDatabases,
		w.addAurora,
		w.addProxy,
		w.admitCells,
		w.each((*cell).addCache),
		w.services((*services).addSearch),
		w.each((*cell).addQueue),
		w.addEvents,
		c.keepServer,
		w.each((*cell).addBalancer),
		w.services((*services).addInner),
		w.services((*services).addDiscovery),
		w.routeUsers,
		c.services.addEdgeFirewall,
		w.addEdge,
		c.addCDN,
		w.services((*services).addFirewall),
		c.nameSite,
		w.each((*cell).addCapacity),
		w.each((*cell).addWeb),
		w.each((*cell).addWorkers),
		w.services((*services).addFleets),
		w.services((*services).addGateway),
		w.routeAPI,
		w.services((*services).addSLO),
		w.each((*cell).addClimb),
		w.each((*cell).addDashboard),
		w.services((*services).addServiceDashboard),
		c.export,
		w.export,
	)
}
