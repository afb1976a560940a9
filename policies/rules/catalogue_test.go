package rules

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/policies/rule"
)

func TestRulesAreComplete(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	typ := regexp.MustCompile(`^(aws|cloudflare|rung|random):[A-Za-z0-9]+(/[A-Za-z0-9]+)?:[A-Za-z0-9]+$`)
	seen := map[string]bool{}
	for _, r := range All() {
		assert.Regexp(t, id, r.ID)
		assert.False(t, seen[r.ID], "%s stands twice", r.ID)
		seen[r.ID] = true
		assert.NotEmpty(t, r.Title, r.ID)
		assert.True(t, strings.HasSuffix(r.Why, "."), "%s: the reason is a sentence", r.ID)
		assert.True(t, strings.HasSuffix(r.Remedy, "."), "%s: remedies.go says what to do, in a sentence", r.ID)
		assert.False(t, strings.HasSuffix(r.Title, "."), "%s: the title is none", r.ID)
		assert.Contains(t, []rule.Severity{rule.Critical, rule.High, rule.Medium, rule.Low}, r.Severity, r.ID)
		assert.Contains(t, []rule.Level{rule.Advisory, rule.Mandatory}, r.Default.Level,
			"%s: the zero level would be advisory in silence", r.ID)
		assert.Equal(t, r.Kind == rule.OnResource, r.Resource != nil, r.ID)
		assert.Equal(t, r.Kind == rule.OnStack, r.Stack != nil, r.ID)
		assert.NotEmpty(t, r.Types, r.ID)
		for _, each := range r.Types {
			assert.Regexp(t, typ, each, r.ID)
			assert.Equal(t, rule.Canonical(each), each, "%s: rules are asked about canonical types", r.ID)
		}
		for _, p := range r.Params {
			assert.NotEmpty(t, p.Meaning, r.ID)
			if n, ok := p.Default.(float64); ok {
				assert.True(t, p.Low <= n && n <= p.High, "%s: the default of %s is out of its bounds", r.ID, p.Name)
			}
		}
	}
}

// TestDefaultLevels pins what stops a run: a rule that becomes mandatory by
// accident breaks other people's deployments.
func TestDefaultLevels(t *testing.T) {
	risesTo := map[string]int{
		"asg-multi-az": 2, "alb-access-logs": 3, "alb-deletion-protection": 3, "alb-waf": 4, "rds-observable": 4, "cache-failover": 3,
		"cdn-logs-waf": 4, "search-quorum": 4, "edge-rate-limit": 4, "stage-budget": 3, "data-store-multi-az": 3, "data-protected": 2,
		"static-cache-headers": 2, "connection-budget": 2, "scaling-signals": 3,
	}
	advisory := map[string]bool{}
	for _, id := range []string{"vpc-flow-logs", "sg-described", "rds-multi-az", "rds-minor-upgrades", "cache-snapshots",
		"s3-tls-only",
		"s3-lifecycle", "s3-access-logs", "queue-encrypted", "secret-rotation", "dns-hygiene", "commitment-covers-base",
		"premature-complexity"} {
		advisory[id] = true
	}
	for _, r := range All() {
		assert.Equal(t, risesTo[r.ID], int(r.Default.Mandatory), r.ID)
		want := rule.Mandatory
		if advisory[r.ID] || risesTo[r.ID] > 0 {
			want = rule.Advisory
		}
		assert.Equal(t, want, r.Default.Level, r.ID)
	}
}

func TestLevelsRiseWithTheStage(t *testing.T) {
	r, _ := ByID("data-store-multi-az")
	assert.Equal(t, rule.Disabled, r.LevelFor(rule.Settings{}), "no stage, no answer")
	assert.Equal(t, rule.Advisory, r.LevelFor(rule.Settings{Stage: 2}))
	assert.Equal(t, rule.Mandatory, r.LevelFor(rule.Settings{Stage: 3}))
	b, _ := ByID("stage-budget")
	assert.Equal(t, rule.Mandatory, b.LevelFor(rule.Settings{Stage: 1, OwnBudget: true}), "who sets a budget means it")
	c, _ := ByID("commitment-covers-base")
	assert.Equal(t, rule.Disabled, c.LevelFor(rule.Settings{Stage: 2}))
}

func TestComplianceNamesRules(t *testing.T) {
	for id := range compliance {
		_, ok := ByID(id)
		assert.True(t, ok, id)
	}
	for id := range remedies {
		_, ok := ByID(id)
		assert.True(t, ok, "a remedy for %s, which is no rule", id)
	}
}
