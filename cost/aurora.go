package cost

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// ioOptimized is how RDS names Aurora's storage without charges for I/O.
const ioOptimized = "aurora-iopt1"

// priceDBCluster prices what an Aurora cluster shares: storage and I/O. Its
// instances are resources of their own.
func priceDBCluster(s *sheet) {
	engine := s.props.str("engine")
	if !strings.HasPrefix(engine, "aurora") {
		s.unpriced("", fmt.Sprintf("no prices for a Multi-AZ cluster of %q", engine))
		return
	}
	if s.props.str("engineMode") == "serverless" {
		s.unpriced("", "Aurora Serverless v1 is paid per capacity unit and hour, at a price that the catalogue does not "+
			"hold; AWS no longer makes such clusters")
		return
	}
	if !s.load.known {
		s.usage(join("Aurora storage and I/O are paid by use; "+noTraffic, s.rewinding()))
		return
	}
	if why := s.rewinding(); why != "" {
		s.usageItem("backtrack", why)
	}
	firsts := s.firstClusters()
	storage := "storage (Standard)"
	if s.props.str("storageType") == ioOptimized {
		storage = "storage (I/O-Optimized)"
	}
	gb := s.ranged(inGB(float64(s.opts.Traffic.Users) * s.opts.Traffic.StoredBytesPerUser))
	s.bill(charge{item: "storage", service: Aurora, sku: storage, count: split(gb, len(firsts)), basis: Derived,
		note: "what users store"})
	if storage == "storage (Standard)" {
		s.bill(charge{
			item: "I/O requests", service: Aurora, sku: "I/O requests (Standard)", count: split(s.statements(), len(s.byType[token.RDSCluster])), basis: Assumed,
			note: "one per statement that the cache does not answer",
		})
	}
	if furtherRegion(s.r) {
		s.replicatedWrites(firsts)
	}
}

// rewinding says what a cluster costs that can be taken back in time; empty for others.
func (s *sheet) rewinding() string {
	if seconds, ok := s.props.num("backtrackWindow"); !ok || !seconds.IsPositive() {
		return ""
	}
	return "what it keeps to go back in time is paid by the change and hour"
}

// furtherRegion reports whether a cluster is a further region of a global
// database: it joins one, and nobody gives it a password. Its user it learns
// from the first region.
func furtherRegion(r *Resource) bool {
	p := props(r.Props)
	joins := p.str("globalClusterIdentifier") != "" || p.pending("globalClusterIdentifier")
	opens := p.str("masterPassword") != "" || p.pending("masterPassword") || p.flag("manageMasterUserPassword")
	return joins && !opens
}

// firstClusters are the clusters that hold data of their own; further regions
// hold the same again.
func (st *stack) firstClusters() []*Resource {
	var firsts []*Resource
	for _, r := range st.byType[token.RDSCluster] {
		if !furtherRegion(r) {
			firsts = append(firsts, r)
		}
	}
	return firsts
}

// replicatedWrites bills what a further region is sent: by the write, and by
// what crosses the regions.
func (s *sheet) replicatedWrites(firsts []*Resource) {
	writes := s.load.appRequests.times(dec(1 - s.opts.Traffic.ReadShare))
	s.bill(charge{
		item: "replicated writes", service: Aurora, sku: "Global Database replicated write I/O", count: split(writes, len(firsts)), basis: Assumed,
		note: "one I/O each",
	})
	if from := single(firsts); from != nil {
		s.transferFrom(cmp.Or(from.Region, s.opts.Region), len(firsts))
	} else if from := namesake(s.r, firsts); from != nil {
		s.transferFrom(cmp.Or(from.Region, s.opts.Region), len(firsts))
	}
}

// statements is how many database statements a month brings: one per request
// at the servers, less the reads that the cache answers.
func (st *stack) statements() span {
	t := st.opts.Traffic
	return st.load.appRequests.times(dec(1 - t.ReadShare*t.CacheHitRatio))
}

// priceDBClusterNode prices an instance of an Aurora cluster.
func priceDBClusterNode(s *sheet) {
	class := s.props.str("instanceClass")
	if class == "" {
		s.unpriced("", s.props.notKnown("instanceClass"))
		return
	}
	cluster, _ := s.target(s.r, "clusterIdentifier", token.RDSCluster)
	var shared props
	if cluster != nil {
		shared = cluster.Props
	}
	engine := cmp.Or(s.props.str("engine"), shared.str("engine"))
	version := cmp.Or(s.props.str("engineVersion"), shared.str("engineVersion"))
	if class == "db.serverless" {
		s.serverlessUnits(shared)
		return
	}
	variant := "Standard"
	if shared.str("storageType") == ioOptimized {
		variant = "I/O-Optimized"
	}
	name := "MySQL"
	if strings.Contains(engine, "postgresql") {
		name = "PostgreSQL"
	}
	s.machineHours(class, exactly(one), charge{item: class + " hours, Aurora " + name, service: Aurora,
		sku: fmt.Sprintf("%s Aurora %s (%s) on-demand", class, name, variant), basis: Declared})
	s.extendedSupport(engine, version, class, false)
	s.watching(class)
	if s.props.flag("publiclyAccessible") {
		s.address("public IPv4 address", exactly(one), Declared, "")
	}
}

// serverlessUnits bills capacity units between the bounds of the cluster,
// following the load curve as a fleet does.
func (s *sheet) serverlessUnits(cluster props) {
	bounds := cluster.object("serverlessv2ScalingConfiguration")
	least, ok := bounds.num("minCapacity")
	most, ok2 := bounds.num("maxCapacity")
	if !ok || !ok2 {
		s.unpriced("", "the capacity bounds of its cluster are not known")
		return
	}
	most = decimal.Max(most, least)
	units, basis := span{least, least.Add(most.Sub(least).Div(num(4))), most}, Assumed
	note := "a quarter of the way from its minimum to its maximum capacity, as the load is not known"
	if s.load.known {
		units, basis, note = s.curve(least, most), Derived, "between its minimum and maximum capacity"
	}
	variant := "Standard"
	if cluster.str("storageType") == ioOptimized {
		variant = "I/O-Optimized"
	}
	s.bill(charge{
		item: "serverless capacity units", service: Aurora, sku: "Serverless v2 ACU (" + variant + ")",
		count: units.times(hoursPerMonth), basis: basis, note: note,
	})
}
