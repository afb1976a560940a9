package pack

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/policyx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rules"
)

// heard collects violations as "urn: message".
type heard struct {
	mu  sync.Mutex
	all []string
}

func (h *heard) ReportViolation(message, urn string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, urn+": "+message)
}

func resource(typ, name string, props map[string]property.Value) policyx.AnalyzerResource {
	return policyx.AnalyzerResource{Type: typ, Name: name, URN: "urn:" + name, Properties: property.NewMap(props)}
}

func TestPackHasEveryRuleOfItsStage(t *testing.T) {
	for stage, want := range map[int]int{0: 0, 3: 0} {
		s := rule.Settings{}
		if stage == 3 {
			s.Stage = 3
		}
		for _, r := range rules.All() {
			if r.Kind != rule.OnPlan && r.LevelFor(s) != rule.Disabled {
				want++
			}
		}
		p, err := New(s)
		require.NoError(t, err)
		assert.Len(t, p.Policies(), want+3, "and the pack's own three")
		for _, each := range p.Policies() {
			assert.NotEmpty(t, each.Description(), each.Name())
			r, isRule := rules.ByID(each.Name())
			if isRule {
				level, on := enforcement(r.LevelFor(s))
				assert.True(t, on)
				assert.Equal(t, level, each.EnforcementLevel(), each.Name())
				assert.True(t, strings.HasPrefix(each.Description(), "["+string(r.Severity)+"]"))
			}
		}
	}
}

func TestDisabledRulesAreNotInThePack(t *testing.T) {
	p, err := New(rule.Settings{Rules: map[string]rule.Own{"rds-encrypted": {Level: rule.Disabled}}})
	require.NoError(t, err)
	for _, each := range p.Policies() {
		assert.NotEqual(t, "rds-encrypted", each.Name())
	}
}

func TestAFaultOfARuleIsReportedAndEndsNothing(t *testing.T) {
	r := newRun(rule.Settings{})
	broken := rule.Rule{ID: "broken", Types: []string{"x:y:Z"}, Resource: func(*rule.Check, *rule.Resource) { panic("index out of range") }}
	h := &heard{}
	r.resource(&broken, policyx.ResourceValidationArgs{Manager: h, Resource: resource("x:y:Z", "it", nil)})
	assert.Empty(t, h.all)
	r.reportUndecided(policyx.StackValidationArgs{Manager: h})
	require.Len(t, h.all, 1)
	assert.Contains(t, h.all[0], "broken: a fault of the rule itself (index out of range)")
}

func TestUndecidedIsReportedOnce(t *testing.T) {
	r := newRun(rule.Settings{})
	backups, _ := rules.ByID("rds-backups")
	open := resource("aws:rds/instance:Instance", "db", map[string]property.Value{"backupRetentionPeriod": property.New(property.Computed)})
	h := &heard{}
	for range 2 {
		r.resource(&backups, policyx.ResourceValidationArgs{Manager: h, Resource: open})
	}
	r.reportUndecided(policyx.StackValidationArgs{Manager: h})
	r.reportUndecided(policyx.StackValidationArgs{Manager: h})
	require.Len(t, h.all, 1)
	assert.Equal(t, 1, strings.Count(h.all[0], "db backupRetentionPeriod"))
}

func TestExceptionsCoverTheirResourceOnly(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	r := newRun(rule.Settings{Now: now, Rules: map[string]rule.Own{"rds-encrypted": {Exceptions: []rule.Exception{
		{Resource: "old", Reason: "r", Until: now}, {Resource: "urn:older", Reason: "r", Until: now}, {Resource: "late", Reason: "r", Until: now.AddDate(0, 0, -1)},
	}}}})
	encrypted, _ := rules.ByID("rds-encrypted")
	h := &heard{}
	for _, name := range []string{"old", "older", "late", "new"} {
		r.resource(&encrypted, policyx.ResourceValidationArgs{Manager: h, Resource: resource("aws:rds/instance:Instance", name, nil)})
	}
	require.Len(t, h.all, 2)
	assert.Contains(t, h.all[0], "urn:late")
	assert.Contains(t, h.all[1], "urn:new")
	h.all = nil
	r.reportExpired(policyx.StackValidationArgs{Manager: h, Resources: []policyx.AnalyzerResource{resource("aws:rds/instance:Instance", "late", nil)}})
	require.Len(t, h.all, 1)
	assert.Contains(t, h.all[0], "urn:late: late: the exception from rds-encrypted (r) ended on 2026-11-21")
}

// TestInputsTellFromOutputs: after a refresh the cloud reports the standalone
// rules of a group as its inline ones; only the inputs show that nobody wrote any.
func TestInputsTellFromOutputs(t *testing.T) {
	r := newRun(rule.Settings{})
	mixed, _ := rules.ByID("sg-no-mixed-rules")
	other, _ := rules.ByID("sg-described")
	group := resource("aws:ec2/securityGroup:SecurityGroup", "group", map[string]property.Value{"description": property.New("d")})
	h := &heard{}
	r.resource(&other, policyx.ResourceValidationArgs{Manager: h, Resource: group})
	group.Properties = property.NewMap(map[string]property.Value{"id": property.New("sg"),
		"ingress": property.New([]property.Value{property.New(map[string]property.Value{"fromPort": property.New(443.0)})})})
	in := resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", map[string]property.Value{"securityGroupId": property.New("sg")})
	r.stack(&mixed, policyx.StackValidationArgs{Manager: h, Resources: []policyx.AnalyzerResource{group, in}})
	assert.Empty(t, h.all)
}

func TestTheEngineMayAskFromSeveralSides(t *testing.T) {
	r := newRun(rule.Settings{})
	h := &heard{}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for _, each := range rules.General() {
				r.resource(&each, policyx.ResourceValidationArgs{Manager: h, Resource: resource("aws:rds/instance:Instance", fmt.Sprint(i), nil)})
			}
		})
	}
	wg.Wait()
	assert.Equal(t, 8, strings.Count(strings.Join(h.all, "\n"), "storageEncrypted"))
}

func TestConvertKeepsWhatRulesNeed(t *testing.T) {
	a := resource("aws:alb/loadBalancer:LoadBalancer", "lb", nil)
	a.Options = pulumi.ResourceOptions{Protect: true}
	a.Provider.Properties = property.NewMap(map[string]property.Value{"region": property.New("eu-west-1")})
	got := convert(a)
	assert.Equal(t, "aws:lb/loadBalancer:LoadBalancer", got.Type)
	assert.True(t, got.Protect)
	assert.Equal(t, "eu-west-1", got.Region)
}

func TestLinkIsMadeOnceAndRenewed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "dir")
	first, err := Link(dir, "/bin/true")
	require.NoError(t, err)
	assert.True(t, Serves(first))
	assert.False(t, Serves("/usr/bin/rung"))
	again, err := Link(dir, "/bin/false")
	require.NoError(t, err)
	assert.Equal(t, first, again)
	to, err := os.Readlink(again)
	require.NoError(t, err)
	assert.Equal(t, "/bin/false", to)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing half done is left")
}

func TestValidateReportsAllAtOnce(t *testing.T) {
	config := map[string]string{"budget": "plenty", "policy": `{"alb-waf": {"exceptions": [{"resource": "lb", "reason": "r", "until": "2020-01-31"}]}}`}
	err := Validate(func(key string) string { return config[key] }, time.Now())
	assert.ErrorContains(t, err, "rung:budget: got")
	assert.ErrorContains(t, err, "rung:policy.alb-waf.exceptions[0].until: 2020-01-31 is in the past")
	assert.NoError(t, Validate(func(string) string { return "" }, time.Now()))
}

func TestSettingsBringRungsOwnDepartures(t *testing.T) {
	s, err := Settings(func(key string) string { return map[string]string{"stage": "3"}[key] }, time.Now())
	require.NoError(t, err)
	_, ok := s.Exception("secret-rotation", rule.Finding{Name: "origin-store"})
	assert.True(t, ok)
	s, err = Settings(func(string) string { return "" }, time.Now())
	require.NoError(t, err)
	_, ok = s.Exception("secret-rotation", rule.Finding{Name: "origin-store"})
	assert.False(t, ok, "another program has none")
}
