package pack

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rules"
	"github.com/rung-dev/rung/resource/token"
)

// told is a server for a stack with this configuration.
func told(t *testing.T, config map[string]string) *Server {
	t.Helper()
	s := NewServer()
	keys := map[string]string{}
	for k, v := range config {
		keys["rung:"+k] = v
	}
	_, err := s.Handshake(t.Context(), &pulumirpc.AnalyzerHandshakeRequest{})
	require.NoError(t, err)
	_, err = s.ConfigureStack(t.Context(), &pulumirpc.AnalyzerStackConfigureRequest{Config: keys})
	require.NoError(t, err)
	return s
}

func wire(t *testing.T, props map[string]property.Value) *structpb.Struct {
	t.Helper()
	m, err := plugin.MarshalProperties(resource.ToResourcePropertyMap(property.NewMap(props)),
		plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true, KeepOutputValues: true})
	require.NoError(t, err)
	return m
}

// heard are what a server says about one resource, by policy.
func heard(t *testing.T, s *Server, typ, name string,
	props map[string]property.Value) map[string][]*pulumirpc.AnalyzeDiagnostic {
	t.Helper()
	got, err := s.Analyze(t.Context(),
		&pulumirpc.AnalyzeRequest{Type: typ, Name: name, Urn: "urn:" + name, Properties: wire(t, props)})
	require.NoError(t, err)
	return byPolicy(got)
}

// heardOfAll is the same at the end of a run.
func heardOfAll(t *testing.T, s *Server, all ...*pulumirpc.AnalyzerResource) map[string][]*pulumirpc.AnalyzeDiagnostic {
	t.Helper()
	got, err := s.AnalyzeStack(t.Context(), &pulumirpc.AnalyzeStackRequest{Resources: all})
	require.NoError(t, err)
	return byPolicy(got)
}

func byPolicy(r *pulumirpc.AnalyzeResponse) map[string][]*pulumirpc.AnalyzeDiagnostic {
	all := map[string][]*pulumirpc.AnalyzeDiagnostic{}
	for _, d := range r.GetDiagnostics() {
		all[d.GetPolicyName()] = append(all[d.GetPolicyName()], d)
	}
	return all
}

// policiesOf is what a server says about itself, by policy.
func policiesOf(t *testing.T, s *Server) map[string]*pulumirpc.PolicyInfo {
	t.Helper()
	info, err := s.GetAnalyzerInfo(t.Context(), nil)
	require.NoError(t, err)
	all := map[string]*pulumirpc.PolicyInfo{}
	for _, p := range info.GetPolicies() {
		all[p.GetName()] = p
	}
	assert.Len(t, all, len(info.GetPolicies()), "no name stands twice")
	return all
}

func TestPackHasEveryRuleOfItsStage(t *testing.T) {
	for _, config := range []map[string]string{nil, {"stage": "3"}} {
		server := told(t, config)
		set, want := server.run.settings, 0
		got := policiesOf(t, server)
		for _, r := range rules.All() {
			level, on := enforcement(r.LevelFor(set))
			if r.Kind == rule.OnPlan || !on {
				assert.NotContains(t, got, r.ID)
				continue
			}
			want++
			require.Contains(t, got, r.ID)
			assert.Equal(t, level, got[r.ID].GetEnforcementLevel(), r.ID)
			assert.True(t, strings.HasPrefix(got[r.ID].GetDescription(), "["+string(r.Severity)+"]"))
		}
		assert.Len(t, got, want+3, "and the pack's own three")
	}
}

// TestTheProtocolGetsWhatRulesKnow: whoever shows a violation knows how bad it
// is, which standard asks for it, where to read on and what to do.
func TestTheProtocolGetsWhatRulesKnow(t *testing.T) {
	server := told(t, nil)
	got := policiesOf(t, server)["rds-not-public"]
	assert.Equal(t, pulumirpc.PolicySeverity_POLICY_SEVERITY_CRITICAL, got.GetSeverity())
	assert.Equal(t, "Databases have no public address", got.GetDisplayName())
	assert.Equal(t, "AWS Foundational Security Best Practices", got.GetFramework().GetName())
	assert.Equal(t, "RDS.2", got.GetFramework().GetReference())
	assert.Equal(t, "https://github.com/rung-dev/rung/blob/main/policies/RULES.md#rds-not-public", got.GetUrl())
	assert.Contains(t, got.GetRemediationSteps(), "publiclyAccessible")
	assert.Contains(t, got.GetTags(), "checkov:CKV_AWS_17")
	assert.Equal(t, pulumirpc.PolicyType_POLICY_TYPE_RESOURCE, got.GetPolicyType())
	for id, p := range policiesOf(t, server) {
		assert.NotEqual(t, pulumirpc.PolicyType_POLICY_TYPE_UNKNOWN, p.GetPolicyType(), id)
		assert.NotEmpty(t, p.GetUrl(), id)
		if _, isRule := rules.ByID(id); isRule {
			assert.NotEqual(t, pulumirpc.PolicySeverity_POLICY_SEVERITY_UNSPECIFIED, p.GetSeverity(), id)
			assert.NotEmpty(t, p.GetRemediationSteps(), id)
			assert.NotEmpty(t, p.GetMessage(), id)
		}
	}
	said := heard(t, server, token.RDSInstance, "db",
		map[string]property.Value{"publiclyAccessible": property.New(true)})["rds-not-public"]
	require.Len(t, said, 1)
	assert.Equal(t, pulumirpc.PolicySeverity_POLICY_SEVERITY_CRITICAL, said[0].GetSeverity())
	assert.Equal(t, "urn:db", said[0].GetUrn())
	assert.Equal(t, "[critical] Databases have no public address.\ndb: publiclyAccessible is true; set it to false",
		said[0].GetMessage())
	assert.Equal(t, pulumirpc.EnforcementLevel_MANDATORY, said[0].GetEnforcementLevel())
}

// TestThePackAnswersBeforeItKnowsAStack: `pulumi policy` asks what it holds
// without naming one.
func TestThePackAnswersBeforeItKnowsAStack(t *testing.T) {
	assert.Contains(t, policiesOf(t, NewServer()), "rds-not-public")
	version, err := NewServer().GetPluginInfo(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, Version, version.GetVersion())
	got, err := NewServer().Remediate(t.Context(), &pulumirpc.AnalyzeRequest{})
	require.NoError(t, err)
	assert.Empty(t, got.GetRemediations())
}

func TestAFileMaySetLevels(t *testing.T) {
	server := told(t, nil)
	_, err := server.Configure(t.Context(),
		&pulumirpc.ConfigureAnalyzerRequest{PolicyConfig: map[string]*pulumirpc.PolicyConfig{
			"rds-not-public": {EnforcementLevel: pulumirpc.EnforcementLevel_ADVISORY},
			"rds-encrypted":  {EnforcementLevel: pulumirpc.EnforcementLevel_DISABLED},
			EstimateID:       {EnforcementLevel: pulumirpc.EnforcementLevel_DISABLED},
		}})
	require.NoError(t, err)
	got := heard(t, server, token.RDSInstance, "db", map[string]property.Value{"publiclyAccessible": property.New(true)})
	require.Len(t, got["rds-not-public"], 1)
	assert.Equal(t, pulumirpc.EnforcementLevel_ADVISORY, got["rds-not-public"][0].GetEnforcementLevel())
	assert.Empty(t, got["rds-encrypted"])
	assert.Empty(t, heardOfAll(t, server,
		&pulumirpc.AnalyzerResource{Type: token.RDSInstance, Name: "db", Urn: "urn:db"})[EstimateID])
}

func TestRulesOnOtherTypesSayThatTheyDoNotApply(t *testing.T) {
	got, err := told(t, nil).Analyze(t.Context(),
		&pulumirpc.AnalyzeRequest{Type: token.RDSInstance, Name: "db", Urn: "urn:db"})
	require.NoError(t, err)
	var not []string
	for _, n := range got.GetNotApplicable() {
		not = append(not, n.GetPolicyName())
	}
	assert.Contains(t, not, "alb-tls-policy")
	assert.NotContains(t, not, "rds-encrypted")
	assert.NotContains(t, not, "vpc-flow-logs", "a rule on stacks has not been asked yet")
}

func TestDisabledRulesAreNotInThePack(t *testing.T) {
	assert.NotContains(t, policiesOf(t, told(t, map[string]string{"policy": `{"rds-encrypted": "disabled"}`})),
		"rds-encrypted")
}

func TestAFaultOfARuleIsReportedAndEndsNothing(t *testing.T) {
	server := told(t, nil)
	broken := rule.Rule{ID: "broken", Types: []string{"x:y:Z"},
		Resource: func(*rule.Check, *rule.Resource) { panic("index out of range") }}
	server.run.resource(&broken, rule.New("x:y:Z", "it", "urn:it", property.Map{}),
		func(string, string) { t.Error("said something") })
	got := heardOfAll(t, server)[UndecidedID]
	require.Len(t, got, 1)
	assert.Contains(t, got[0].GetMessage(), "broken: a fault of the rule itself (index out of range)")
}

func TestUndecidedIsReportedOnce(t *testing.T) {
	server := told(t, nil)
	for range 2 {
		heard(t, server, token.RDSInstance, "db",
			map[string]property.Value{"backupRetentionPeriod": property.New(property.Computed)})
	}
	got := heardOfAll(t, server)[UndecidedID]
	require.Len(t, got, 1)
	assert.Equal(t, 1, strings.Count(got[0].GetMessage(), "db backupRetentionPeriod"))
	assert.Empty(t, heardOfAll(t, server)[UndecidedID])
}

func TestExceptionsCoverTheirResourceOnly(t *testing.T) {
	late := time.Now().AddDate(0, 0, -2).Format(time.DateOnly)
	server := told(t, map[string]string{"policy": fmt.Sprintf(`{"rds-encrypted": {"exceptions": [
		{"resource": "old", "reason": "r", "until": "2999-12-31"}, {"resource": "urn:older", "reason": "r", "until": "2999-12-31"},
		{"resource": "late", "reason": "r", "until": %q}]}}`, late)})
	for name, want := range map[string]int{"old": 0, "older": 0, "late": 1, "new": 1} {
		assert.Len(t, heard(t, server, token.RDSInstance, name, nil)["rds-encrypted"], want, name)
	}
	got := heardOfAll(t, server, &pulumirpc.AnalyzerResource{Type: token.RDSInstance, Name: "late",
		Urn: "urn:late"})[ExpiredID]
	require.Len(t, got, 1)
	assert.Equal(t, "urn:late", got[0].GetUrn())
	assert.Contains(t, got[0].GetMessage(), "late: the exception from rds-encrypted (r) ended on "+late)
}

// TestInputsTellFromOutputs: after a refresh the cloud reports the standalone
// rules of a group as its inline ones; only the inputs show that nobody wrote any.
func TestInputsTellFromOutputs(t *testing.T) {
	const (
		group   = token.EC2SecurityGroup
		ingress = token.VPCSecurityGroupIngressRule
	)
	server := told(t, nil)
	heard(t, server, group, "group", map[string]property.Value{"description": property.New("d")})
	outputs := wire(t, map[string]property.Value{"id": property.New("sg"),
		"ingress": property.New([]property.Value{property.New(map[string]property.Value{"fromPort": property.New(443.0)})})})
	got := heardOfAll(t, server,
		&pulumirpc.AnalyzerResource{Type: group, Name: "group", Urn: "urn:group", Properties: outputs},
		&pulumirpc.AnalyzerResource{Type: ingress, Name: "in", Urn: "urn:in",
			Properties: wire(t, map[string]property.Value{"securityGroupId": property.New("sg")})})
	assert.Empty(t, got["sg-no-mixed-rules"])
}

func TestTheEngineMayAskFromSeveralSides(t *testing.T) {
	server := told(t, nil)
	var said atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			got, err := server.Analyze(t.Context(),
				&pulumirpc.AnalyzeRequest{Type: token.RDSInstance, Name: fmt.Sprint(i), Urn: fmt.Sprint(i)})
			if assert.NoError(t, err) {
				said.Add(int32(len(byPolicy(got)["rds-encrypted"])))
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 8, said.Load())
}

func TestWhatRulesNeedComesOffTheWire(t *testing.T) {
	got, err := stackResource(&pulumirpc.AnalyzerResource{
		Type: token.ALBLoadBalancer, Name: "lb", Urn: "urn:lb", Parent: "urn:parent",
		Options:              &pulumirpc.AnalyzerResourceOptions{Protect: true},
		Provider:             &pulumirpc.AnalyzerProviderResource{Properties: wire(t, map[string]property.Value{"region": property.New("eu-west-1")})},
		PropertyDependencies: map[string]*pulumirpc.AnalyzerPropertyDependencies{"subnets": {Urns: []string{"urn:a"}}, "none": {}},
		Properties:           wire(t, map[string]property.Value{"open": property.New(property.Computed), "hidden": property.New("s").WithSecret(true)}),
	})
	require.NoError(t, err)
	assert.Equal(t, token.LBLoadBalancer, got.Type)
	assert.Equal(t, "urn:parent", got.Parent)
	assert.True(t, got.Protect)
	assert.Equal(t, "eu-west-1", got.Region)
	assert.Equal(t, map[string][]string{"subnets": {"urn:a"}}, got.Depends)
	assert.True(t, got.At("open").Unknown())
	assert.True(t, got.At("hidden").Secret())
}

func TestWrongSettingsStopTheRun(t *testing.T) {
	_, err := NewServer().ConfigureStack(t.Context(),
		&pulumirpc.AnalyzerStackConfigureRequest{Config: map[string]string{"rung:policy": `{"rds-multi-as": "mandatory"}`}})
	assert.ErrorContains(t, err, "rung:policy.rds-multi-as: no such rule: did you mean rds-multi-az?")
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
	config := map[string]string{"budget": "plenty",
		"policy": `{"alb-waf": {"exceptions": [{"resource": "lb", "reason": "r", "until": "2020-01-31"}]}}`}
	err := Validate(config, time.Now())
	assert.ErrorContains(t, err, "rung:budget: got")
	assert.ErrorContains(t, err, "rung:policy.alb-waf.exceptions[0].until: 2020-01-31 is in the past")
	assert.NoError(t, Validate(nil, time.Now()))
}

func TestSettingsBringStagesOwnDepartures(t *testing.T) {
	s, err := Settings(map[string]string{"stage": "3"}, time.Now())
	require.NoError(t, err)
	_, ok := s.Exception("secret-rotation", rule.Finding{Name: "origin-store"})
	assert.True(t, ok)
	s, err = Settings(nil, time.Now())
	require.NoError(t, err)
	_, ok = s.Exception("secret-rotation", rule.Finding{Name: "origin-store"})
	assert.False(t, ok, "another program has none")
}
