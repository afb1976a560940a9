package cost

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// idleResources are what stands and does nothing, as far as the stack tells: disks that
// nothing has attached, balancers without a listener, disks of machines that are stopped.
// Only what stands already is looked at: what others do with it is not in a preview.
func (s *saver) idleResources() {
	attached := set{}
	for _, a := range s.byType[token.EC2VolumeAttachment] {
		if v, _ := s.target(a, "volumeId", token.EBSVolume); v != nil {
			attached[v] = true
		}
	}
	s.idle(token.EBSVolume, func(v *Resource) bool { return !attached[v] },
		"Give up a disk that nothing of the stack attaches", "its data is gone: take a snapshot first; machines of other "+
			"stacks may use it")
	listening := set{}
	for _, l := range s.byType[token.LBListener] {
		if b, _ := s.target(l, "loadBalancerArn", token.LBLoadBalancer); b != nil {
			listening[b] = true
		}
	}
	s.idle(token.LBLoadBalancer, func(b *Resource) bool { return !listening[b] },
		"Give up a load balancer without a listener", "another stack may add listeners to it")
	s.idle(token.EC2Instance, func(i *Resource) bool {
		state := props(i.Props).str("instanceState")
		return state == "stopped" || state == "stopping"
	}, "Give up a machine that is stopped, whose disks are paid for", "its disks' data is gone: make an image first")
}

// idle offers to give each resource of a type up that stands and for which it holds.
func (s *saver) idle(typ string, holds func(*Resource) bool, what, risk string) {
	for _, r := range s.byType[typ] {
		if !props(r.Props).has("id") || !holds(r) {
			continue
		}
		month := zero
		for _, l := range s.lines {
			if l.URN == r.URN {
				month = month.Add(l.Monthly)
			}
		}
		s.add(Saving{What: what, Names: []string{r.Name}, Monthly: month, Risk: risk, Change: "remove the resource",
			Group: "idle " + r.URN})
	}
}

// fewerGateways keeps one NAT gateway of several in a region.
func (s *saver) fewerGateways() {
	type gateways struct {
		names []string
		hours decimal.Decimal
	}
	by := map[string]*gateways{}
	var regions []string
	for _, l := range s.lines {
		if l.key.SKU != "NAT gateway hour" {
			continue
		}
		if by[l.Region] == nil {
			by[l.Region] = &gateways{}
			regions = append(regions, l.Region)
		}
		g := by[l.Region]
		g.names, g.hours = append(g.names, l.Name), l.Monthly
	}
	for _, region := range regions {
		g := by[region]
		if len(g.names) < 2 {
			continue
		}
		s.add(Saving{What: fmt.Sprintf("One NAT gateway in %s instead of %d", region, len(g.names)), Names: g.names,
			Monthly: g.hours.Mul(num(len(g.names) - 1)),
			Risk:    "when its zone fails, nothing private reaches the internet; data from the other zones costs $0.01 a GB more; one for each network stays needed",
			Change:  "--set nat=single on a stage; elsewhere routes to the one that stays", Group: "nat"})
	}
}
