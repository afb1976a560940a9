package stacks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/artifact"
)

// market is an app with a service of each kind, alone one without any.
const (
	market = `{"name":"market","directory":".","runtime":"nodejs@22","port":3000,"health":"/healthz?deep=0",
"commands":{"web":"node server.js","worker":"node worker.js","release":"node migrate.js"},"needs":["database","cache","queue"],
"secrets":{"KEY":null},"services":[
{"name":"orders","paths":["/api/orders*","/cart"],"command":"node orders.js","store":"own","release":"node m.js"},
{"name":"mail-out","paths":["/api/mail*"],"command":"node mail.js"},
{"name":"books","paths":["/api/books*"],"command":"node books.js","store":"shared"}]}`
	alone = `{"binary":"bin/app","needs":["database"]}`
)

// yoursWith is a stage with somebody's app and further settings.
func yoursWith(t *testing.T, stage, app string, more ...string) *record.Recording {
	t.Helper()
	settings := map[string]string{"rung:stage": stage, "rung:app": app}
	for i := 0; i+1 < len(more); i += 2 {
		settings["rung:"+more[i]] = more[i+1]
	}
	program := Program(artifact.Artifact{Path: "app", SHA256: strings.Repeat("a1", 32)})
	return recordtest.Run(t, program, record.Config(settings))
}

func TestYourServicesRunWhatTheFileSays(t *testing.T) {
	rec := yoursWith(t, "4", market)
	for name, lines := range map[string][]string{
		"orders-service":   {"ExecStart=/opt/rung/app service-orders\n", "ExecStartPre=/opt/rung/app release-orders\n", "\nDATABASE_HOST=\"dev-orders-database", `{username}:{password}@dev-orders-database`},
		"mail-out-service": {"ExecStart=/opt/rung/app service-mail-out\n"},
		"books-service":    {"ExecStart=/opt/rung/app service-books\n", "ExecStartPre=/opt/rung/app release\n", "\nDATABASE_HOST=\"dev-database-primary"},
		"web":              {"ExecStart=/opt/rung/app web\n", "\nORDERS_SERVICE_URL=\"http://orders.", "\nMAIL_OUT_SERVICE_URL=\"http://mail-out."},
		"workers":          {"\nBOOKS_SERVICE_URL=\"http://books."},
	} {
		boot := bootOf(t, rec, name)
		for _, line := range append(lines, "QUEUE_URL=", `"form": "rediss://:{}@`) {
			assert.Contains(t, boot, line, name)
		}
	}
	mail := bootOf(t, rec, "mail-out-service")
	assert.NotContains(t, mail, "\nDATABASE_")
	assert.NotContains(t, mail, `"DATABASE_URL"`)
	assert.NotContains(t, mail, "ExecStartPre=/opt/rung/app")
	assert.NotContains(t, bootOf(t, rec, "orders-service"), "@dev-database", "the app's is none of its business")
}

// Each service is let into its own store and told of its own secrets.
func TestYourServicesReachWhatIsTheirs(t *testing.T) {
	rec := yoursWith(t, "4", market)
	for service, want := range map[string][]string{"orders-service": {"orders-database"}, "books-service": {"database"},
		"mail-out-service": nil} {
		secrets := policiesOf(rec, service)["secrets"]
		for _, store := range []string{"orders-database", "database"} {
			has := strings.Contains(secrets, ":secret:"+store+"-")
			assert.Equal(t, len(want) > 0 && want[0] == store, has, "%s and %s: %s", service, store, secrets)
		}
		assert.Contains(t, policiesOf(rec, service)["app-secrets"], ":secret:rung/dev/KEY-??????", service)
	}
	for name, there := range map[string]bool{
		"orders-database-from-orders-service": true, "database-from-books-service": true, "database-from-orders-database": true,
		"inner-from-web-80": true, "inner-from-workers-80": true, "inner-from-mail-out-service-80": true,
		"database-from-orders-service": false, "database-from-mail-out-service": false, "orders-database-from-web": false,
	} {
		found := false
		for _, rule := range rec.All(token.VPCSecurityGroupIngressRule) {
			found = found || rule.Name == name
		}
		assert.Equal(t, there, found, name)
	}
}

// Nothing of rung's own app stands, and nobody asks at its port or path.
func TestYourServicesStandForRungs(t *testing.T) {
	rec := yoursWith(t, "4", market)
	assert.Empty(t, rec.All(token.OpenSearchDomain))
	for _, r := range rec.Resources {
		for _, foreign := range []string{"users-", "posts-", "search-", "events-"} {
			assert.False(t, strings.HasPrefix(r.Name, foreign), r.Name)
		}
	}
	for _, g := range rec.All(token.LBTargetGroup) {
		assert.EqualValues(t, 3000, g.Inputs["port"], g.Name)
		check, _ := g.Inputs["healthCheck"].(map[string]any)
		assert.Equal(t, "/healthz?deep=0", check["path"], g.Name)
	}
	route := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-orders-route")
	assert.Equal(t, []any{"/api/orders*", "/cart"}, route.Value("conditions[0].pathPattern.values"))
	assert.InDelta(t, 0, route.Value("actions[0].forward.targetGroups[1].weight"), 0, "nothing yet")
	moved := recordtest.Named(t, yoursWith(t, "4", market, "services.weights", "orders=30"), token.LBListenerRule,
		"loadbalancer-orders-route")
	assert.InDelta(t, 30, moved.Value("actions[0].forward.targetGroups[1].weight"), 0)
}

func TestYourAppWithoutServices(t *testing.T) {
	for _, stage := range []string{"4", "5", "6"} {
		rec := yoursWith(t, stage, alone)
		assert.NotEmpty(t, rec.Named("artifacts-boot-web"))
		assert.Empty(t, rec.Named("artifacts-boot-workers"), "it has no worker")
		assert.Empty(t, rec.All(token.OpenSearchDomain))
		for _, r := range rec.All(token.RDSInstance) {
			assert.NotContains(t, r.Name, "shard", "nobody would spread anything over them")
		}
	}
}

// Whoever asks from outside whether a region can serve asks what the app answers.
func TestYourAppIsAskedAtItsOwnPath(t *testing.T) {
	rec := yoursWith(t, "5", market, "domain", "example.com")
	checks := rec.All(token.Route53HealthCheck)
	require.NotEmpty(t, checks)
	for _, c := range checks {
		assert.Equal(t, "/healthz?deep=0", c.String("resourcePath"), c.Name)
	}
	rule := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-health")
	assert.Equal(t, []any{"/healthz"}, rule.Value("conditions[0].pathPattern.values"), "a rule sees no query")
	for _, region := range []string{"", "-euw1"} {
		assert.NotEmpty(t, rec.Named("orders-database"+region+"-primary"), region)
		assert.NotEmpty(t, rec.Named("artifacts"+region+"-boot-orders-service"+region), region)
	}
}
