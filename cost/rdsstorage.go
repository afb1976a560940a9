package cost

import (
	"fmt"
	"strings"
)

// Included in the price of RDS gp3 storage. From a size on, by engine, RDS stripes the
// volume over four; one of SQL Server never.
const (
	rdsIOPS        = 3_000
	rdsIOPSStriped = 12_000
	rdsFlowStriped = 500 // MB/s
	rdsStripedFrom = 400 // GB
	oracleStriped  = 200 // GB
)

// striped reports whether the storage lies over four volumes.
func (d database) striped() bool {
	switch {
	case strings.HasPrefix(d.engine, "sqlserver"):
		return false
	case strings.HasPrefix(d.engine, "oracle"):
		return d.gb.GreaterThanOrEqual(num(oracleStriped))
	}
	return d.gb.GreaterThanOrEqual(num(rdsStripedFrom))
}

// dbStorage bills the storage and the IOPS beyond what it includes. Backups up
// to the size of the storage are free, so they are not billed.
func (s *sheet) dbStorage(db database, zones string) {
	if db.gb.IsZero() {
		s.unpriced("storage", s.props.notKnown("allocatedStorage"))
		return
	}
	kind := db.kind
	if kind == "standard" {
		kind = "magnetic"
	}
	note := "backups up to the same size are free"
	if most, ok := s.props.num("maxAllocatedStorage"); ok && most.GreaterThan(db.gb) {
		note = join(note, "may grow to "+most.String()+" GB")
	}
	s.bill(charge{
		item: fmt.Sprintf("storage, %s %s", db.kind, zones), service: RDS, sku: fmt.Sprintf("%s storage %s", kind, zones),
		count: exactly(db.gb), basis: basisOf(s.props.has("allocatedStorage")), note: note,
	})
	s.dbSpeed(db, zones)
}

// dbSpeed bills IOPS and throughput beyond what the storage includes.
func (s *sheet) dbSpeed(db database, zones string) {
	iops, _ := s.props.num("iops")
	switch db.kind {
	case "gp3":
		included, flow := num(rdsIOPS), num(gp3Throughput)
		if db.striped() {
			included, flow = num(rdsIOPSStriped), num(rdsFlowStriped)
		}
		if extra := iops.Sub(included); extra.IsPositive() {
			s.monthly("IOPS above "+included.String(), RDS, "gp3 provisioned IOPS above baseline, "+zones, extra)
		}
		if given, _ := s.props.num("storageThroughput"); given.GreaterThan(flow) {
			s.monthly("throughput above "+flow.String()+" MB/s", RDS, "gp3 provisioned throughput above baseline, "+zones,
				given.Sub(flow))
		}
	case "io1", "io2":
		if iops.IsPositive() {
			s.monthly("provisioned IOPS", RDS, db.kind+" provisioned IOPS "+zones, iops)
		}
	}
}

// basisOf is Declared for a property that is there and Derived for one that
// was taken from elsewhere.
func basisOf(declared bool) Basis {
	if declared {
		return Declared
	}
	return Derived
}
