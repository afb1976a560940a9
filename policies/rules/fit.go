package rules

import (
	"fmt"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

// fit lists the rules that hold the stack against the app and its load.
func fit() []rule.Rule {
	return []rule.Rule{
		{
			ID: "static-cache-headers", Title: "Static files are cached, answers of the API are not", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "A CDN that keeps nothing costs money for nothing; one that keeps an API's answers shows them to others.", Default: from(rule.Advisory, 2),
			Types: []string{token.CloudFrontDistribution, token.CloudFrontCachePolicy, token.S3BucketObjectv2, token.CloudflareRuleset}, Stack: staticHeaders,
		},
		{
			ID: "readiness-contract", Title: "Health checks, grace and drain agree with the app", Severity: rule.High, Kind: rule.OnStack,
			Why: "A grace shorter than the boot kills machines for ever; a drain shorter than a request cuts users off.", Default: from(rule.Mandatory, 0),
			Types: []string{token.LBTargetGroup, token.AutoScalingGroup}, Stack: readiness,
			Params: []rule.Param{
				{Name: "bootSeconds", Meaning: "seconds from launch to ready", Default: float64(contract.BootSeconds), Low: 1, High: 7200},
				{Name: "drainSeconds", Meaning: "seconds that the app needs to finish requests", Default: float64(contract.DrainSeconds), Low: 0, High: 3600},
				{Name: "failSeconds", Meaning: "most seconds until a broken machine gets no more requests", Default: 60.0, Low: 5, High: 3000},
			},
		},
		{
			ID: "connection-budget", Title: "The fleets cannot exhaust the database's connections", Severity: rule.High, Kind: rule.OnStack,
			Why: "Scaling out under load would end in errors for everybody.", Default: from(rule.Advisory, 2),
			Types: []string{token.AutoScalingGroup, token.RDSInstance, token.RDSProxy, token.RDSProxyDefaultTargetGroup}, Stack: connections,
			Params: []rule.Param{
				{Name: "share", Meaning: "part of the connections that fleets may take, in percent", Default: 80.0, Low: 1, High: 100},
				{Name: "pool", Meaning: "connections of one machine; 0 means what the app takes, 2 × cores + 1 within 5 and 20", Default: 0.0, Low: 0, High: 1000},
			},
		},
		{
			ID: "queue-contract", Title: "Queues have dead letters and timeouts that fit the work", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "One job that always fails must not be tried for ever, and a slow one not by two workers at once.", Default: mandatory,
			Types: []string{token.SQSQueue, token.SQSRedrivePolicy, token.LambdaEventSourceMapping, token.LambdaFunction}, Stack: queueContract,
		},
		{
			ID: "scaling-signals", Title: "What scales is watched, as the app promises, and tagged with its stage", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "The next stage is due when these alarms say so.", Default: from(rule.Advisory, 3),
			Types: []string{token.LBLoadBalancer, token.AutoScalingGroup, token.RDSInstance, token.ElastiCacheReplicationGroup, token.SQSQueue, token.CloudWatchMetricAlarm}, Stack: signals,
		},
	}
}

func readiness(c *rule.Check, s *rule.Stack) {
	boot, drain := c.Number("bootSeconds"), c.Number("drainSeconds")
	paths := []string{contract.HealthPath, contract.ReadyPath}
	if own := c.Settings; own.Health != "" {
		boot, drain, paths = float64(own.BootSeconds), float64(own.DrainSeconds), append(paths, own.Health)
	}
	for _, t := range s.Of(token.LBTargetGroup) {
		if t.At("protocol").Is("HTTP", "HTTPS") == rule.No {
			continue
		}
		c.Require(t.At("healthCheck.path").Is(paths...), t, "healthCheck.path",
			fmt.Sprintf("ask %q, which fails for what this server alone is at fault: "+
				"a check that also asks the database replaces the whole fleet in a failover", contract.HealthPath))
		checkDetection(c, t)
		c.Require(t.At("deregistrationDelay").AtLeast(drain), t, "deregistrationDelay",
			fmt.Sprintf("give the app the %g s that it needs to finish requests", drain))
	}
	for _, g := range s.Of(token.AutoScalingGroup) {
		if behindBalancer(s, g) == rule.Yes {
			c.Require(g.At("healthCheckGracePeriod").AtLeast(boot), g, "healthCheckGracePeriod",
				fmt.Sprintf("give a machine the %g s that it needs to boot", boot))
		}
	}
}

// checkDetection holds how long a broken machine still gets requests against the bound.
func checkDetection(c *rule.Check, t *rule.Resource) {
	interval, a := t.At("healthCheck.interval").Number()
	times, b := t.At("healthCheck.unhealthyThreshold").Number()
	most := c.Number("failSeconds")
	if rule.All(a, b) == rule.Yes && interval*times >= most {
		c.Fail(t, "healthCheck.interval", fmt.Sprintf("%g s × %g", interval, times),
			fmt.Sprintf("a broken machine must be out within %g s", most))
	}
}
