package stacks

import (
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// built records stage 3 or 4 with stage 3's settings.
func built(t *testing.T, stage ladder.Number, pairs ...string) *record.Recording {
	t.Helper()
	settings := map[string]string{"stage": strconv.Itoa(int(min(stage, config.Built)))}
	for i := 0; i < len(pairs); i += 2 {
		settings[pairs[i]] = pairs[i+1]
	}
	cfg, err := config.Parse(settings)
	require.NoError(t, err)
	cfg.Stage = stage
	list, err := builder(stage)
	require.NoError(t, err)
	return recordtest.Run(t, func(ctx *pulumi.Context) error {
		c, err := newCell(ctx, cfg, artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)})
		if err != nil {
			return err
		}
		return c.build(list(c))
	})
}

// variants are the settings under which stage 4 must stand.
var variants = map[string][]string{
	"defaults":   nil,
	"a domain":   {"domain", "example.com"},
	"no CDN":     {"cdn", "none", "domain", "example.com"},
	"a handover": {"handover", "pending"},
	"elsewhere":  {"regions", "eu-west-1"},
}

func TestStage4Stands(t *testing.T) {
	for name, settings := range variants {
		t.Run(name, func(t *testing.T) {
			rec := built(t, 4, settings...)
			for _, typ := range []string{"rung:components:Gateway", "rung:components:Events", "rung:components:Search",
				"rung:components:Discovery",
				"rung:components:Firewall", "rung:components:SLO"} {
				recordtest.Only(t, rec, typ)
			}
			for _, fleet := range []string{"web", "workers", "users-service", "posts-service", "search-service"} {
				recordtest.Named(t, rec, "rung:components:Fleet", fleet)
			}
		})
	}
}

// A climb creates and updates: whatever stage 3 has is there under the same URN,
// and nothing that would replace it has changed.
func TestClimbTo4KeepsEverything(t *testing.T) {
	for name, settings := range variants {
		t.Run(name, func(t *testing.T) {
			above := map[string]record.Resource{}
			for _, r := range built(t, 4, settings...).Resources {
				above[r.URN] = r
			}
			for _, r := range built(t, 3, settings...).Custom() {
				kept, there := above[r.URN]
				assert.True(t, there, "%s has left", r.URN)
				assert.Equal(t, r.Protect, kept.Protect, r.Name)
			}
		})
	}
}

func TestPostsKeepTheDatabaseOfStage3(t *testing.T) {
	const typ = token.RDSInstance
	below := recordtest.Named(t, built(t, 3), typ, "database-primary")
	rec := built(t, 4)
	above := recordtest.Named(t, rec, typ, "database-primary")
	below.Inputs["tags"], above.Inputs["tags"] = nil, nil // which name the stage
	assert.Equal(t, below.Inputs, above.Inputs)
	assert.True(t, recordtest.Named(t, rec, typ, "users-database-primary").Protect)
}

func TestServicesWaitForTheHandover(t *testing.T) {
	const typ = token.LBListenerRule
	pending := built(t, 4, "handover", "pending")
	for _, r := range pending.All(typ) {
		assert.NotEqual(t, "loadbalancer-users-route", r.Name)
	}
	rule := recordtest.Named(t, built(t, 4), typ, "loadbalancer-users-route")
	assert.EqualValues(t, 100, rule.Number("actions[0].forward.targetGroups[0].weight"),
		"the one app serves until a weight says otherwise")
	moved := recordtest.Named(t, built(t, 4, "services.weights", "users=30"), typ, "loadbalancer-users-route")
	assert.EqualValues(t, 70, moved.Number("actions[0].forward.targetGroups[0].weight"))
	assert.EqualValues(t, 30, moved.Number("actions[0].forward.targetGroups[1].weight"))
	inner := recordtest.Named(t, pending, typ, "inner-users-route")
	assert.EqualValues(t, 100, inner.Number("actions[0].forward.targetGroups[1].weight"))
}

func TestServicesHaveNoMoreThanTheyNeed(t *testing.T) {
	rec := built(t, 4)
	const typ = token.IAMRolePolicy
	arn := func(store string) string {
		name := map[bool]string{true: "origin-store", false: store + "-secret-store"}[store == "origin"]
		return recordtest.Named(t, rec, token.SecretsManagerSecret, name).Output("arn").(string)
	}
	for service, store := range map[string]string{"users-service": "users-database", "posts-service": "database",
		"search-service": "search"} {
		policy := recordtest.Named(t, rec, typ, service+"-secrets").String("policy")
		for _, other := range []string{"users-database", "database", "search", "origin"} {
			assert.Equal(t, other == store, strings.Contains(policy, arn(other)), "%s and the secret of %s", service, other)
		}
	}
	assert.Contains(t, recordtest.Named(t, rec, typ, "users-service-events-publish").String("policy"), "sns:Publish")
	assert.Empty(t, rec.Named("search-service-events-publish"))
}

func TestNamespace(t *testing.T) {
	for give, want := range map[string]string{
		"dev": "dev.internal", "My_Stack.1": "my-stack-1.internal", "__": "stack.internal",
	} {
		assert.Equal(t, want, namespace(give))
	}
	assert.Regexp(t, `^a{41}-[0-9a-f]{8}\.internal$`, namespace(strings.Repeat("a", 80)))
}

func TestNeedsProxy(t *testing.T) {
	for name, tt := range map[string]struct {
		class    string
		machines int
		want     bool
	}{
		"stage 4's defaults":            {"db.m7g.large", 16, false},
		"just enough":                   {"db.m7g.large", 144, false},
		"one machine more":              {"db.m7g.large", 145, true},
		"a smaller one":                 {"db.t4g.medium", 72, false},
		"a smaller one, more machines":  {"db.t4g.medium", 73, true},
		"the largest: 5,000 at most":    {"db.r7g.16xlarge", 200, false},
		"more than the largest can say": {"db.r7g.16xlarge", 201, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := needsProxy(tt.class, tt.machines)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
	_, err := needsProxy("db.z9.huge", 1)
	require.ErrorContains(t, err, "db.z9.huge")
}

func TestProxyAppearsWithTheMachines(t *testing.T) {
	recordtest.None(t, built(t, 4), "rung:components:DatabaseProxy")
	rec := built(t, 4, "web.max", "200")
	recordtest.Only(t, rec, "rung:components:DatabaseProxy")
	recordtest.Named(t, rec, token.VPCSecurityGroupIngressRule,
		"database-proxy-from-posts-service")
	recordtest.None(t, built(t, 4, "web.max", "200", "database.proxy", "never"), "rung:components:DatabaseProxy")
	recordtest.Only(t, built(t, 4, "database.proxy", "always"), "rung:components:DatabaseProxy")
}

// The load balancer's paths are the cheaper way: no gateway, no link, and the
// services serve what their weights say.
func TestPathsInPlaceOfTheGateway(t *testing.T) {
	rec := built(t, 4, "services.api", "balancer", "services.weights", "posts=100")
	for _, r := range rec.Custom() {
		assert.NotContains(t, r.Type, "aws:apigatewayv2/", r.Name)
	}
	rule := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-posts-route")
	assert.EqualValues(t, 100, rule.Number("actions[0].forward.targetGroups[1].weight"))
}

func TestSizesOfTheServices(t *testing.T) {
	rec := built(t, 4, "services.max", "9", "usersDatabase.class", "db.r7g.large", "usersDatabase.storageGiB", "50",
		"search.instances", "6", "search.masters", "0", "firewall.requests", "500", "firewall.onlyCount", "true")
	assert.EqualValues(t, 9,
		recordtest.Named(t, rec, token.AutoScalingGroup, "posts-service-group").Number("maxSize"))
	assert.EqualValues(t, 6, recordtest.Named(t, rec, token.AutoScalingGroup, "web-group").Number("maxSize"))
	users := recordtest.Named(t, rec, token.RDSInstance, "users-database-primary")
	assert.Equal(t, "db.r7g.large", users.String("instanceClass"))
	assert.EqualValues(t, 50, users.Number("allocatedStorage"))
	domain := recordtest.Only(t, rec, token.OpenSearchDomain)
	assert.EqualValues(t, 6, domain.Number("clusterConfig.instanceCount"))
	assert.False(t, domain.Bool("clusterConfig.dedicatedMasterEnabled"))
	assert.Contains(t, recordtest.Only(t, rec, token.WAFv2WebAcl).String("rules"), "500")
}
