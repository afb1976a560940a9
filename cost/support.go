package cost

import (
	"fmt"
	"strings"
	"time"
)

// extendedSupport is when paid extended support begins per engine and major
// version, from AWS's release calendars.
var extendedSupport = map[string]time.Time{
	"postgres 11": date(2024, 4, 1), "postgres 12": date(2025, 3, 1), "postgres 13": date(2026, 3, 1),
	"mysql 5.7": date(2024, 3, 1), "mysql 8.0": date(2026, 8, 1),
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// extendedSupport bills an engine version that is past its standard support.
func (s *sheet) extendedSupport(db database, class string) {
	major := majorVersion(db.engine, db.version)
	begin, ok := extendedSupport[db.engine+" "+major]
	if !ok || s.opts.Now.Before(begin) ||
		s.props.str("engineLifecycleSupport") == "open-source-rds-extended-support-disabled" {
		return
	}
	cpus, ok := vcpus(class)
	if !ok {
		s.unpriced("extended support", "the number of vCPUs of "+class+" is not known")
		return
	}
	if s.props.flag("multiAz") {
		cpus = cpus.Mul(two)
	}
	sku := "Extended Support years 1-2"
	if !s.opts.Now.Before(begin.AddDate(2, 0, 0)) {
		sku = "Extended Support year 3"
	}
	s.hours(fmt.Sprintf("extended support of %s %s", db.engine, major), RDS, sku, cpus, Derived,
		"upgrade to a version in standard support to save it")
}

// majorVersion is the part of an engine version that support goes by.
func majorVersion(engine, version string) string {
	parts := strings.Split(version, ".")
	if engine == "mysql" && len(parts) > 1 {
		return parts[0] + "." + parts[1]
	}
	return parts[0]
}
