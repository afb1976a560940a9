package elasticache

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// cacheVersions are the engine versions by engine, and what runs when a program
// asks for one (ElastiCache user guide, "Supported engines and versions"; the
// patch parts are examples).
var cacheVersions = map[string]map[string]string{
	"valkey": {"7.2": "7.2.6", "8.0": "8.0.1", "8.1": "8.1.0"},
	"redis":  {"5.0.6": "5.0.6", "6.0": "6.0.5", "6.2": "6.2.6", "6.x": "6.2.6", "7.0": "7.0.7", "7.1": "7.1.0"},
}

// cacheStandard is the version where a program gives none: not verified, AWS
// moves it on.
var cacheStandard = map[string]string{"valkey": "8.0", "redis": "7.1"}

// cacheFamilies are the parameter group families.
var cacheFamilies = []string{"memcached1.6", "redis5.0", "redis6.x", "redis7", "valkey7", "valkey8"}

// cacheEngine is the engine, redis where a program gives none.
func cacheEngine(in sim.Props) string { return cmp.Or(in.Str("engine"), "redis") }

func cacheVersion(in sim.Props) string {
	return cmp.Or(in.Str("engineVersion"), cacheStandard[cacheEngine(in)])
}

// cacheFamily is the parameter group family of a cache: "valkey8", "redis6.x".
func cacheFamily(in sim.Props) string {
	major, _, _ := strings.Cut(cacheVersion(in), ".")
	switch {
	case cacheEngine(in) == "redis" && major == "6":
		return "redis6.x"
	case cacheEngine(in) == "redis" && major == "5":
		return "redis5.0"
	}
	return cacheEngine(in) + major
}

func cacheEngineKnown(o *sim.Op) error {
	engine, version := cacheEngine(o.In), cacheVersion(o.In)
	known := cacheVersions[engine]
	if _, ok := known[version]; ok || slices.Contains(slices.Collect(maps.Values(known)), version) ||
		o.In.Has("globalReplicationGroupId") {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination", fmt.Sprintf("Cannot find version %s for %s", version, engine),
		"Choose one of "+strings.Join(slices.Sorted(maps.Keys(known)), ", ")+".")
}

func cacheFamilyKnown(o *sim.Op) error {
	family := o.In.Str("family")
	if slices.Contains(cacheFamilies, family) {
		return nil
	}
	return sim.Refuse("InvalidParameterValue",
		fmt.Sprintf("CacheParameterGroupFamily %s is not a valid parameter group family", family),
		"Choose one of "+strings.Join(cacheFamilies, ", ")+".")
}

func cacheFamilyFits(o *sim.Op) error {
	group, ok := o.Find(token.ElastiCacheParameterGroup, o.In.Str("parameterGroupName"))
	if !ok || group.Str("family") == cacheFamily(o.In) {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination",
		fmt.Sprintf("Expected a parameter group of family %s but found one of family %s",
			cacheFamily(o.In), group.Str("family")), "Change the family of the parameter group along with the engine version.")
}

// downgrade: ElastiCache cannot go back to an older version; the provider makes a
// new cache of it.
func downgrade(old, next sim.Props) []string {
	if datastore.GoesBack(old.Str("engineVersion"), next.Str("engineVersion")) {
		return []string{"engineVersion"}
	}
	return nil
}
