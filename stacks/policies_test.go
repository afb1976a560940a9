package stacks_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rule/ruletest"
	"github.com/rung-dev/rung/policies/rules"
	"github.com/rung-dev/rung/stacks/ladder"
)

// judging are the rules that judge a user's own figures, with the keys that
// hold those: what they find of a figure that the user gave, only the user can
// mend. Of defaults they must find nothing.
var judging = map[string][]string{
	"size-ladder":            sizes,
	"commitment-covers-base": {"reservedInstances", "commitment"},
	"connection-budget":      {"database.proxy", "usersDatabase.class"},
	"search-quorum":          {"search.instances", "search.masters"},
	"stage-budget":           paid(),
}

// paid are the keys that can make the month dearer: all but those that only name
// something.
func paid() []string {
	costless := []string{"domain", "hostedZone", "dnsTtlSeconds", "cloudflareZone", "cloudflareAccount", "artifact", "ami",
		"alertEmail", "policy", "confirmDataLoss", "network.ranges"}
	return slices.DeleteFunc(keyNames(), func(k string) bool { return slices.Contains(costless, k) })
}

// sizes are the keys that choose machines.
var sizes = []string{"server.instanceType", "web.instanceTypes", "workers.instanceTypes", "database.class",
	"database.replicaClass", "cache.nodeType",
	"services.instanceTypes", "usersDatabase.class", "search.instanceType", "search.masterType"}

// Any settings that Parse accepts pass every policy: nothing mandatory is
// broken, and nothing is advised that the stack could have done.
func TestEveryConfigurationPassesThePolicies(t *testing.T) {
	often(t, drawn, nightlyDrawn)
	rapid.Check(t, func(t *rapid.T) {
		s, c := draw(t)
		passesThePolicies(t, s, c.Stage)
	})
}

// fleets are the keys that say how many machines there may be.
var fleets = []string{"web.min", "web.max", "workers.min", "workers.max"}

// asked reports whether a rule judges what somebody asked for. Below stage 4 no proxy
// stands between many machines and the database.
func (s settings) asked(id string, stage ladder.Number) bool {
	return s.gives(judging[id]) || id == "connection-budget" && stage < 4 && s.gives(fleets)
}

func passesThePolicies(t require.TestingT, s settings, stage ladder.Number) {
	stack := ruletest.Stack(build(t, s))
	set, err := pack.Settings(s, time.Now())
	require.NoError(t, err)
	for _, r := range rules.All() {
		level := r.LevelFor(set)
		if level == rule.Disabled || s.asked(r.ID, stage) {
			continue
		}
		got := r.On(stack, set)
		for _, f := range set.Accept(r.ID, got.Found) {
			assert.Fail(t, "a policy is broken", "%s %s: %s\nwith %v", level, r.ID, f.Message, s)
		}
		for _, u := range got.Undecided {
			assert.Fail(t, "a policy cannot decide", "%s: %s %s\nwith %v", r.ID, u.Name, u.Property, s)
		}
	}
}

// gives reports whether the user gave one of the keys.
func (s settings) gives(keys []string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { _, given := s[k]; return given })
}
