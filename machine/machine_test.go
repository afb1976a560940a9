package machine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/machine"
)

var services = map[string]machine.Service{"EC2": machine.EC2, "RDS": machine.RDS, "ElastiCache": machine.ElastiCache,
	"OpenSearch": machine.OpenSearch}

func TestTheTableIsSpeltAsAWSSpells(t *testing.T) {
	for name, s := range services {
		seen := map[string]bool{}
		for _, typ := range s.Types() {
			assert.True(t, s.WellFormed(typ), "%s: %s", name, typ)
			assert.True(t, s.Known(typ), typ)
			assert.Contains(t, s.Siblings(typ), typ)
			assert.False(t, seen[typ], "%s: %s stands twice", name, typ)
			seen[typ] = true
		}
		assert.True(t, s.Known(s.Example), name)
		assert.Empty(t, s.Unfit(s.Example), name)
	}
}

func TestKnown(t *testing.T) {
	for service, names := range map[string][]string{
		"EC2":         {"", "t4g", "t4g.", ".small", "t4g.huge", "c7g.zzz", "m9g.large", "db.m7g.large", "m7g.large.search", "T4G.small", "t4g.small ", "t4g.small.x"},
		"RDS":         {"db.foo.bar", "m7g.large", "db.m7g", "db.t4g.nano", "db.m7g.24xlarge", "db.x2gd.large", "db.m7g.large.search", "db.db.m7g.large", "db.serverless"},
		"ElastiCache": {"cache.foo.bar", "cache.t4g.huge", "cache.m7g.24xlarge", "cache.m5.8xlarge", "db.m7g.large", "m7g.large"},
		"OpenSearch":  {"foo.bar.search", "m7g.large", "m7g.large.elasticsearch", "t3.large.search", "ultrawarm1.medium.search"},
	} {
		for _, name := range names {
			assert.False(t, services[service].Known(name), "%s: %q", service, name)
		}
	}
}

func TestWellFormed(t *testing.T) {
	for service, names := range map[string]map[string]bool{
		"EC2":         {"m9g.large": true, "c7g.24xlarge": true, "u7i-12tb.224xlarge": true, "i7ie.metal-24xl": true, "t4g.huge": false, "c7g.zzz": false, "foo.large": false, "m7g": false, "m7g.large!": false},
		"RDS":         {"db.m9g.large": true, "db.foo.bar": false, "m9g.large": false, "db.m9g.large.x": false},
		"ElastiCache": {"cache.m9g.large": true, "cache.foo.bar": false, "m9g.large": false},
		"OpenSearch":  {"m9g.large.search": true, "om3.xlarge.search": true, "foo.bar.search": false, "m9g.large": false},
	} {
		for name, want := range names {
			assert.Equal(t, want, services[service].WellFormed(name), "%s: %q", service, name)
		}
	}
}

func TestRefusal(t *testing.T) {
	for give, tt := range map[string]struct{ service, want string }{
		"t4g.huge":         {"EC2", "AWS has no machine type of that name; did you mean t4g.large?"},
		"t4g.smal":         {"EC2", "did you mean t4g.small?"},
		"c9g.large":        {"EC2", "no machine type that rung knows; did you mean c8g.large? Where AWS has it by now, write c9g.large!"},
		"db.m7.large":      {"RDS", "did you mean db.m7g.large?"},
		"db.foo.bar":       {"RDS", "AWS has no database instance class of that name: want one such as db.m7g.large"},
		"m7g.large":        {"RDS", "did you mean db.m7g.large?"},
		"cache.t4g.huge":   {"ElastiCache", "did you mean cache.t4g.micro?"},
		"foo.bar.search":   {"OpenSearch", "want one such as m7g.large.search"},
		"m7g.larg.search":  {"OpenSearch", "did you mean m7g.large.search?"},
		"i3x.large.search": {"OpenSearch", "did you mean"},
	} {
		err := services[tt.service].Refusal(give, nil)
		assert.ErrorContains(t, err, tt.want, give)
	}
	err := machine.EC2.Refusal("c7.medium", machine.ARM)
	assert.ErrorContains(t, err, "did you mean c7g.medium?", "only what fits is offered")
	assert.NotContains(t, machine.OpenSearch.Refusal("i4g.huge.search", nil).Error(), "i4g",
		"what rung cannot use is not offered")
}

func TestARM(t *testing.T) {
	for _, typ := range machine.EC2.Types() {
		family, _, _ := strings.Cut(typ, ".")
		assert.Equal(t, strings.ContainsAny(family[1:], "g"), machine.ARM(typ), typ)
	}
}

func TestDatabaseGiB(t *testing.T) {
	for class, want := range map[string]float64{
		"db.t4g.micro": 1, "db.m7g.large": 8, "db.r8g.48xlarge": 1536, "db.x2g.large": 32, "db.m9g.xlarge": 16,
		"db.m7g.micro": 0, "db.z9.large": 0, "db.m7g.metal": 0, "m7g.large": 0,
	} {
		assert.InDelta(t, want, machine.DatabaseGiB(class), 0, class)
	}
	for _, class := range machine.RDS.Types() {
		assert.Positive(t, machine.DatabaseGiB(class), class)
	}
}

func TestCacheVCPUs(t *testing.T) {
	for node, want := range map[string]int{"cache.t4g.micro": 2, "cache.r9g.4xlarge": 16, "cache.m7g.micro": 0,
		"cache.t4g.large": 0, "cache.m7g.metal": 0, "m7g.large": 0} {
		assert.Equal(t, want, machine.CacheVCPUs(node), node)
	}
	for _, node := range machine.ElastiCache.Types() {
		assert.Positive(t, machine.CacheVCPUs(node), node)
	}
}

func TestVCPUs(t *testing.T) {
	for name, want := range map[string]int{"db.t4g.micro": 2, "db.m7g.large": 2, "db.r7g.xlarge": 4,
		"db.m8g.48xlarge": 192, "db.m9g.metal": 0, "db.foo": 0} {
		assert.Equal(t, want, machine.RDS.VCPUs(name), name)
	}
}

func TestVCPUsOfMachines(t *testing.T) {
	for name, want := range map[string]int{
		"t4g.nano": 2, "t4g.small": 2, "t4g.medium": 2, "t2.micro": 1, "t2.medium": 2, "c7g.medium": 1, "m7a.medium": 1, "c7g.large": 2,
		"c7g.xlarge": 4, "c5.9xlarge": 36, "c5.18xlarge": 72, "m7i.48xlarge": 192, "m7g.metal": 64, "m6i.metal": 128, "m8g.metal-24xl": 96,
		"c9g.large": 2, "c9g.metal": 0, "foo.bar": 0, "db.m7g.large": 0, "": 0,
	} {
		assert.Equal(t, want, machine.EC2VCPUs(name), name)
	}
	for _, name := range machine.EC2.Types() {
		assert.Positive(t, machine.EC2VCPUs(name), name)
	}
}
