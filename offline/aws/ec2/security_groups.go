package ec2

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// ruleDescription is what EC2 allows in descriptions of groups and rules.
var ruleDescription = sim.Pattern{
	Match: regexp.MustCompile(`^[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*$`),
	Want:  "at most 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
}

// rulesPerGroup is AWS's default quota of rules per group and direction.
const rulesPerGroup = 60

// Inner are the default quotas of what counts within a resource, by their keys, as
// far as they are asked about before an up. Those of kinds are [sim.Package.Defaults].
func Inner() map[string]int {
	return map[string]int{"vpc.rules-per-security-group": rulesPerGroup, "vpc.peerings-per-vpc": peeringsPerVPC}
}

// securityGroups is the table of security groups and their rules.
func securityGroups() []sim.Kind {
	groupDefaults := sim.Props{"revokeRulesOnDelete": false}
	return []sim.Kind{
		{
			Token: token.EC2SecurityGroup, Service: "EC2", API: "SecurityGroup", Noun: "Security Group", IDPrefix: "sg",
			Name: &sim.Name{
				Prefix: "namePrefix", Auto: true, Max: 255, Taken: "InvalidGroup.Duplicate", Within: []string{"vpcId"},
				Pattern: sim.Pattern{Match: regexp.MustCompile(`^(?:[^s]|s[^g]|sg[^-]|sg$|s$)`), Want: "a name that does not begin with sg-"},
			},
			AtMostOneOf: [][]string{{"name", "namePrefix"}},
			Defaults:    sim.Props{"description": "Managed by Pulumi", "revokeRulesOnDelete": false},
			Lengths:     map[string]sim.Range{"description": {Min: 1, Max: 255}, "ingress.description": {Max: 255}, "egress.description": {Max: 255}},
			Patterns:    map[string]sim.Pattern{"description": ruleDescription, "ingress.description": ruleDescription, "egress.description": ruleDescription},
			Sets:        []string{"ingress", "egress"},
			ReplaceOn:   []string{"description", "name", "namePrefix", "vpcId"},
			Outputs:     groupOutputs,
			Refs:        append([]sim.Ref{refer.VPC("vpcId")}, inlineGroupRefs()...),
			Rules:       append(sim.Many(sim.Create, needsVPC), sim.Many(sim.Create|sim.Update, inlineRuleCount)...),
			Quota:       &sim.Quota{Key: "vpc.security-groups", Default: 2500, Code: "SecurityGroupLimitExceeded"},
		},
		{
			Token: token.EC2DefaultSecurityGroup, Service: "EC2", API: "SecurityGroup", Noun: "Default Security Group",
			ID: func(o *sim.Op) string {
				vpc, _ := o.Find(token.EC2Vpc, o.In.Str("vpcId"))
				return vpc.Str("defaultSecurityGroupId")
			},
			Defaults: groupDefaults, Sets: []string{"ingress", "egress"}, ReplaceOn: []string{"vpcId"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{
					"arn": o.ARN("ec2", "security-group/"+o.ID), "ownerId": o.Account, "name": "default", "namePrefix": "",
					"description": "default VPC security group", "ingress": []any{}, "egress": []any{},
				}
			},
			Refs: []sim.Ref{{Path: "vpcId", To: []sim.Target{{Token: token.EC2Vpc}}, Missing: "InvalidVpcID.NotFound"}},
		},
		groupRule(token.VPCSecurityGroupIngressRule, "SecurityGroupIngressRule", "AuthorizeSecurityGroupIngress",
			"RevokeSecurityGroupIngress"),
		groupRule(token.VPCSecurityGroupEgressRule, "SecurityGroupEgressRule", "AuthorizeSecurityGroupEgress",
			"RevokeSecurityGroupEgress"),
		olderGroupRule(),
	}
}

// ruleSources are the peers of a rule, exactly one of which it has.
var ruleSources = []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"}

func groupRule(kind, api, authorize, revoke string) sim.Kind {
	return sim.Kind{
		Token: kind, Service: "EC2", API: api, Noun: "VPC Security Group Rule", IDPrefix: "sgr",
		Verbs:        map[sim.Verb]string{sim.Create: authorize, sim.Update: "ModifySecurityGroupRules", sim.Delete: revoke},
		ExactlyOneOf: [][]string{ruleSources},
		Ranges:       map[string]sim.Range{"fromPort": {Min: -1, Max: 65535}, "toPort": {Min: -1, Max: 65535}},
		Patterns:     map[string]sim.Pattern{"description": ruleDescription},
		Lengths:      map[string]sim.Range{"description": {Max: 255}},
		Checks:       []sim.Check{ruleProtocol, rulePorts, cidrBetween("cidrIpv4", 0, 32)},
		ReplaceOn:    []string{"securityGroupId"},
		ReplaceWhen:  otherSource,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": o.ARN("ec2", "security-group-rule/"+o.ID), "securityGroupRuleId": o.ID}
		},
		Refs: []sim.Ref{
			{
				Path: "securityGroupId", Missing: "InvalidGroup.NotFound",
				To: []sim.Target{{Token: token.EC2SecurityGroup}, {Token: token.EC2DefaultSecurityGroup}, {Token: token.EC2Vpc, By: "defaultSecurityGroupId"}},
			},
			refer.SecurityGroup("referencedSecurityGroupId"),
		},
		Rules: sim.Many(sim.Create|sim.Update, knownPrefixList, ruleTwice, groupOfPeer, standaloneRuleCount),
	}
}

func inlineGroupRefs() []sim.Ref {
	return []sim.Ref{refer.SecurityGroup("ingress.securityGroups"), refer.SecurityGroup("egress.securityGroups")}
}

func groupOutputs(o *sim.Op) sim.Props {
	return sim.Props{
		"arn": o.ARN("ec2", "security-group/"+o.ID), "ownerId": o.Account, "ingress": []any{}, "egress": []any{}, "vpcId": "",
	}
}

func needsVPC(o *sim.Op) error {
	if o.In.Str("vpcId") != "" {
		return nil
	}
	return sim.Refuse("VPCIdNotSpecified", "No default VPC for this user", "Give vpcId.")
}

func ruleProtocol(in sim.Props) []sim.Failure {
	protocol := strings.ToLower(in.Str("ipProtocol"))
	n, err := strconv.Atoi(protocol)
	if !in.Known("ipProtocol") || slices.Contains([]string{"tcp", "udp", "icmp", "icmpv6"}, protocol) ||
		(err == nil && n >= -1 && n <= 255) {
		return nil
	}
	return []sim.Failure{{Property: "ipProtocol",
		Reason: fmt.Sprintf("ipProtocol: got %q, want tcp, udp, icmp, icmpv6, -1 or a protocol number", protocol)}}
}

func rulePorts(in sim.Props) []sim.Failure {
	from, to := in.Int("fromPort"), in.Int("toPort")
	protocol := in.Str("ipProtocol")
	if protocol != "tcp" && protocol != "udp" {
		return nil
	}
	switch {
	case !in.Has("fromPort") || !in.Has("toPort"):
		return []sim.Failure{{Property: "fromPort", Reason: "fromPort and toPort are required with ipProtocol " + protocol}}
	case in.Known("fromPort") && in.Known("toPort") && from > to:
		return []sim.Failure{{Property: "toPort",
			Reason: fmt.Sprintf("invalid port range (%d:%d): toPort must not be below fromPort", from, to)}}
	}
	return nil
}

// otherSource makes a rule anew when its kind of peer changes.
func otherSource(old, new sim.Props) []string {
	for _, key := range ruleSources {
		if old.Has(key) != new.Has(key) {
			return ruleSources
		}
	}
	return nil
}

func knownPrefixList(o *sim.Op) error {
	id := o.In.Str("prefixListId")
	if id == "" || prefixListByID(o, id) != nil {
		return nil
	}
	return sim.Refuse("InvalidPrefixListID.NotFound", fmt.Sprintf("The prefix list ID '%s' does not exist", id),
		"Look it up with getManagedPrefixList in "+o.Region+".")
}

// peer is a rule's identity: protocol, ports and the one source.
func peer(in sim.Props) string {
	source := ""
	for _, key := range ruleSources {
		source += in.Str(key)
	}
	protocol := strings.ToLower(in.Str("ipProtocol"))
	ports := fmt.Sprintf("from port: %d, to port: %d", in.Int("fromPort"), in.Int("toPort"))
	if protocol == "-1" {
		return fmt.Sprintf("peer: %s, ALL, ALLOW", source)
	}
	return fmt.Sprintf("peer: %s, %s, %s, ALLOW", source, strings.ToUpper(protocol), ports)
}

func ruleTwice(o *sim.Op) error {
	for _, other := range o.Others() {
		if other.Props.Str("securityGroupId") == o.In.Str("securityGroupId") && peer(other.Props) == peer(o.In) {
			return sim.Refuse("InvalidPermission.Duplicate", fmt.Sprintf("the specified rule %q already exists", peer(o.In)),
				"Keep one of the two; "+other.URN+" has it already.")
		}
	}
	return nil
}

// standaloneRuleCount counts the group's rules of one direction. A prefix list
// weighs as many rules as it may have entries.
func standaloneRuleCount(o *sim.Op) error {
	direction := "ingress"
	if o.Kind.Token == token.VPCSecurityGroupEgressRule {
		direction = "egress"
	}
	return tooManyRules(o, ruleWeight(o, o.In.Str("prefixListId"))+groupWeight(o, o.In.Str("securityGroupId"), direction))
}

func inlineRuleCount(o *sim.Op) error {
	for _, direction := range []string{"ingress", "egress"} {
		if err := tooManyRules(o, inlineWeight(o, o.In, direction)); err != nil {
			return err
		}
	}
	return nil
}

func inlineWeight(o *sim.Op, group sim.Props, direction string) int {
	weight := 0
	for _, block := range group.Maps(direction) {
		for _, key := range []string{"cidrBlocks", "ipv6CidrBlocks", "securityGroups"} {
			weight += len(block.Strs(key))
		}
		for _, id := range block.Strs("prefixListIds") {
			weight += ruleWeight(o, id)
		}
		if block.Bool("self") {
			weight++
		}
	}
	return weight
}

func ruleWeight(o *sim.Op, prefixListID string) int {
	if list := prefixListByID(o, prefixListID); list != nil {
		return list.weight
	}
	return 1
}

func tooManyRules(o *sim.Op, weight int) error {
	limit := o.Quota("vpc.rules-per-security-group", rulesPerGroup)
	if weight <= limit {
		return nil
	}
	return sim.Refuse("RulesPerSecurityGroupLimitExceeded",
		"The maximum number of rules per security group has been reached",
		fmt.Sprintf("The group would weigh %d of %d rules; a prefix list weighs as many as it may have entries "+
			"(CloudFront's origin-facing list 55). Use another group for the rest.", weight, limit))
}
