package advise

// loadRules are about servers and what they cost.
func loadRules() []Rule {
	return []Rule{{
		ID: "busy-server", Symptom: "one server is at its limit",
		Any:   [][]Condition{{busyServer}},
		Steps: []Step{indexes, cacheReads, largerServer, moreServers},
		Climbs: []Rise{{
			On: Stages{To: 1}, To: 2, Tool: "a CDN before a larger server",
			Why: "the CDN answers most requests, those for files, before they reach the server",
		}, {
			On: Stages{To: 2}, To: 3, Tool: "a load balancer and a fleet that scales",
			Why: "two servers carry twice as much, one may fail, and a deployment interrupts nobody",
		}, {
			On: Stages{To: 3}, To: 4, Tool: "services with fleets of their own",
			Why: "each grows by itself, with a store of its own",
		}, {
			On: Stages{To: 4}, To: 5, Tool: "fleets in several regions", Why: "each region takes a part of the users",
		}, {
			On: Stages{To: 5}, To: 6, Tool: "held capacity and further regions",
			Why: "the machines are there when they are asked for",
		}},
		Blocks: []Block{{
			On: Stages{From: 3}, When: []Condition{busyData},
			Text: "the database is the bottleneck: more app servers do not help",
		}},
		Not: []string{
			"one server that carries the load is simpler than two",
			"servers that keep sessions in memory cannot be two: sessions go to Redis first",
		},
		Beyond:   noFurtherStep + "add a region (rung:regions)",
		SeedCost: "$10–50 a month, and the servers", Source: toolkit + "3. Load Balancer; " + strategies + "Horizontal vs Vertical Scaling",
	}, {
		ID: "spiky-load", Symptom: "the load comes in peaks that the servers barely carry",
		Any: [][]Condition{{
			{Measure: PeakToAverage, Is: Over, Than: spiky}, {Measure: ServerCPUPercent, Is: Over, Than: scaleOutCPU},
		}},
		Steps: []Step{jobs, largerServer, schedule, moreServers},
		Climbs: []Rise{{
			On: Stages{To: 2}, To: 3, Tool: "a fleet that grows and shrinks with the load",
			Why: "machines come at 70 % CPU and go when the peak is over: what is paid follows the load",
		}, {
			On: Stages{From: 5, To: 5}, To: 6, Tool: "capacity that is held", Why: "at the peak the machines are to be had",
		}},
		Not:      []string{"a load that is steady is cheaper on machines that are committed to"},
		Beyond:   "the fleets scale already: raise what bounds them, or spread the peak",
		SeedCost: "the servers of the peak, while it lasts", Source: strategies + "Auto-scaling; Right-Sizing Resources",
	}, {
		ID: "bill", Symptom: "the bill is higher than the load explains",
		Any: [][]Condition{
			{{Measure: MonthlyBillDollars, Is: Over, Of: bandOf}},
			{{Measure: AverageCPUPercent, Is: AtMost, Than: idle}},
		},
		Steps: []Step{rightSize, commit, spot, climbDown},
		Climbs: []Rise{{
			On: Stages{To: 1}, To: 2, Tool: "a CDN", Cheaper: true,
			Why: "the bytes of static files cost less from a CDN than from a server: 9 TB are $180 instead of $900 a month",
		}},
		Not:      []string{"a climb never saves money, but for a CDN where the bytes cost more than it does"},
		Beyond:   "what is left is the load itself: `rung cost` shows the month line by line",
		SeedCost: "less than before", Source: strategies + "Cost Optimization; " + toolkit + "1. CDN, Cost Comparison",
	}}
}
