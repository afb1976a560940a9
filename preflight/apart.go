package preflight

import (
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
)

// unreserved is how many of the functions that run at once AWS keeps from being
// reserved. Source: the Lambda developer guide, "Configuring reserved concurrency".
const unreserved = 100

// originFacing is how many rules the list of CloudFront's addresses counts for,
// the only list of AWS's that is let in somewhere. A gateway endpoint's list, the
// only one that traffic goes out to, counts for one.
// Source: the VPC user guide, "AWS-managed prefix lists".
const originFacing = 55

// apart counts what belongs into something else: rules into groups, endpoints into
// networks, gateways into zones.
func (c *count) apart() {
	for _, r := range c.all {
		switch r.Type {
		case token.EC2NatGateway:
			for _, zone := range zonesIn(c.from(r, "subnetId")) {
				c.add(Place{NATGateways, r.Region, zone}, 1, 1)
			}
		case token.EC2VpcEndpoint:
			if gateway(r) == 0 {
				c.within(Interfaces, r, "vpcId", "", 1)
			}
		case token.EC2VpcPeeringConnection:
			c.within(Peerings, r, "vpcId", "", 1)
			c.within(Peerings, r, "peerVpcId", "", 1)
		case token.LambdaFunction:
			c.function(r)
		default:
			c.rules(r)
		}
	}
}

// within counts into each resource that a property names, in that one's region.
func (c *count) within(key string, r resource.Resource, property, direction string, n int) {
	for _, holder := range c.from(r, property) {
		c.add(Place{key, holder.Region, holder.Name + direction}, n, n)
	}
}

// function counts what a function keeps for itself; one that keeps nothing needs
// one of the account's to run at all.
func (c *count) function(r resource.Resource) {
	p := Place{Key: Concurrency, Region: r.Region}
	n := number(r, "reservedConcurrentExecutions")
	if n <= 0 {
		c.add(p, 1, 1)
		return
	}
	if c.amounts[p].AtOnce < unreserved {
		n += unreserved
	}
	c.add(p, n, n)
}

// rules counts the rules of security groups, which have as many in as out.
func (c *count) rules(r resource.Resource) {
	switch r.Type {
	case token.VPCSecurityGroupIngressRule:
		c.within(GroupRules, r, "securityGroupId", " in", weight(r.Props["prefixListId"] != nil))
	case token.VPCSecurityGroupEgressRule:
		c.within(GroupRules, r, "securityGroupId", " out", 1)
	case token.EC2SecurityGroupRule:
		direction := " out"
		if text(r, "type") == "ingress" {
			direction = " in"
		}
		c.within(GroupRules, r, "securityGroupId", direction, inline(r.Props, direction))
	case token.EC2SecurityGroup:
		for property, direction := range map[string]string{"ingress": " in", "egress": " out"} {
			for _, block := range objects(r.Props, property) {
				n := inline(block, direction)
				c.add(Place{GroupRules, r.Region, r.Name + direction}, n, n)
			}
		}
	}
}

func weight(list bool) int {
	if list {
		return originFacing
	}
	return 1
}

// inline is what a block of sources counts for.
func inline(block map[string]any, direction string) int {
	n := 0
	for _, key := range []string{"cidrBlocks", "ipv6CidrBlocks", "securityGroups"} {
		list, _ := block[key].([]any)
		n += len(list)
	}
	lists, _ := block["prefixListIds"].([]any)
	n += len(lists) * weight(direction == " in")
	if self, _ := block["self"].(bool); self {
		n++
	}
	if block["sourceSecurityGroupId"] != nil {
		n++
	}
	return n
}
