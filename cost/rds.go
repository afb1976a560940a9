package cost

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// freeInsightDays is how long Performance Insights keeps its history for free.
const freeInsightDays = 7

// engines maps what RDS calls an engine to how the price list calls it, where the
// price holds AWS's licence of the engine.
var engines = map[string]string{
	"postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB",
	"sqlserver-ex": "SQL Server Express", "sqlserver-web": "SQL Server Web", "sqlserver-se": "SQL Server Standard",
	"sqlserver-ee": "SQL Server Enterprise", "oracle-se2": "Oracle SE2", "oracle-se2-cdb": "Oracle SE2",
	"oracle-se1": "Oracle SE1",
}

// ownLicence is the same for a licence that the customer brings, which Oracle's
// dearer edition always asks for. The list has one price of it whatever the edition.
var ownLicence = map[string]string{
	"oracle-se": "Oracle SE2 BYOL", "oracle-se1": "Oracle SE2 BYOL",
	"oracle-se2": "Oracle SE2 BYOL", "oracle-se2-cdb": "Oracle SE2 BYOL", "oracle-ee": "Oracle EE BYOL", "oracle-ee-cdb": "Oracle EE BYOL",
}

// engineName is how the price list calls the engine; false for one that has no price.
func engineName(p props, engine string) (string, bool) {
	if own, ok := ownLicence[engine]; ok && (p.str("licenseModel") == "bring-your-own-license" || engines[engine] == "") {
		return own, true
	}
	name, ok := engines[engine]
	return name, ok
}

// database is an RDS instance with what it takes over from its source.
type database struct {
	props   props
	engine  string
	version string
	kind    string
	gb      decimal.Decimal
	replica bool
	source  *Resource // of a replica; nil where it is not of this stack
	note    string
}

// maxChain is how many replicas may feed one another (RDS user guide).
const maxChain = 3

// priceDBInstance prices an RDS instance: hours and storage by engine and
// zones, IOPS beyond the included, paid support and insight, public address.
func priceDBInstance(s *sheet) {
	class := s.props.str("instanceClass")
	if class == "" {
		s.unpriced("", s.props.notKnown("instanceClass"))
		return
	}
	if strings.HasPrefix(s.props.str("engine"), "aurora") {
		priceDBClusterNode(s) // an instance of Aurora that is read as one of RDS
		return
	}
	db, why := s.database()
	if why != "" {
		s.unpriced("", why)
		return
	}
	zones, hourZones := "Single-AZ", "Single-AZ"
	if s.props.flag("multiAz") {
		zones, hourZones = "Multi-AZ", "Multi-AZ (1 standby)"
	}
	engine, ok := engineName(s.props, db.engine)
	if !ok {
		s.unpriced("", fmt.Sprintf("no prices for the engine %q", db.engine))
		return
	}
	if s.databaseIsOff() {
		s.usageItem("hours", "it is stopped; AWS starts it again after seven days")
		s.dbStorage(db, zones)
		return
	}
	s.machineHours(class, exactly(one), charge{
		item: fmt.Sprintf("%s hours, %s %s", class, engine, zones), service: RDS,
		sku: fmt.Sprintf("%s %s %s on-demand", class, engine, hourZones), basis: Declared, note: db.note,
	})
	s.dbStorage(db, zones)
	s.copyTransfer(db)
	s.extendedSupport(db.engine, db.version, class, s.props.flag("multiAz"))
	s.watching(class)
	if s.props.flag("publiclyAccessible") {
		s.address("public IPv4 address", exactly(one), Declared, "")
	}
}

// database reads engine and storage, of the source where it is a replica. The
// second result says why that is not possible.
func (s *sheet) database() (database, string) {
	db := database{props: s.props, engine: s.props.str("engine"), version: s.props.str("engineVersion"),
		kind: s.props.str("storageType")}
	db.gb, _ = s.props.num("allocatedStorage")
	if isReplica(s.props) {
		db.replica = true
		source, how := s.replicaSource(s.r)
		db.source = source
		if source != nil {
			db.note = "replica of " + source.Name + how
		}
		for range maxChain {
			if source == nil {
				break
			}
			db.inherit(source.Props)
			source, _ = s.replicaSource(source)
		}
	}
	if db.engine == "" {
		if s.props.pending("replicateSourceDb") {
			return db, "which database it replicates is not known before the deployment"
		}
		if db.replica {
			return db, "it replicates a database that is not of this stack, so its engine is not known"
		}
		return db, s.props.notKnown("engine")
	}
	if db.kind == "" {
		db.kind = "gp2"
		if iops, _ := s.props.num("iops"); iops.IsPositive() {
			db.kind = "io1"
		}
	}
	return db, ""
}

// isReplica reports whether a database copies another. A state says of every
// other one that its source is "", and a preview may not know yet what it will
// say; but a replica in the making has no engine of its own.
func isReplica(p props) bool {
	if p.pending("replicateSourceDb") {
		return p.str("engine") == ""
	}
	return p.str("replicateSourceDb") != ""
}

// inherit takes from the source what a replica does not say itself.
func (d *database) inherit(source props) {
	if d.engine == "" {
		d.engine, d.version = source.str("engine"), source.str("engineVersion")
	}
	if d.kind == "" {
		d.kind = source.str("storageType")
	}
	if d.gb.IsZero() {
		d.gb, _ = source.num("allocatedStorage")
	}
}

// replicaSource finds what a replica copies: by identifier or ARN; as long as
// that is not known, the first one of its component, the only one there that is
// no replica itself, the only one of the stack, or the one that it is named after.
func (s *sheet) replicaSource(r *Resource) (source *Resource, how string) {
	if !isReplica(r.Props) {
		return nil, ""
	}
	ref := props(r.Props).str("replicateSourceDb")
	_, identifier, _ := strings.Cut(ref, ":db:") // of an ARN
	if source, certain := s.target(r, "replicateSourceDb", token.RDSInstance, identifier); certain {
		return source, ""
	}
	if ref != "" {
		return nil, ""
	}
	if first := s.named(token.RDSInstance, r.Component+"-primary"); first != nil && first != r {
		return first, "" // a copy's further instances follow its first
	}
	var same []*Resource
	for _, p := range s.facts.primaries {
		if p.Component == r.Component {
			same = append(same, p)
		}
	}
	for _, c := range [][]*Resource{same, s.facts.primaries} {
		if p := single(c); p != nil {
			return p, ", the only database that it can replicate"
		}
	}
	return namesake(r, s.facts.primaries), ", after which it is named"
}

// databaseIsOff reports whether an instance stands without running: in its state, or
// by a resource that keeps it so.
func (s *sheet) databaseIsOff() bool {
	return s.props.str("status") == "stopped" || s.facts.stopped[s.r]
}

// watching bills what looks at a database: a long history of its load, and what has
// a price that no property and no catalogue tells.
func (s *sheet) watching(class string) {
	if s.props.str("databaseInsightsMode") == "advanced" {
		s.unpriced("Database Insights", "paid by the vCPU and hour, at a price that the catalogue does not hold")
	} else {
		s.longInsight(class)
	}
	if seconds, ok := s.props.num("monitoringInterval"); ok && seconds.IsPositive() {
		s.usageItem("enhanced monitoring", "paid per GB of the log that it writes, by how often it looks")
	}
	if s.props.flag("dedicatedLogVolume") {
		s.unpriced("dedicated log volume", "a disk of 1,000 GB for the log, at a price that the catalogue does not hold")
	}
}

// longInsight bills a history of Performance Insights beyond the free week.
func (s *sheet) longInsight(class string) {
	days, _ := s.props.num("performanceInsightsRetentionPeriod")
	if !s.props.flag("performanceInsightsEnabled") || days.LessThanOrEqual(num(freeInsightDays)) {
		return
	}
	cpus, ok := vcpus(class)
	family, _, _ := strings.Cut(strings.TrimPrefix(class, "db."), ".")
	c := charge{item: "Performance Insights beyond 7 days", service: RDS, sku: insightSKU + "db." + family,
		count: exactly(cpus),
		basis: Declared}
	if !ok {
		s.unpriced(c.item, "the number of vCPUs of "+class+" is not known")
		return
	}
	known, like := insightFamilies[family[:1]]
	if _, err := s.lookup(Key{RDS, c.sku, s.region}); err != nil && like {
		c.sku = insightSKU + known
		c.factor = &factor{span: exactly(one), assumed: true,
			source: "the price of " + known + ", as that of " + family + " is not known"}
	}
	s.bill(c)
}

const insightSKU = "Performance Insights long-term retention "

// insightFamilies are the families whose price of a long history is known, by the
// letter of their kind.
var insightFamilies = map[string]string{"t": "db.t3", "m": "db.m5", "r": "db.r4", "x": "db.r4"}

// vcpus is how many vCPUs an instance class has, from its size. It does not
// know metal and other odd sizes.
func vcpus(class string) (decimal.Decimal, bool) {
	parts := strings.Split(class, ".")
	if len(parts) < 2 {
		return zero, false
	}
	family, size := parts[len(parts)-2], parts[len(parts)-1]
	switch size {
	case "nano", "micro", "small", "medium":
		if strings.HasPrefix(family, "t") {
			return two, true
		}
		return one, true
	case "large":
		return two, true
	case "xlarge":
		return num(4), true
	}
	n, err := strconv.Atoi(strings.TrimSuffix(size, "xlarge"))
	if err != nil || !strings.HasSuffix(size, "xlarge") {
		return zero, false
	}
	return num(4 * n), true
}

// priceDBProxy prices an RDS proxy by the vCPUs of what it stands before.
func priceDBProxy(s *sheet) {
	target := s.only(token.RDSInstance, s.r)
	if target == nil {
		target = s.only(token.RDSClusterInstance, s.r)
	}
	cpus, basis, note := two, Assumed, "taken as 2 vCPUs, the least that AWS bills; its target is not known"
	if target != nil {
		if n, ok := vcpus(props(target.Props).str("instanceClass")); ok {
			cpus, basis, note = decimal.Max(n, two), Derived, "stands before "+target.Name
		}
	}
	s.hours("proxy vCPU hours", RDS, "RDS Proxy", cpus, basis, note)
}
