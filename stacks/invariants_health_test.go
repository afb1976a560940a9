package stacks_test

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
)

// healthIsShallow: a group replaces the machines that its balancer calls
// unhealthy, so that a question about what they share would replace them all.
// What they share is alarmed on, and decides between regions. An app of somebody's own
// has one path for both, and tells nothing of what it misses.
func healthIsShallow(t require.TestingT, cfg config.Config, rec *record.Recording) {
	if cfg.App != nil && cfg.Stage >= 3 {
		healthIsTheirs(t, cfg, rec)
		return
	}
	for _, g := range rec.All(token.LBTargetGroup) {
		assert.Equal(t, contract.HealthPath, g.String("healthCheck.path"), g.Name)
	}
	for _, check := range rec.All(token.Route53HealthCheck) {
		assert.Equal(t, contract.StatusPath, check.String("resourcePath"), check.Name)
	}
	for _, monitor := range rec.All(token.CloudflareLoadBalancerMonitor) {
		assert.Equal(t, contract.StatusPath, monitor.String("path"), monitor.Name)
	}
	alarmed := map[string]bool{}
	for _, a := range rec.All(token.CloudWatchMetricAlarm) {
		if a.String("metricName") == contract.MetricAway {
			alarmed[a.Component] = true
		}
	}
	for _, g := range rec.All(token.AutoScalingGroup) {
		if g.String("healthCheckType") == "ELB" {
			assert.True(t, alarmed[g.Component], "%s: nothing tells that its machines miss the database", g.Name)
		}
	}
}

// healthIsTheirs: an app of somebody's own is asked at its own path.
func healthIsTheirs(t require.TestingT, cfg config.Config, rec *record.Recording) {
	own := cfg.App.WithDefaults().Health
	for typ, key := range map[string]string{token.LBTargetGroup: "healthCheck.path",
		token.Route53HealthCheck: "resourcePath", token.CloudflareLoadBalancerMonitor: "path"} {
		for _, r := range rec.All(typ) {
			assert.Equal(t, own, r.String(key), r.Name)
		}
	}
}
