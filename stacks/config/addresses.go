package config

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/rung-dev/rung/region/addresses"
)

// ranges takes region=range pairs, as text or as a JSON object.
func ranges(put func(*Config, map[string]string)) setter {
	allowed := fmt.Sprintf("ranges by region, eu-west-1=10.64.0.0/16 say: private, of /%d to /%d and outside %s, which "+
		"is the address plan's", addresses.Widest, addresses.Narrowest, addresses.Planned)
	return setter{typ: "ranges", allowed: allowed, set: func(c *Config, v string) error {
		m, err := splitPairs(v)
		if err != nil {
			return want(allowed)
		}
		for _, region := range slices.Sorted(maps.Keys(m)) {
			if Zones(region) == nil {
				return fmt.Errorf("region %q is unknown: want %s", region, allowed)
			}
			if p, err := addresses.Parse(m[region]); err != nil || addresses.Planned.Overlaps(p) {
				return fmt.Errorf("%s has %q: want %s", region, m[region], allowed)
			}
		}
		put(c, m)
		return nil
	}}
}

// given are the ranges that the configuration names; the setter has taken them.
func (n Network) given() map[string]netip.Prefix {
	all := map[string]netip.Prefix{}
	for region, text := range n.Ranges {
		if p, err := netip.ParsePrefix(text); err == nil {
			all[region] = p
		}
	}
	return all
}

// checkRanges finds regions whose networks could never be joined, and ranges that do
// not hold what the stage puts into them.
func checkRanges(c Config, add report) {
	all := c.Network.given()
	regions := slices.Sorted(maps.Keys(all))
	for i, region := range regions {
		for _, other := range regions[:i] {
			if all[region].Overlaps(all[other]) {
				add("network.ranges", fmt.Sprintf("%s and %s overlap: give each region a range of its own", other, region))
			}
		}
	}
	for _, region := range c.Regions {
		if p, own := all[region]; own {
			checkRoom(c, region, p, add)
		}
	}
}

// forBalancers is how many addresses of each subnet are left to load balancers.
// Source: Elastic Load Balancing user guide, "Subnets for your load balancer": at
// least eight.
const forBalancers = 8

// checkRoom looks whether a network has a slot for each zone, and addresses for
// whatever the stage may put into each tier, spread over the zones.
func checkRoom(c Config, region string, network netip.Prefix, add report) {
	say := func(format string, args ...any) {
		add("network.ranges", fmt.Sprintf("%s=%s ", region, network)+fmt.Sprintf(format, args...))
	}
	if room := addresses.Slots(network); c.Zones > room {
		say("has room for %d zones in each tier and rung:zones is %d: want fewer, or a wider range", room, c.Zones)
		return
	}
	for _, tier := range []struct {
		name string
		need int
	}{{"machines", c.mostMachines()}, {"databases, caches and search nodes", c.mostStores()}} {
		if most := c.Zones * (addresses.Usable(network) - forBalancers); tier.need > most {
			say("has addresses for %d %s in %d zones, and there may be %d: want fewer, or a wider range", most, tier.name,
				c.Zones, tier.need)
		}
	}
}

// mostMachines is how many machines may stand in the private subnets of a region.
func (c Config) mostMachines() (n int) {
	if c.Stage >= 3 {
		n += c.Web.Max + c.Workers.Max
	}
	if c.Stage >= 4 {
		n += len(c.ServiceNames()) * c.Services.Max
	}
	return n
}

// mostStores is how many stores stand in the data subnets of a region, standbys
// and the addresses of a proxy among them.
func (c Config) mostStores() (n int) {
	const standby, proxy = 1, 2
	if c.Stage >= 3 {
		n += max(1, c.Database.Shards)*(1+standby+c.Database.Replicas) + max(1, c.Cache.Shards)*(1+c.Cache.Replicas)
	}
	if c.Stage >= 4 {
		n += len(c.OwnDatabases())*(1+standby+c.UsersReplicas()) + proxy*c.Zones
		if c.HasSearch() {
			n += c.Search.Instances + c.Search.Masters
		}
	}
	return n
}
