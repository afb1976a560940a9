package cost

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// support is when standard support of a version ends and its paid extension
// begins. Years 1 and 2 cost alike, the third costs more, then it is over.
type support struct{ begins, third time.Time }

// extendedSupport is by engine and major version, from AWS's release calendars.
var extendedSupport = map[string]support{
	"postgres 11": years(2024, 4, 1), "postgres 12": years(2025, 3, 1), "postgres 13": years(2026, 3, 1), "postgres 14": years(2027, 3, 1),
	"mysql 5.7": years(2024, 3, 1), "mysql 8.0": years(2026, 8, 1),
	"aurora-postgresql 11": years(2024, 4, 1), "aurora-postgresql 12": years(2025, 3, 1), "aurora-postgresql 13": years(2026, 3, 1),
	"aurora-postgresql 14": years(2027, 3, 1), "aurora-mysql 5.7": years(2024, 12, 1), "aurora 5.7": years(2024, 12, 1),
	"redis 4": years(2026, 2, 1), "redis 5": years(2026, 2, 1), "redis 6": years(2027, 2, 1),
}

// clusterSupport is when a version of Kubernetes leaves standard support on EKS,
// fourteen months after it came; extended support lasts a year.
var clusterSupport = map[string]time.Time{
	"1.23": date(2023, 10, 12), "1.24": date(2024, 2, 1), "1.25": date(2024, 5, 2), "1.26": date(2024, 6, 12),
	"1.27": date(2024, 7, 25), "1.28": date(2024, 11, 27), "1.29": date(2025, 3, 24), "1.30": date(2025, 7, 24),
	"1.31": date(2025, 11, 27), "1.32": date(2026, 3, 24), "1.33": date(2026, 7, 30),
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func years(y int, m time.Month, d int) support {
	return support{date(y, m, d), date(y+2, m, d)}
}

// supported finds the paid support of a version that is in it today.
func (s *sheet) supported(engine, version string) (major string, of support, paid bool) {
	major = majorVersion(engine, version)
	of, known := extendedSupport[engine+" "+major]
	return major, of, known && !s.opts.Now.Before(of.begins)
}

// inThirdYear reports whether support costs what its last year does.
func (s *sheet) inThirdYear(of support) bool { return !s.opts.Now.Before(of.third) }

// extendedSupport bills an engine version that is past its standard support, by
// the vCPU.
func (s *sheet) extendedSupport(engine, version, class string, standby bool) {
	major, of, paid := s.supported(engine, version)
	if !paid || s.props.str("engineLifecycleSupport") == "open-source-rds-extended-support-disabled" {
		return
	}
	cpus, ok := vcpus(class)
	if !ok {
		s.unpriced("extended support", "the number of vCPUs of "+class+" is not known")
		return
	}
	if standby {
		cpus = cpus.Mul(two)
	}
	sku := "Extended Support years 1-2"
	if s.inThirdYear(of) {
		sku = "Extended Support year 3"
	}
	s.hours(fmt.Sprintf("extended support of %s %s", engine, major), RDS, sku, cpus, Derived,
		"upgrade to a version in standard support to save it")
}

// What extended support of a cache costs, as a part of the node's own price:
// "80 % for years 1 and 2, 160 % for year 3" (AWS's page on ElastiCache extended
// support).
var cachePremium = [2]decimal.Decimal{decimal.New(8, -1), decimal.New(16, -1)}

// cacheSupport bills nodes of an engine version past its standard support.
func (s *sheet) cacheSupport(p props, nodes charge, n span) {
	if engine := p.str("engine"); engine != "" && engine != "redis" {
		return
	}
	major, of, paid := s.supported("redis", p.str("engineVersion"))
	if !paid {
		return
	}
	part := cachePremium[0]
	if s.inThirdYear(of) {
		part = cachePremium[1]
	}
	nodes.item, nodes.count, nodes.basis = "extended support of Redis OSS "+major, n.times(hoursPerMonth), Derived
	nodes.note = "upgrade to a version in standard support, or to Valkey, to save it"
	nodes.factor = &factor{span: exactly(part), source: part.Shift(2).String() +
		" % of the node's price, as AWS's page on ElastiCache extended support says"}
	s.bill(nodes)
}

// majorVersion is the part of an engine version that support goes by.
func majorVersion(engine, version string) string {
	parts := strings.Split(version, ".")
	if strings.HasSuffix(engine, "mysql") && len(parts) > 1 {
		return parts[0] + "." + parts[1]
	}
	return parts[0]
}
