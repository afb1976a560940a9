package firewall

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) { assert.Equal(t, "rung:components:Firewall", Token) }

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give Args
		want []string
	}{
		"regional":                  {give: Args{Region: "us-east-1"}},
		"CloudFront":                {give: Args{Scope: CloudFront}},
		"one group more":            {give: Args{Region: "us-east-1", More: []Group{{Name: "AWSManagedRulesSQLiRuleSet"}}}},
		"a region is a dimension":   {want: []string{"Region: required with scope REGIONAL"}},
		"CloudFront before the ALB": {give: Args{Scope: CloudFront, Balancers: map[string]pulumi.StringInput{"alb": pulumi.String("arn")}}, want: []string{"which only distributions can name"}},
		"nobody behind a name":      {give: Args{Region: "us-east-1", Balancers: map[string]pulumi.StringInput{"alb": nil}}, want: []string{`Balancers: got "alb"`}},
		"near and far":              {give: Args{Region: "us-east-1", Near: &Near{Countries: []string{"US"}, FarPercent: 50, Why: "x"}}},
		"near nowhere":              {give: Args{Region: "us-east-1", Near: &Near{Countries: []string{"us"}}}, want: []string{`Near.Countries: got "us"`, "Near.FarPercent: got 0", "Near.Why"}},
		"near to all the world":     {give: Args{Region: "us-east-1", Near: &Near{Countries: make([]string, 51), FarPercent: 50, Why: "x"}}, want: []string{"Near.Countries: got 51, want 1 to 50"}},
		"everything at once": {
			give: Args{Scope: "GLOBAL", Requests: 5, WindowSeconds: 90, ForwardedHeader: "a b", LogDays: 31, AlarmBlockedPercent: 200,
				More: []Group{{Name: "Own"}, {Name: "AWSManagedRulesCommonRuleSet"}}},
			want: []string{`Scope: got "GLOBAL"`, "Requests: got 5", "WindowSeconds: got 90", `ForwardedHeader: got "a b"`, "LogDays: got 31",
				"AlarmBlockedPercent: got 200", `More[0].Name: got "Own"`, `More[1].Name: got "AWSManagedRulesCommonRuleSet"`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestUsersFarAwayAreCountedAndNotRefused(t *testing.T) {
	rec, f := run(t, Args{Region: "us-east-1", ForwardedHeader: "X-Forwarded-For",
		Near: &Near{Countries: []string{"US", "CA"}, FarPercent: 50, Why: "Half are far."}})
	acl := recordtest.Only(t, rec, token.WAFv2WebAcl)
	assert.Equal(t, []any{"US", "CA"}, acl.Value("rules[3].statement.geoMatchStatement.countryCodes"))
	assert.EqualValues(t, 0, acl.Number("rules[3].priority"), "before all that refuses")
	assert.True(t, acl.Has("rules[3].action.count"))
	assert.Equal(t, "NO_MATCH", acl.Value("rules[3].statement.geoMatchStatement.forwardedIpConfig.fallbackBehavior"))
	far := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "firewall-users-far")
	assert.Equal(t, "Half are far.", far.String("alarmDescription"))
	assert.EqualValues(t, 50, far.Number("threshold"))
	assert.EqualValues(t, 86_400, far.Number("metricQueries[1].metric.period"), "a day")
	assert.Len(t, f.Widgets()[0].Metrics, 4)
}

func TestMetricName(t *testing.T) {
	assert.Equal(t, "my-stack-firewall", metric.Of("my-stack", "firewall", ""))
	assert.Regexp(t, `^my-stack-[0-9a-f]{8}-firewall$`, metric.Of("my_stack", "firewall", ""), "my-stack is another stack")
}

func run(t *testing.T, args Args) (*record.Recording, *Firewall) {
	t.Helper()
	var made *Firewall
	rec := recordtest.Run(t, func(ctx *pulumi.Context) (err error) {
		made, err = New(ctx, "firewall", args)
		return err
	})
	return rec, made
}

func TestRules(t *testing.T) {
	rec, _ := run(t, Args{Region: "us-east-1"})
	acl := recordtest.Only(t, rec, token.WAFv2WebAcl)
	assert.Equal(t, "REGIONAL", acl.Value("scope"))
	assert.True(t, acl.Has("defaultAction.allow"))
	assert.EqualValues(t, 2000, acl.Number("rules[0].statement.rateBasedStatement.limit"))
	assert.EqualValues(t, 300, acl.Number("rules[0].statement.rateBasedStatement.evaluationWindowSec"))
	assert.Equal(t, "IP", acl.Value("rules[0].statement.rateBasedStatement.aggregateKeyType"))
	assert.EqualValues(t, 429, acl.Number("rules[0].action.block.customResponse.responseCode"))
	assert.Equal(t, "AWSManagedRulesCommonRuleSet", acl.Value("rules[1].statement.managedRuleGroupStatement.name"))
	assert.Equal(t, "SizeRestrictions_BODY",
		acl.Value("rules[1].statement.managedRuleGroupStatement.ruleActionOverrides[0].name"), "uploads must pass")
	assert.Equal(t, "AWSManagedRulesKnownBadInputsRuleSet", acl.Value("rules[2].statement.managedRuleGroupStatement.name"))
	assert.True(t, acl.Has("rules[2].overrideAction.none"))
	assert.Equal(t, "firewall", acl.Value("tags").(map[string]any)["rung:component"])
}

func TestVisitorsBehindACDNAreToldApart(t *testing.T) {
	rec, _ := run(t, Args{Region: "us-east-1", ForwardedHeader: "X-Forwarded-For"})
	acl := recordtest.Only(t, rec, token.WAFv2WebAcl)
	assert.Equal(t, "FORWARDED_IP", acl.Value("rules[0].statement.rateBasedStatement.aggregateKeyType"))
	assert.Equal(t, "X-Forwarded-For", acl.Value("rules[0].statement.rateBasedStatement.forwardedIpConfig.headerName"))
}

func TestOnlyCountRefusesNothing(t *testing.T) {
	rec, _ := run(t, Args{Region: "us-east-1", OnlyCount: true})
	acl := recordtest.Only(t, rec, token.WAFv2WebAcl)
	assert.True(t, acl.Has("rules[0].action.count"))
	for _, i := range []string{"1", "2"} {
		assert.True(t, acl.Has("rules["+i+"].overrideAction.count"), i)
	}
}

func TestStandsBeforeBalancers(t *testing.T) {
	rec, _ := run(t, Args{Region: "us-east-1",
		Balancers: map[string]pulumi.StringInput{"loadbalancer": pulumi.String("arn:alb")}})
	a := recordtest.Only(t, rec, token.WAFv2WebAclAssociation)
	assert.Equal(t, "firewall-loadbalancer", a.Name)
	assert.Equal(t, "arn:alb", a.Value("resourceArn"))
	assert.Equal(t, recordtest.Only(t, rec, token.WAFv2WebAcl).Output("arn"), a.Value("webAclArn"))
	cdn, _ := run(t, Args{Scope: CloudFront})
	recordtest.None(t, cdn, token.WAFv2WebAclAssociation)
}

func TestLogsKeepNoCredentials(t *testing.T) {
	rec, _ := run(t, Args{Region: "us-east-1", Logs: true, LogDays: 7})
	group := recordtest.Only(t, rec, token.CloudWatchLogGroup)
	assert.Regexp(t, "^aws-waf-logs-", group.String("namePrefix"))
	assert.EqualValues(t, 7, group.Number("retentionInDays"))
	settings := recordtest.Only(t, rec, token.WAFv2WebAclLoggingConfiguration)
	assert.Equal(t, "DROP", settings.Value("loggingFilter.defaultBehavior"))
	assert.Equal(t, "authorization", settings.Value("redactedFields[0].singleHeader.name"))
	without, _ := run(t, Args{Region: "us-east-1"})
	recordtest.None(t, without, token.CloudWatchLogGroup)
}

func TestAlarmIsOnTheShare(t *testing.T) {
	rec, f := run(t, Args{Region: "eu-west-1"})
	alarm := recordtest.Named(t, rec, token.CloudWatchMetricAlarm, "firewall-blocked")
	assert.EqualValues(t, 10, alarm.Number("threshold"))
	assert.Equal(t, "eu-west-1", alarm.Value("metricQueries[1].metric.dimensions").(map[string]any)["Region"])
	cdn, _ := run(t, Args{Scope: CloudFront})
	dims := recordtest.Named(t, cdn, token.CloudWatchMetricAlarm,
		"firewall-blocked").Value("metricQueries[1].metric.dimensions")
	assert.NotContains(t, dims, "Region", "CloudFront's metrics have no region")
	assert.Len(t, f.Widgets()[0].Metrics, 3)
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "firewall", Args{})
		return err
	})
	require.ErrorContains(t, err, "firewall firewall: Region: required")
	assert.Empty(t, rec.All(Token))
}
