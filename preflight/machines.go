package preflight

import (
	"cmp"
	"strings"

	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// fleet is a scaling group as the vCPU quotas see it.
type fleet struct {
	region string
	types  []string // the first is what on-demand machines are
	// least and most are how many machines it begins with and may grow to.
	least, most int
	// base of them are on demand, and percent of those above.
	base, percent int
}

// onDemand is how many of n machines are on demand. AWS rounds in their favour.
// Source: the Auto Scaling user guide, "Allocation strategies".
func (f fleet) onDemand(n int) int {
	above := max(0, n-f.base)
	return min(n, f.base) + (above*f.percent+99)/100
}

// cpus are the vCPUs of the largest of the types, and of the smallest.
func (f fleet) cpus() (least, most int) {
	for _, t := range f.types {
		n := machine.EC2VCPUs(t)
		most = max(most, n)
		if least == 0 || n > 0 && n < least {
			least = n
		}
	}
	return least, most
}

// machines counts vCPUs: single machines, what is reserved, and the scaling groups
// from what they begin with to what they may grow to. A machine that fits a
// reservation runs in it and counts once.
func (c *count) machines() {
	least, most := rooms{}, rooms{}
	for _, r := range c.all {
		typ := text(r, "instanceType")
		switch r.Type {
		case token.EC2Instance:
			key := OnDemand
			if textIn(object(r.Props, "instanceMarketOptions"), "marketType") == "spot" {
				key = Spot
			}
			n := machine.EC2VCPUs(typ)
			c.add(Place{Key: family(key, typ), Region: r.Region}, n, n)
		case token.EC2CapacityReservation:
			n := number(r, "instanceCount")
			least[room{r.Region, typ}] += n
			most[room{r.Region, typ}] += n
			vcpus := n * machine.EC2VCPUs(typ)
			c.add(Place{Key: family(OnDemand, typ), Region: r.Region}, vcpus, vcpus)
		}
	}
	for _, r := range c.all {
		if r.Type == token.AutoScalingGroup {
			c.fleet(c.fleetOf(r), least, most)
		}
	}
}

// room is what reservations of a type in a region hold free.
type room struct{ region, typ string }

type rooms map[room]int

// beside puts n machines into what is free and gives those that find no room.
func (free rooms) beside(r room, n int) int {
	inside := min(free[r], n)
	free[r] -= inside
	return n - inside
}

// fleet counts one group, without what runs in reservations.
func (c *count) fleet(f fleet, least, most rooms) {
	if len(f.types) == 0 {
		return
	}
	low, high := f.cpus()
	first, typ := cmp.Or(machine.EC2VCPUs(f.types[0]), low), f.types[0]
	atOnce, atMost, own := f.onDemand(f.least), f.onDemand(f.most), room{f.region, typ}
	c.add(Place{Key: family(OnDemand, typ), Region: f.region}, least.beside(own, atOnce)*first,
		most.beside(own, atMost)*first)
	c.add(Place{Key: family(Spot, typ), Region: f.region}, (f.least-atOnce)*low, (f.most-atMost)*high)
}

// family is the quota that a machine's family counts against.
func family(key, typ string) string {
	switch {
	case !strings.HasPrefix(typ, "x"):
		return key
	case key == Spot:
		return SpotX
	}
	return OnDemandX
}

// MachineQuota is the key of the quota that a machine of a type counts against.
func MachineQuota(typ string, spot bool) string {
	if spot {
		return family(Spot, typ)
	}
	return family(OnDemand, typ)
}

// fleetOf reads a scaling group, with its types from the template where it names
// none.
func (c *count) fleetOf(r resource.Resource) fleet {
	f := fleet{region: r.Region, most: number(r, "maxSize"), percent: 100}
	f.least = min(max(number(r, "minSize"), number(r, "desiredCapacity")), f.most)
	mixed := object(r.Props, "mixedInstancesPolicy")
	if share := object(mixed, "instancesDistribution"); share != nil {
		f.base = numberIn(share, "onDemandBaseCapacity")
		if share["onDemandPercentageAboveBaseCapacity"] != nil {
			f.percent = numberIn(share, "onDemandPercentageAboveBaseCapacity")
		}
	}
	for _, o := range objects(object(mixed, "launchTemplate"), "overrides") {
		if typ := textIn(o, "instanceType"); typ != "" {
			f.types = append(f.types, typ)
		}
	}
	for _, key := range []string{"mixedInstancesPolicy", "launchTemplate"} {
		for _, template := range c.from(r, key) {
			if typ := text(template, "instanceType"); typ != "" && len(f.types) == 0 {
				f.types = append(f.types, typ)
			}
		}
	}
	return f
}
