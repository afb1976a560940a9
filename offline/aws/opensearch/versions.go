package opensearch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// searchVersion is an engine's version: "OpenSearch_2.19" in parts.
type searchVersion struct {
	engine       string
	major, minor int
}

func readSearchVersion(text string) searchVersion {
	engine, number, _ := strings.Cut(text, "_")
	major, minor, _ := strings.Cut(number, ".")
	v := searchVersion{engine: engine}
	v.major, _ = strconv.Atoi(major) // the pattern of the property has seen to it
	v.minor, _ = strconv.Atoi(minor)
	return v
}

// step is a way from some versions to the next major, or to the next engine.
type step struct {
	engine string
	major  int
	least  int // of the minors, the first from which the way begins
	to     []searchVersion
}

// upgrades are the ways beyond one major ("Upgrading Amazon OpenSearch Service
// domains", supported upgrade paths, read 2026-11). Within a major each higher
// minor is one.
var upgrades = []step{
	{"Elasticsearch", 5, 6, []searchVersion{{engine: "Elasticsearch", major: 6}}},
	{"Elasticsearch", 6, 8, []searchVersion{{engine: "Elasticsearch", major: 7}, {engine: "OpenSearch", major: 1}}},
	{"Elasticsearch", 7, 0, []searchVersion{{engine: "OpenSearch", major: 1}}},
	{"OpenSearch", 1, 3, []searchVersion{{engine: "OpenSearch", major: 2}}},
	{"OpenSearch", 2, 19, []searchVersion{{engine: "OpenSearch", major: 3}}},
}

// upgradesTo reports whether AWS upgrades a domain from one version to another
// in place.
func (v searchVersion) upgradesTo(next searchVersion) bool {
	if v.engine == next.engine && v.major == next.major {
		return next.minor >= v.minor
	}
	return slices.ContainsFunc(upgrades, func(s step) bool {
		return s.engine == v.engine && s.major == v.major && v.minor >= s.least &&
			slices.ContainsFunc(s.to, func(to searchVersion) bool { return to.engine == next.engine && to.major == next.major })
	})
}

// offUpgradePath makes a domain anew for a version to which AWS does not upgrade it.
func offUpgradePath(old, next sim.Props) []string {
	a, b := old.Str("engineVersion"), next.Str("engineVersion")
	if a == "" || b == "" || readSearchVersion(a).upgradesTo(readSearchVersion(b)) {
		return nil
	}
	return []string{"engineVersion"}
}
