package stacks

// stage5 is the whole of rung 4 in several regions.
//
//	users ──▶ firewall ──▶ CDN ──▶ the nearest cell
//	                                 ├── home ────▶ databases and their shards ◀──┐ writes
//	                                 └── further ─▶ copies of them, to read ──────┘ over the peering
//
// A cell has a load balancer, fleets, services, queues, a cache and a search
// engine of its own. What rungs 1 to 4 have made is the home cell, in place.
// While the handover is pending, all users stay with the server there.
func stage5(c *cell) error { return severalRegions(c) }

// severalRegions are the steps of stages 5 and 6. A step that the settings do not
// ask for does nothing: code at the edge and held capacity are asked for on stage 6.
func severalRegions(c *cell) error {
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
