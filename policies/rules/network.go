package rules

import (
	"fmt"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

// ruleTypes are the rules of security groups that stand by themselves.
var ruleTypes = []string{token.VPCSecurityGroupIngressRule, token.VPCSecurityGroupEgressRule,
	token.EC2SecurityGroupRule}

func network() []rule.Rule {
	doors := []string{token.EC2SecurityGroup, token.EC2DefaultSecurityGroup, token.VPCSecurityGroupIngressRule,
		token.EC2SecurityGroupRule}
	return []rule.Rule{
		{
			ID: "vpc-flow-logs", Title: "Every VPC has a flow log", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "Without it nobody can say afterwards who talked to whom.", Default: advisory,
			Types: []string{token.EC2Vpc, token.EC2DefaultVpc, token.EC2FlowLog}, Stack: flowLogs,
			Equivalents: eq(ids("EC2.6"), ids("CKV2_AWS_11"), nil, ids("AWS-0178")),
		},
		{
			ID: "vpc-default-sg-closed", Title: "The default security group is adopted and has no rules", Severity: rule.High, Kind: rule.OnStack,
			Why: "Whatever is started without a group of its own lands in it.", Default: mandatory,
			Types: []string{token.EC2Vpc, token.EC2DefaultVpc, token.EC2DefaultSecurityGroup, token.VPCSecurityGroupIngressRule, token.VPCSecurityGroupEgressRule, token.EC2SecurityGroupRule}, Stack: defaultGroupClosed,
			Equivalents: eq(ids("EC2.2"), ids("CKV2_AWS_12"), nil, ids("AWS-0173")),
		},
		{
			ID: "subnet-no-auto-public-ip", Title: "Only subnets tagged as edge tier map public addresses", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "A machine should get a public address on purpose, not by where it was started.", Default: mandatory,
			Types: []string{token.EC2Subnet, token.EC2DefaultSubnet}, Resource: noAutoPublicIP,
			Equivalents: eq(ids("EC2.15"), ids("CKV_AWS_130"), nil, ids("AWS-0164")),
		},
		{
			ID: "sg-no-world-ingress", Title: "The world reaches web ports only", Severity: rule.High, Kind: rule.OnResource,
			Why: "Every other port open to the world is found by scanners within minutes.", Default: mandatory,
			Types: doors, Resource: worldIngress,
			Params:      []rule.Param{{Name: "ports", Meaning: "ports that may be open to the world", Default: []string{"80", "443"}}},
			Equivalents: eq(ids("EC2.18"), ids("CKV_AWS_260", "CKV_AWS_277"), nil, ids("AWS-0107")),
		},
		{
			ID: "sg-no-admin-ports", Title: "Administration and data ports are never open to the world", Severity: rule.High, Kind: rule.OnResource,
			Why: "A password guessed on one of these ports is the whole machine or all the data.", Default: mandatory,
			Types: doors, Resource: adminPorts,
			Params:      []rule.Param{{Name: "ports", Meaning: "ports that are never open to the world", Default: []string{"22", "3306", "3389", "5432", "6379", "9200"}}},
			Equivalents: eq(ids("EC2.19"), ids("CKV_AWS_24", "CKV_AWS_25"), nil, ids("AWS-0107")),
		},
		{
			ID: "sg-described", Title: "Security groups and their rules say what they are for", Severity: rule.Low, Kind: rule.OnResource,
			Why: "Nobody dares to remove a rule whose purpose is unknown.", Default: advisory,
			Types: []string{token.EC2SecurityGroup, token.VPCSecurityGroupIngressRule, token.VPCSecurityGroupEgressRule, token.EC2SecurityGroupRule}, Resource: described,
			Equivalents: eq(nil, ids("CKV_AWS_23"), nil, ids("AWS-0099", "AWS-0124")),
		},
		{
			ID: "sg-no-mixed-rules", Title: "No security group has inline and standalone rules at once", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "Each update removes the other kind, and traffic stops.", Default: mandatory,
			Types: []string{token.EC2SecurityGroup, token.EC2DefaultSecurityGroup, token.VPCSecurityGroupIngressRule, token.VPCSecurityGroupEgressRule, token.EC2SecurityGroupRule}, Stack: mixedRules,
			Equivalents: eq(nil, nil, ids("security-group-no-rule-management-conflicts"), nil),
		},
	}
}

func flowLogs(c *rule.Check, s *rule.Stack) {
	for _, vpc := range s.Of(token.EC2Vpc, token.EC2DefaultVpc) {
		_, there := s.Pointing(token.EC2FlowLog, "vpcId", vpc)
		c.Missing(there, vpc, "flow log", "add an aws:ec2/flowLog:FlowLog with its vpcId, trafficType ALL")
	}
}

func defaultGroupClosed(c *rule.Check, s *rule.Stack) {
	for _, vpc := range s.Of(token.EC2Vpc, token.EC2DefaultVpc) {
		groups, there := s.Pointing(token.EC2DefaultSecurityGroup, "vpcId", vpc)
		c.Missing(there, vpc, "default security group",
			"adopt it with an aws:ec2/defaultSecurityGroup:DefaultSecurityGroup that has no rules")
		for _, g := range groups {
			for _, prop := range []string{"ingress", "egress"} {
				c.Refuse(g.Input(prop).Present(), g, prop, "remove the rules: give each resource a group of its own")
			}
			for _, typ := range ruleTypes {
				if beside, _ := s.Pointing(typ, "securityGroupId", g); len(beside) > 0 {
					c.Fail(g, "rules", "opened by "+beside[0].Name, "remove the rules: give each resource a group of its own")
				}
			}
		}
	}
}

func noAutoPublicIP(c *rule.Check, r *rule.Resource) {
	edge := rule.Any(r.Tag("rung:tier").Is("public", "edge"), r.Tag("tier").Is("public", "edge"))
	maps := r.At("mapPublicIpOnLaunch").FlagOr(r.Type == token.EC2DefaultSubnet)
	c.Refuse(rule.All(maps, edge.Not()), r, "mapPublicIpOnLaunch",
		"set it to false, or tag the subnet tier=edge if it is meant to face the world")
}

func described(c *rule.Check, r *rule.Resource) {
	at := r.At("description")
	c.Require(rule.All(at.Given(), at.Is("Managed by Pulumi", "Managed by Terraform").Not()), r, "description",
		"say in a few words who may connect and why")
}

func mixedRules(c *rule.Check, s *rule.Stack) {
	for _, g := range s.Of(token.EC2SecurityGroup, token.EC2DefaultSecurityGroup) {
		inline := rule.Any(g.Input("ingress").Present(), g.Input("egress").Present())
		if inline == rule.No {
			continue
		}
		for _, typ := range ruleTypes {
			found, there := s.Pointing(typ, "securityGroupId", g)
			switch {
			case inline == rule.Yes && len(found) > 0:
				c.Fail(g, "ingress", fmt.Sprintf("inline beside the standalone rule %s", found[0].Name),
					"move all of the group's rules into one of the two kinds")
			case there != rule.No:
				c.Undecided(g, "ingress")
			}
		}
	}
}
