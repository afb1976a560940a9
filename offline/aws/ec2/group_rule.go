package ec2

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// manySources are the peers of a rule of the older sort, of which it may have several.
var manySources = []string{"cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "self", "sourceSecurityGroupId"}

// olderGroupRule is a rule as a resource of its own that may have several peers: AWS keeps
// one rule for each.
func olderGroupRule() sim.Kind {
	return sim.Kind{
		Token: token.EC2SecurityGroupRule, Service: "EC2", API: "SecurityGroupRule", Noun: "Security Group Rule",
		Verbs: map[sim.Verb]string{
			sim.Create: "AuthorizeSecurityGroupIngress", sim.Update: "UpdateSecurityGroupRuleDescriptionsIngress", sim.Delete: "RevokeSecurityGroupIngress",
		},
		AtMostOneOf: [][]string{
			{"cidrBlocks", "self"}, {"cidrBlocks", "sourceSecurityGroupId"}, {"ipv6CidrBlocks", "self"},
			{"ipv6CidrBlocks", "sourceSecurityGroupId"}, {"self", "sourceSecurityGroupId"},
		},
		Enums:    map[string][]string{"type": {"ingress", "egress"}},
		Ranges:   map[string]sim.Range{"fromPort": {Min: -1, Max: 65535}, "toPort": {Min: -1, Max: 65535}},
		Patterns: map[string]sim.Pattern{"description": ruleDescription}, Lengths: map[string]sim.Range{"description": {Max: 255}},
		Checks: []sim.Check{hasSource, olderProtocol},
		ReplaceOn: []string{
			"cidrBlocks", "fromPort", "ipv6CidrBlocks", "prefixListIds", "protocol", "securityGroupId", "self",
			"sourceSecurityGroupId",
			"toPort", "type",
		},
		ID: func(o *sim.Op) string {
			of := o.In.Str("securityGroupId") + o.In.Str("type") + strings.Join(peers(o.In), ",")
			return fmt.Sprint("sgrule-", crc32.ChecksumIEEE([]byte(of)))
		},
		Outputs: func(o *sim.Op) sim.Props {
			out := sim.Props{"securityGroupRuleId": o.HexID("sgr"), "sourceSecurityGroupId": ""}
			if len(peers(o.In)) > 1 { // one id for each, and the provider keeps none
				out["securityGroupRuleId"] = ""
			}
			return out
		},
		Refs: []sim.Ref{refer.SecurityGroup("securityGroupId"), refer.SecurityGroup("sourceSecurityGroupId")},
		Rules: sim.Many(sim.Create, knownLists, peersFree, func(o *sim.Op) error {
			return tooManyRules(o, olderWeight(o, o.In)+groupWeight(o, o.In.Str("securityGroupId"), o.In.Str("type")))
		}),
	}
}

func hasSource(in sim.Props) []sim.Failure {
	if slices.ContainsFunc(manySources, in.Has) {
		return nil
	}
	return check.Wrong("cidrBlocks", "one of %s must be given", strings.Join(manySources, ", "))
}

// olderProtocol checks a protocol under its older name.
func olderProtocol(in sim.Props) []sim.Failure {
	as := sim.Props{"ipProtocol": in["protocol"]}
	if in.Str("protocol") == "all" {
		return nil
	}
	failures := ruleProtocol(as)
	for i := range failures {
		failures[i].Property = "protocol"
		failures[i].Reason = strings.Replace(failures[i].Reason, "ipProtocol", "protocol", 1)
	}
	return failures
}

// peers are a rule's identities, one for each of its sources.
func peers(in sim.Props) (out []string) {
	same := sim.Props{"ipProtocol": in["protocol"], "fromPort": in["fromPort"], "toPort": in["toPort"]}
	if in.Str("protocol") == "all" {
		same["ipProtocol"] = "-1"
	}
	add := func(source string) {
		of := same.Copy()
		of["cidrIpv4"] = source
		out = append(out, peer(of))
	}
	for _, key := range []string{"cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "sourceSecurityGroupId"} {
		for _, source := range in.Strs(key) {
			add(source)
		}
	}
	if in.Bool("self") {
		add(in.Str("securityGroupId"))
	}
	return out
}

func knownLists(o *sim.Op) error {
	for _, id := range o.In.Strs("prefixListIds") {
		if prefixListByID(o, id) == nil {
			return sim.Refuse("InvalidPrefixListID.NotFound", fmt.Sprintf("The prefix list ID '%s' does not exist", id),
				"Look it up with getManagedPrefixList in "+o.Region+".")
		}
	}
	return nil
}

// peersFree refuses a peer that another resource's rule of the group has.
func peersFree(o *sim.Op) error {
	group, direction := o.In.Str("securityGroupId"), o.In.Str("type")
	taken := map[string]string{}
	for _, other := range o.Others() {
		if other.Props.Str("securityGroupId") == group && other.Props.Str("type") == direction {
			for _, p := range peers(other.Props) {
				taken[p] = other.URN
			}
		}
	}
	for _, other := range o.All(newerRule(direction)) {
		if other.Props.Str("securityGroupId") == group {
			taken[peer(other.Props)] = other.URN
		}
	}
	for _, p := range peers(o.In) {
		if urn := taken[p]; urn != "" {
			return sim.Refuse("InvalidPermission.Duplicate", fmt.Sprintf("the specified rule %q already exists", p),
				"Keep one of the two; "+urn+" has it already.")
		}
	}
	return nil
}

// newerRule is the type of rules of one peer each.
func newerRule(direction string) string {
	if direction == "egress" {
		return token.VPCSecurityGroupEgressRule
	}
	return token.VPCSecurityGroupIngressRule
}

// groupWeight is what a group's rules of one direction weigh without the operation's own.
func groupWeight(o *sim.Op, id, direction string) int {
	group, _ := o.Find(token.EC2SecurityGroup, id)
	weight := inlineWeight(o, group, direction)
	for _, other := range o.All(newerRule(direction)) {
		if other.Props.Str("securityGroupId") == id && other.ID != o.ID {
			weight += ruleWeight(o, other.Props.Str("prefixListId"))
		}
	}
	for _, other := range o.All(token.EC2SecurityGroupRule) {
		if other.Props.Str("securityGroupId") == id && other.Props.Str("type") == direction && other.ID != o.ID {
			weight += olderWeight(o, other.Props)
		}
	}
	return weight
}

func olderWeight(o *sim.Op, in sim.Props) int {
	weight := len(peers(in)) - len(in.Strs("prefixListIds"))
	for _, id := range in.Strs("prefixListIds") {
		weight += ruleWeight(o, id)
	}
	return weight
}
