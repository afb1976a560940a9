package stacks_test

import (
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preflight"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
)

const (
	// cloudFront is what the list of CloudFront's addresses counts for: a group that
	// lets it in holds nothing else, since five rules more would be the last.
	cloudFront = 55
	// full is how many of the 60 rules that AWS lets a group have in each direction
	// one of ours has at most: what is left is for the next part that must be let in.
	full = 50
	// perInterface is how many groups an interface has at most; with 60 rules each
	// that is far from the 1,000 that the two may come to.
	// Source: the VPC user guide, "Amazon VPC quotas", security groups, 2026-11.
	perInterface = 5
)

// groupsHaveRoom: what grows by one rule must not be what makes an up fail at AWS.
func groupsHaveRoom(t require.TestingT, _ config.Config, rec *record.Recording) {
	for _, a := range preflight.NeedOf(preflight.Stack{Planned: rec.Model()}).Amounts {
		if a.Key != preflight.GroupRules {
			continue
		}
		alone := a.AtMost == cloudFront && letsOneIn(rec, strings.TrimSuffix(a.Scope, " in"))
		assert.True(t, alone || a.AtMost <= full,
			"%s has %d rules: want %d at most, and CloudFront's list in a group of its own", a.Scope, a.AtMost, full)
	}
	for typ, path := range groupsOf {
		for _, r := range rec.All(typ) {
			groups, _ := r.Value(path).([]any)
			assert.LessOrEqual(t, len(groups), perInterface, r.Name)
		}
	}
}

// groupsOf are where the types that have several groups name them.
var groupsOf = map[string]string{
	token.EC2Instance: "vpcSecurityGroupIds", token.LBLoadBalancer: "securityGroups",
	token.EC2LaunchTemplate: "vpcSecurityGroupIds", token.RDSInstance: "vpcSecurityGroupIds",
}

// letsOneIn reports whether the group of that logical name has one rule inwards.
func letsOneIn(rec *record.Recording, group string) bool {
	n := 0
	for _, g := range rec.All(token.EC2SecurityGroup) {
		for _, r := range rec.All(token.VPCSecurityGroupIngressRule) {
			if g.Name == group && r.String("securityGroupId") == g.ID {
				n++
			}
		}
	}
	return n == 1
}
