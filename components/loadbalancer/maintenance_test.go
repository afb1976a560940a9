package loadbalancer

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestMaintenanceAnswersAllButHealth(t *testing.T) {
	require.LessOrEqual(t, len(MaintenancePage), 1024, "what AWS takes")
	rec, _ := run(t, func(a *Args) { a.Maintenance, a.OriginSecret = true, pulumi.String("open sesame") })
	require.Len(t, rec.All(token.LBListenerRule), 3)
	page := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-maintenance")
	assert.Equal(t, "503", page.Value("actions[0].fixedResponse.statusCode"))
	assert.Equal(t, "/*", page.Value("conditions[0].pathPattern.values[0]"))
	assert.Equal(t, "open sesame", page.Value("conditions[1].httpHeader.values[0]"), "others go on to be refused")
	health := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-maintenance-health")
	assert.Equal(t, []any{"/health", "/status"}, health.Value("conditions[0].pathPattern.values"))
	assert.Equal(t, "forward", health.Value("actions[0].type"))
	assert.Less(t, health.Number("priority"), page.Number("priority"))
	verified := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-verified")
	assert.Less(t, page.Number("priority"), verified.Number("priority"))
}

// Route 53's health checkers carry no secret, and a region would be taken for lost.
func TestMaintenanceLetsHealthCheckersAsk(t *testing.T) {
	rec, _ := run(t, func(a *Args) { locked(a); a.Maintenance = true })
	status := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-maintenance-checkers")
	assert.Equal(t, []any{"/status"}, status.Value("conditions[0].pathPattern.values"))
	assert.Equal(t, "forward", status.Value("actions[0].type"))
}

func TestMaintenanceIsOnEachPort(t *testing.T) {
	rec, _ := run(t, func(a *Args) {
		a.Maintenance, a.CIDRs, a.CertificateARN, a.AlsoPlain, a.OriginSecret =
			true, ranges(2), pulumi.String("arn:cert"), true, pulumi.String("open sesame")
	})
	first := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-maintenance")
	second := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-maintenance-80")
	assert.NotEqual(t, first.String("listenerArn"), second.String("listenerArn"))
}

func TestRoutesLeaveRoomForMaintenance(t *testing.T) {
	a := good(func(a *Args) {
		a.Maintenance = true
		a.Routes = []Route{{Name: "users", Paths: []string{"/api/users*"}, Priority: 3}}
	}).withDefaults()
	require.ErrorContains(t, a.validate(), "Routes[0].Priority: got 3, want 4 or more with Maintenance")
	a.Routes[0].Priority = 4
	require.NoError(t, a.validate())
}
