package preflight

import (
	"cmp"
	"maps"
	"slices"

	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// count adds up amounts by place.
type count struct {
	stack   Stack
	all     []resource.Resource          // what exists at the height of the `up`
	by      map[string]resource.Resource // by URN
	ids     map[string]resource.Resource // by physical id
	amounts map[Place]Amount
}

// NeedOf counts what a stack needs. What leaves the stack is there until all that
// comes stands, so that it counts, too.
func NeedOf(s Stack) Need {
	c := count{stack: s, by: map[string]resource.Resource{}, ids: map[string]resource.Resource{},
		amounts: map[Place]Amount{}}
	own := map[string]bool{}
	for _, r := range s.Standing {
		c.know(r)
		for _, key := range []string{"id", "arn", "identifier", "clusterIdentifier", "name", "bucket", "replicationGroupId",
			"domainName", "dbiResourceId"} {
			if id := text(r, key); id != "" {
				own[id] = true
			}
		}
	}
	for _, r := range s.Planned {
		c.know(r)
	}
	for _, urn := range slices.Sorted(maps.Keys(c.by)) {
		c.all = append(c.all, c.by[urn])
	}
	c.quotas()
	c.machines()
	c.apart()
	return Need{
		Stack: s.Name, Account: s.Account, Regions: c.regions(), Amounts: c.sorted(), Offers: c.offers(), Versions: c.versions(), Runs: c.runs(),
		Names: c.names(), Domain: s.Domain, Servers: s.Servers, Zone: s.Zone, own: own,
	}
}

// know notes a resource; one that is planned as well is what the plan says, with
// what only the cloud knows.
func (c *count) know(r resource.Resource) {
	if r.Group || r.External || resource.IsGroup(r.Type) {
		return
	}
	r.Type = resource.Canonical(r.Type)
	r.Region = cmp.Or(r.Region, c.stack.Home, Global)
	if old, stands := c.by[r.URN]; stands {
		r.Props = resource.Planned(r.Props, old.Props, "")
	}
	c.by[r.URN] = r
	if id := text(r, "id"); id != "" {
		c.ids[id] = r
	}
}

func (c *count) regions() []string {
	found := map[string]bool{}
	for _, r := range c.all {
		found[r.Region] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// add counts within a place.
func (c *count) add(p Place, atOnce, atMost int) {
	if atMost == 0 {
		return
	}
	a := c.amounts[p]
	c.amounts[p] = Amount{p, a.AtOnce + atOnce, a.AtMost + atMost}
}

func (c *count) sorted() []Amount {
	rank := map[string]int{}
	for i, q := range quotas {
		rank[q.Key] = i
	}
	return slices.SortedFunc(maps.Values(c.amounts), func(a, b Amount) int {
		return cmp.Or(cmp.Compare(rank[a.Key], rank[b.Key]), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Scope, b.Scope))
	})
}

// quotas counts what counts by its type alone.
func (c *count) quotas() {
	for _, r := range c.all {
		for _, q := range quotas {
			if !slices.Contains(q.types, r.Type) {
				continue
			}
			n := 1
			if q.count != nil {
				n = q.count(r)
			}
			c.add(placeOf(q, r.Region), n, n)
		}
	}
}

func placeOf(q Quota, region string) Place {
	if q.Global {
		region = Global
	}
	return Place{Key: q.Key, Region: region}
}

// from are the resources from which a property of another is made: by what the
// program says, or by their ids where the resource stands.
func (c *count) from(r resource.Resource, key string) []resource.Resource {
	var out []resource.Resource
	for _, urn := range r.Dependencies[key] {
		if found, ok := c.by[urn]; ok {
			out = append(out, found)
		}
	}
	if len(out) > 0 {
		return out
	}
	ids := texts(r.Props, key)
	if one := text(r, key); one != "" {
		ids = append(ids, one)
	}
	for _, id := range ids {
		if found, ok := c.ids[id]; ok {
			out = append(out, found)
		}
	}
	return out
}

// zonesOf are the names of the zones of a resource's subnets; those of all subnets
// of its region where it does not tell.
func (c *count) zonesOf(r resource.Resource, key string) []string {
	zones := zonesIn(c.from(r, key))
	if len(zones) > 0 {
		return zones
	}
	var near []resource.Resource
	for _, other := range c.all {
		if other.Region == r.Region {
			near = append(near, other)
		}
	}
	return zonesIn(near)
}

func zonesIn(list []resource.Resource) []string {
	found := map[string]bool{}
	for _, r := range list {
		if zone := text(r, "availabilityZone"); zone != "" && r.Type == token.EC2Subnet {
			found[zone] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
