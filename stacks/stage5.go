package stacks

// stage5 is the whole of stage 4 in several regions.
//
//	users ──▶ firewall ──▶ CDN ──▶ the nearest cell
//	                                 ├── home ────▶ databases and their shards ◀──┐ writes
//	                                 └── further ─▶ copies of them, to read ──────┘ over the peering
//
// A cell has a load balancer, fleets, services, queues, a cache and a search
// engine of its own. What stages 1 to 4 have made is the home cell, in place.
// While the handover is pending, all users stay with the server there.
func stage5(c *cell) steps { return severalRegions(c) }

// severalRegions are the steps of stages 5 and 6. A step that the settings do not
// ask for does nothing: code at the edge and held capacity are asked for on stage 6.
func severalRegions(c *cell) steps {
	m := newMultiRegion(c)
	return steps{
		c.checkHandover,
		c.checkHistory,
		m.addRegions,
		m.each((*cell).checkRange),
		m.each((*cell).addAlerts),
		c.addBudget,
		m.each((*cell).addBuckets),
		m.replicateUploads,
		m.each((*cell).addNetwork),
		m.addPeering,
		c.addNames,
		c.addOriginSecret,
		m.addKey,
		m.addDatabase,
		m.addShards,
		m.addServiceStores,
		m.addAurora,
		m.addProxy,
		m.admitCells,
		m.each((*cell).addCache),
		m.each((*cell).addSearch),
		m.each((*cell).addQueue),
		m.addEvents,
		c.keepServer,
		m.each((*cell).addBalancer),
		m.each((*cell).addInner),
		m.each((*cell).addDiscovery),
		m.routeUsers,
		c.addEdgeFirewall,
		m.addEdge,
		c.addCDN,
		m.each((*cell).addFirewall),
		c.nameSite,
		m.each((*cell).addCapacity),
		m.each((*cell).addWeb),
		m.each((*cell).addWorkers),
		m.each((*cell).addFleets),
		m.each((*cell).addGateway),
		m.routeAPI,
		m.each((*cell).addSLO),
		m.each((*cell).addClimb),
		m.each((*cell).addDashboard),
		m.each((*cell).addServiceDashboard),
		c.export,
		m.export,
	}
}
