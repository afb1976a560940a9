package stacks_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/parts"
)

// everything are settings that bring every part of the system into being between them.
var everything = map[string][]string{
	"one server":  {"stage", "2", "domain", "example.com"},
	"handover":    {"stage", "3", "handover", "pending", "domain", "example.com"},
	"services":    {"stage", "4", "domain", "example.com"},
	"several":     {"stage", "5", "domain", "example.com", "traffic.routing", "accelerator"},
	"aurora":      {"stage", "5", "database.global", "aurora"},
	"edge":        {"stage", "6", "domain", "example.com", "edge.experiment", "home=10", "edge.apiKeys", "shop", "edge.apiKeyPaths", "/api/partner"},
	"cloudflare":  {"stage", "4", "domain", "example.com", "cdn", "cloudflare", "cloudflareZone", strings.Repeat("0a", 16)},
	"without cdn": {"stage", "3", "cdn", "none"},
}

// A component that the map does not know would be listed last and drawn beside
// the system: name it in stacks/parts.
func TestEveryComponentHasAPlaceOnTheMap(t *testing.T) {
	seen := map[string]bool{}
	for name, settings := range everything {
		for _, r := range run(t, settings...).Resources {
			if r.Component == "" {
				continue
			}
			n := parts.Parse(r.Component)
			assert.NotEmpty(t, n.Part, "%s: component %s has no place", name, r.Component)
			seen[n.Part] = true
		}
	}
	for _, p := range parts.All() {
		assert.True(t, seen[p.Name], "no stage has the part %s of the map", p.Name)
	}
}

// The same of any stack, see invariants.
func componentsHavePlaces(t require.TestingT, _ config.Config, rec *record.Recording) {
	for _, r := range rec.Resources {
		if r.Component != "" {
			assert.NotEmpty(t, parts.Parse(r.Component).Part, "component %s has no place: name it in stacks/parts", r.Component)
		}
	}
}

// Whom a store lets in is who is said to use it, and nobody else.
func TestTheMapSaysWhoUsesWhat(t *testing.T) {
	said := map[string]bool{}
	for _, w := range parts.Ways() {
		said[w.From+" "+w.To] = true
	}
	found := map[string]bool{}
	for name, settings := range everything {
		for _, way := range admitted(run(t, settings...)) {
			assert.True(t, said[way], "%s: %s, which stacks/parts does not say", name, way)
			found[way] = true
		}
	}
	for _, w := range parts.Ways() {
		if to, _ := parts.Get(w.To); w.Kind == parts.Calls && guarded[w.To] && to.Tier != parts.World {
			assert.True(t, found[w.From+" "+w.To], "the map says that %s uses %s, and no stage admits it", w.From, w.To)
		}
	}
}

// guarded are the parts that admit others by security groups; buckets, queues
// and topics do by IAM.
var guarded = map[string]bool{
	"inner": true, "server": true, "web": true, "users-service": true, "posts-service": true, "search-service": true,
	"cache": true, "database-proxy": true, "database": true, "users-database": true, "search": true,
}

// admitted are the ways that the recorded security groups open within a region.
func admitted(rec *record.Recording) []string {
	owner := map[string]parts.Name{}
	for _, g := range rec.All(token.EC2SecurityGroup) {
		owner[g.ID] = parts.Parse(g.Component)
	}
	var ways []string
	for _, rule := range rec.All(token.VPCSecurityGroupIngressRule) {
		from, ok := owner[rule.String("referencedSecurityGroupId")]
		to := owner[rule.String("securityGroupId")]
		if ok && from.Part != to.Part && passes(from) && passes(to) {
			ways = append(ways, fmt.Sprintf("%s %s", from.Part, to.Part))
		}
	}
	return ways
}

// passes is true for what stands on a request's way.
func passes(n parts.Name) bool {
	p, ok := parts.Get(n.Part)
	return ok && p.Tier != parts.Beside
}
