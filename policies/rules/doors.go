package rules

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/policies/iam"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

// door is one way into a security group.
type door struct {
	path     string   // of the ranges
	from, to float64  // the ports
	world    rule.Tri // whether anybody may come
	ports    rule.Tri // whether it has ports at all, and whether they are known
}

// The lowest and the highest port.
const (
	firstPort = 0
	lastPort  = 65535
)

// doorsOf are the ways in that the resource opens; Unknown when they are not known.
func doorsOf(r *rule.Resource) ([]door, rule.Tri) {
	switch r.Type {
	case token.VPCSecurityGroupIngressRule:
		return []door{doorAt(r.Props, "cidrIpv4", "ipProtocol", "cidrIpv4", "cidrIpv6")}, rule.Yes
	case token.EC2SecurityGroupRule:
		ingress := r.At("type").Is("ingress")
		if ingress != rule.Yes {
			return nil, ingress
		}
		return []door{doorAt(r.Props, "cidrBlocks", "protocol", "cidrBlocks", "ipv6CidrBlocks")}, rule.Yes
	}
	all, there := r.Input("ingress").List()
	doors := make([]door, len(all))
	for i, in := range all {
		doors[i] = doorAt(in, fmt.Sprintf("ingress[%d].cidrBlocks", i), "protocol", "cidrBlocks", "ipv6CidrBlocks")
	}
	return doors, there
}

func doorAt(v rule.Value, path, protocol string, ranges ...string) door {
	d := door{path: path, from: firstPort, to: lastPort}
	for _, key := range ranges {
		at := v.At(key)
		d.world = rule.Any(d.world, at.Matches(world), at.Contains(world))
	}
	if d.ports = hasPorts(v.At(protocol)); d.ports != rule.Yes || v.At(protocol).Is(allProtocols...) == rule.Yes {
		return d
	}
	from, knownFrom := v.At("fromPort").Number()
	to, knownTo := v.At("toPort").Number()
	switch {
	case knownFrom == rule.Unknown || knownTo == rule.Unknown:
		d.ports = rule.Unknown
	case knownFrom == rule.Yes && knownTo == rule.Yes:
		d.from, d.to = from, to
	}
	return d
}

// world reports whether a range lets in everybody, or nobody in particular.
func world(cidr string) bool {
	p, err := netip.ParsePrefix(strings.TrimSpace(cidr))
	return err == nil && !p.Addr().IsPrivate() && iam.Wide(cidr)
}

// allProtocols are how a rule says that it is about every protocol, and so
// about every port.
var allProtocols = []string{"-1", "all"}

// hasPorts says whether ports mean something to a protocol: to TCP, to UDP and
// where all protocols are meant. ICMP has types in their place, and GRE, ESP
// and the rest have nothing; what a rule of theirs says about ports is no door
// to a service.
func hasPorts(protocol rule.Value) rule.Tri {
	if number, there := protocol.Number(); there == rule.Yes { // also one given as a number
		return rule.Of(number == 6 || number == 17 || number == -1)
	}
	return rule.Any(protocol.Present().Not(), protocol.Is("tcp", "udp"), protocol.Is(allProtocols...))
}

func (d door) String() string {
	if d.from == d.to {
		return fmt.Sprintf("port %g", d.from)
	}
	return fmt.Sprintf("ports %g to %g", d.from, d.to)
}

func (d door) covers(port string) bool {
	n, err := strconv.ParseFloat(port, 64)
	return err == nil && d.from <= n && n <= d.to
}

// eachWorldDoor calls bad for doors open to the world and notes open questions.
func eachWorldDoor(c *rule.Check, r *rule.Resource, bad func(door)) {
	doors, there := doorsOf(r)
	if there == rule.Unknown {
		c.Undecided(r, "ingress")
	}
	for _, d := range doors {
		switch open := rule.All(d.world, d.ports); open {
		case rule.Unknown:
			c.Undecided(r, d.path)
		case rule.Yes:
			bad(d)
		}
	}
}

func worldIngress(c *rule.Check, r *rule.Resource) {
	eachWorldDoor(c, r, func(d door) {
		if d.from != d.to || !slices.ContainsFunc(c.Texts("ports"), d.covers) {
			c.Fail(r, d.path, "open to the world on "+d.String(),
				"name the security group or the ranges that may connect; only "+strings.Join(c.Texts("ports"),
					" and ")+" may be open to all")
		}
	})
}

func adminPorts(c *rule.Check, r *rule.Resource) {
	eachWorldDoor(c, r, func(d door) {
		for _, port := range c.Texts("ports") {
			if d.covers(port) {
				c.Fail(r, d.path, "open to the world on "+d.String()+", which includes port "+port,
					"use Session Manager for administration, and name the clients' security group for data")
				return
			}
		}
	})
}
