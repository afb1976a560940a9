package gateway

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokensAreFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:Gateway", Token)
	assert.Equal(t, "rung:components:GatewayLink", LinkToken)
}

func subnets(zones ...string) []part.Subnet {
	var all []part.Subnet
	for _, z := range zones {
		all = append(all, part.Subnet{ID: pulumi.String("subnet-" + z).ToStringOutput(), Zone: z})
	}
	return all
}

func link() LinkArgs {
	return LinkArgs{VPCID: pulumi.String("vpc-1"), Subnets: subnets("us-east-1a", "us-east-1b"), TargetCIDR: "10.0.0.0/16",
		TargetPort: 80}
}

// good are args that pass; change makes each case's own.
func good(change func(*Args)) Args {
	a := Args{Link: &Link{}, ListenerARN: pulumi.String("arn:listener")}
	if change != nil {
		change(&a)
	}
	return a
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give func(*Args)
		want []string
	}{
		"defaults": {},
		"a route with limits": {give: func(a *Args) {
			a.Routes = []Route{{Name: "search", Key: "GET /api/search", RequestsPerSecond: 100, Burst: 50}}
		}},
		"a greedy path":       {give: func(a *Args) { a.Routes = []Route{{Name: "users", Key: "ANY /api/users/{proxy+}"}} }},
		"longer than AWS can": {give: func(a *Args) { a.TimeoutSeconds = 31 }, want: []string{"TimeoutSeconds: got 31, want 1 to 30"}},
		"any site acts for a visitor": {give: func(a *Args) { a.CORS = &CORS{Origins: []string{"*"}, Credentials: true} },
			want: []string{"* with Credentials lets any site act"}},
		"any site reads":             {give: func(a *Args) { a.CORS = &CORS{Origins: []string{"*"}} }},
		"a developer's machine":      {give: func(a *Args) { a.CORS = &CORS{Origins: []string{"http://localhost:3000", "https://example.com"}} }},
		"a site in the clear":        {give: func(a *Args) { a.CORS = &CORS{Origins: []string{"http://example.com"}} }, want: []string{`CORS.Origins: got "http://example.com"`}},
		"a site with a path":         {give: func(a *Args) { a.CORS = &CORS{Origins: []string{"https://example.com/x"}} }, want: []string{"without a path"}},
		"a domain without its proof": {give: func(a *Args) { a.Domain = "api.example.com" }, want: []string{"want both or none"}},
		"a name without a domain": {give: func(a *Args) {
			a.Names = []Name{{Label: "own", Domain: "a.example.com", CertificateARN: pulumi.String("c")}}
		}, want: []string{"Names: want none without a Domain"}},
		"names that are not their own": {give: func(a *Args) {
			a.Domain, a.CertificateARN = "api.example.com", pulumi.String("c")
			a.Names = []Name{{Label: "own", Domain: "api.example.com", CertificateARN: pulumi.String("c")},
				{Domain: "b.example.com"}}
		}, want: []string{`Names[0]: got "api.example.com" ("own")`, `Names[1]: got "b.example.com" ("")`}},
		"more than the gateway takes": {give: func(a *Args) {
			a.RequestsPerSecond, a.Routes = 10, []Route{{Name: "a", Key: "GET /", RequestsPerSecond: 11}}
		}, want: []string{"Routes[0].RequestsPerSecond: got 11"}},
		"everything at once": {give: func(a *Args) {
			*a = Args{Burst: -1, RequestsPerSecond: -1, LogDays: 31, AlarmP95Seconds: 60, AlarmClientErrorPercent: 101,
				CORS:    &CORS{MaxAgeSeconds: -1},
				Headers: map[string]pulumi.StringInput{"a b": nil}, Routes: []Route{{Name: "default", Key: "/x"}}}
		}, want: []string{"Link: required", "ListenerARN: required", "Burst: got -1", "RequestsPerSecond: got -1",
			"LogDays: got 31",
			"AlarmP95Seconds: got 60", "AlarmClientErrorPercent: got 101", "CORS.MaxAgeSeconds: got -1",
			"CORS.Origins: required",
			`Headers: got "a b"`, `Routes[0].Name: got "default"`, `Routes[0].Key: got "/x"`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := good(tt.give).withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestLinkArgsAreChecked(t *testing.T) {
	require.NoError(t, link().validate())
	err := LinkArgs{Subnets: subnets("us-east-1a", "us-east-1a")}.validate()
	for _, part := range []string{"VPCID: required", "TargetCIDR: required", "TargetPort: got 0", "Subnets: got 1 zones"} {
		assert.ErrorContains(t, err, part)
	}
}

// run records a link and a gateway through it.
func run(t *testing.T, change func(*LinkArgs, *Args)) (*record.Recording, *Gateway) {
	t.Helper()
	var made *Gateway
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		la, a := link(), good(nil)
		if change != nil {
			change(&la, &a)
		}
		l, err := NewLink(ctx, "gateway-link", la)
		if err != nil {
			return err
		}
		a.Link = l
		made, err = New(ctx, "gateway", a)
		return err
	})
	return rec, made
}

func TestCallsGoThroughTheLink(t *testing.T) {
	rec, _ := run(t, nil)
	i := recordtest.Only(t, rec, token.APIGatewayV2Integration)
	assert.Equal(t, "VPC_LINK", i.Value("connectionType"))
	assert.Equal(t, recordtest.Only(t, rec, token.APIGatewayV2VpcLink).ID, i.Value("connectionId"))
	assert.Equal(t, "arn:listener", i.Value("integrationUri"))
	assert.EqualValues(t, 30_000, i.Number("timeoutMilliseconds"))
	assert.False(t, i.Has("tlsConfig"))

	out := recordtest.Only(t, rec, token.VPCSecurityGroupEgressRule)
	assert.Equal(t, "10.0.0.0/16", out.Value("cidrIpv4"))
	assert.EqualValues(t, 80, out.Number("toPort"))
	recordtest.None(t, rec, token.VPCSecurityGroupIngressRule)
}

// Other subnets are another link: a third zone must not reach it.
func TestAZoneMoreLeavesTheLinkAlone(t *testing.T) {
	before, _ := run(t, nil)
	after, _ := run(t, func(l *LinkArgs, _ *Args) { l.Subnets = subnets("us-east-1a", "us-east-1b", "us-east-1c") })
	assert.Equal(t, recordtest.Only(t, before, token.APIGatewayV2VpcLink).Inputs,
		recordtest.Only(t, after, token.APIGatewayV2VpcLink).Inputs)
}

func TestEverythingIsLimitedAndLogged(t *testing.T) {
	rec, _ := run(t, func(_ *LinkArgs, a *Args) {
		a.RequestsPerSecond, a.Burst = 2000, 1000
		a.Routes = []Route{{Name: "search", Key: "GET /api/search", RequestsPerSecond: 200, Burst: 100},
			{Name: "posts", Key: "ANY /api/posts/{proxy+}"}}
	})
	stage := recordtest.Only(t, rec, token.APIGatewayV2Stage)
	assert.EqualValues(t, 2000, stage.Number("defaultRouteSettings.throttlingRateLimit"))
	assert.EqualValues(t, 1000, stage.Number("defaultRouteSettings.throttlingBurstLimit"))
	assert.Equal(t, "GET /api/search", stage.Value("routeSettings[0].routeKey"))
	assert.Len(t, stage.Value("routeSettings"), 1, "a route without limits of its own has the gateway's")
	var line map[string]string
	require.NoError(t, json.Unmarshal([]byte(stage.String("accessLogSettings.format")), &line))
	assert.Equal(t, "$context.requestId", line["requestId"])
	log := recordtest.Only(t, rec, token.CloudWatchLogGroup)
	assert.Equal(t, "/aws/vendedlogs/apis/dev-gateway-", log.String("namePrefix"))
	assert.EqualValues(t, 30, log.Number("retentionInDays"))

	assert.Len(t, rec.All(token.APIGatewayV2Route), 3)
	assert.Equal(t, "$default", recordtest.Named(t, rec, token.APIGatewayV2Route,
		"gateway-route-default").Value("routeKey"))
	assert.Contains(t, stage.Dependencies, recordtest.Named(t, rec, token.APIGatewayV2Route, "gateway-route-search").URN)
}

// Gateways of several regions answer to one name, and each to one of its own.
func TestFurtherNames(t *testing.T) {
	cert := pulumi.String("arn:cert")
	rec, g := run(t, func(_ *LinkArgs, a *Args) {
		a.Domain, a.CertificateARN = "api.example.com", cert
		a.Names = []Name{{Label: "own", Domain: "api-use1.example.com", CertificateARN: cert}}
	})
	own := recordtest.Named(t, rec, token.APIGatewayV2DomainName, "gateway-own-domain")
	assert.Equal(t, "api-use1.example.com", own.String("domainName"))
	mapping := recordtest.Named(t, rec, token.APIGatewayV2ApiMapping, "gateway-own-mapping")
	assert.Equal(t, own.ID, mapping.Value("domainName"))
	assert.Equal(t, recordtest.Named(t, rec, token.APIGatewayV2ApiMapping, "gateway-mapping").Value("apiId"),
		mapping.Value("apiId"))
	assert.Contains(t, g.Names, "own")
}

func TestAWSsOwnNameIsClosedWhereThereIsADomain(t *testing.T) {
	rec, g := run(t, func(_ *LinkArgs, a *Args) {
		a.Domain, a.CertificateARN = "api.example.com", pulumi.String("arn:cert")
	})
	assert.True(t, recordtest.Only(t, rec, token.APIGatewayV2Api).Bool("disableExecuteApiEndpoint"))
	domain := recordtest.Only(t, rec, token.APIGatewayV2DomainName)
	assert.Equal(t, "REGIONAL", domain.Value("domainNameConfiguration.endpointType"))
	assert.Equal(t, "TLS_1_2", domain.Value("domainNameConfiguration.securityPolicy"))
	recordtest.Only(t, rec, token.APIGatewayV2ApiMapping)
	assert.NotNil(t, g.Target.OutputState)

	plain, g := run(t, nil)
	assert.False(t, recordtest.Only(t, plain, token.APIGatewayV2Api).Bool("disableExecuteApiEndpoint"))
	assert.Nil(t, g.Target.OutputState)
}

func TestHeadersCannotBeForged(t *testing.T) {
	rec, _ := run(t, func(_ *LinkArgs, a *Args) {
		secret := pulumi.ToSecret(pulumi.String("s")).(pulumi.StringOutput)
		a.Headers = map[string]pulumi.StringInput{"X-Origin-Verify": secret}
		a.ServerName = "balancer.example.com"
	})
	i := recordtest.Only(t, rec, token.APIGatewayV2Integration)
	assert.Equal(t, map[string]any{"overwrite:header.X-Origin-Verify": "s"}, i.Value("requestParameters"))
	assert.True(t, i.Secret("requestParameters"))
	assert.Equal(t, "balancer.example.com", i.Value("tlsConfig.serverNameToVerify"))
}

func TestCORS(t *testing.T) {
	rec, _ := run(t, func(_ *LinkArgs, a *Args) {
		a.CORS = &CORS{Origins: []string{"https://example.com"}, Credentials: true}
	})
	api := recordtest.Only(t, rec, token.APIGatewayV2Api)
	assert.Equal(t, []any{"https://example.com"}, api.Value("corsConfiguration.allowOrigins"))
	assert.Contains(t, api.Value("corsConfiguration.allowMethods"), "PATCH")
	without, _ := run(t, nil)
	assert.False(t, recordtest.Only(t, without, token.APIGatewayV2Api).Has("corsConfiguration"))
}

func TestAlarmsAndWidgets(t *testing.T) {
	rec, g := run(t, nil)
	const alarmType = token.CloudWatchMetricAlarm
	assert.Equal(t, "5xx", recordtest.Named(t, rec, alarmType, "gateway-errors").Value("metricName"))
	slow := recordtest.Named(t, rec, alarmType, "gateway-slow")
	assert.Equal(t, "p95", slow.Value("extendedStatistic"))
	assert.EqualValues(t, 500, slow.Number("threshold"), "the metric is in milliseconds")
	assert.Equal(t, "100*refused/calls",
		recordtest.Named(t, rec, alarmType, "gateway-client-errors").Value("metricQueries[0].expression"))
	assert.Len(t, g.GateAlarms, 2)
	assert.Len(t, g.Widgets(), 2)
}

func TestEverythingIsTagged(t *testing.T) {
	rec, _ := run(t, nil)
	for _, r := range rec.Custom() {
		if r.Type == token.APIGatewayV2Integration || r.Type == token.APIGatewayV2Route {
			continue // take no tags
		}
		assert.NotEmpty(t, r.String(`tags["rung:component"]`), r.Name)
	}
}

func TestBadArgsCreateNothing(t *testing.T) {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "gateway", Args{})
		return err
	})
	require.ErrorContains(t, err, "gateway gateway: Link: required")
	assert.Empty(t, rec.All(Token))
}
