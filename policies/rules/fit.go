package rules

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/cdnpolicy"
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

// The managed cache policies that keep, and those that pass on what the origin
// does not allow to keep.
var (
	managedCaching = []string{cdnpolicy.CachingOptimized, cdnpolicy.CachingOptimizedUncompressed}
	managedPassing = []string{cdnpolicy.CachingDisabled, cdnpolicy.OriginCacheControl,
		cdnpolicy.OriginCacheControlQueryStrings}
)

var staticPattern = regexp.MustCompile(`(?i)^/?(static|assets)/|\.(css|js|png|jpe?g|gif|svg|webp|woff2?)$`)

const daySeconds = 86_400

func staticHeaders(c *rule.Check, s *rule.Stack) {
	for _, d := range s.Of(token.CloudFrontDistribution) {
		static := false
		c.Each(d, "orderedCacheBehaviors", func(path string, b rule.Value) {
			pattern, _ := b.At("pathPattern").Text()
			switch {
			case staticPattern.MatchString(pattern):
				static = true
				checkStatic(c, s, d, path, b)
			case strings.HasPrefix("/"+strings.TrimPrefix(pattern, "/"), contract.APIPrefix):
				at := b.At("cachePolicyId")
				c.RequireAt(rule.Any(at.Is(managedPassing...), keepsNothing(s, b)), d, path+".cachePolicyId", at,
					"use a policy that keeps only what the app allows, CachingDisabled say")
			}
		})
		if !static && !d.At("orderedCacheBehaviors").Unknown() {
			c.Fail(d, "orderedCacheBehaviors", "without one for static files",
				"add one for "+contract.StaticPrefix+"* that keeps files for a day or longer")
		}
	}
	for _, o := range s.Of(token.S3BucketObjectv2) {
		key := o.At("key").Matches(staticPattern.MatchString)
		if key == rule.Yes {
			c.Require(o.At("cacheControl").Matches(func(v string) bool { return strings.Contains(v, "max-age=") }), o,
				"cacheControl", `set it to "public, max-age=31536000, immutable"`)
		}
	}
	cloudflareCaches(c, s)
}

func checkStatic(c *rule.Check, s *rule.Stack, d *rule.Resource, path string, b rule.Value) {
	at := b.At("cachePolicyId")
	keeps := rule.Any(at.Is(managedCaching...), keepsADay(s, b), b.At("defaultTtl").AtLeast(daySeconds))
	c.RequireAt(keeps, d, path+".cachePolicyId", at,
		"use a policy that keeps files for a day or longer without cookies, CachingOptimized say")
	c.RequireAt(b.At("compress").Flag(), d, path+".compress", b.At("compress"), "set it to true")
}

// ownPolicy is the stack's cache policy that a behaviour names. Of another
// stack's, and of one that AWS has added since, nothing is known here.
func ownPolicy(s *rule.Stack, b rule.Value) (*rule.Resource, rule.Tri) {
	id, there := b.At("cachePolicyId").Text()
	if there != rule.Yes {
		return nil, there
	}
	for _, p := range s.Of(token.CloudFrontCachePolicy) {
		if p.At("id").Is(id) == rule.Yes {
			return p, rule.Yes
		}
	}
	if slices.Contains(slices.Concat(managedCaching, managedPassing), id) {
		return nil, rule.No
	}
	return nil, rule.Unknown
}

func keepsADay(s *rule.Stack, b rule.Value) rule.Tri {
	p, there := ownPolicy(s, b)
	if there != rule.Yes {
		return there
	}
	cookies := p.At("parametersInCacheKeyAndForwardedToOrigin.cookiesConfig.cookieBehavior")
	return rule.All(p.At("defaultTtl").AtLeast(daySeconds), cookies.Is("all", "whitelist", "allExcept").Not())
}

func keepsNothing(s *rule.Stack, b rule.Value) rule.Tri {
	p, there := ownPolicy(s, b)
	if there != rule.Yes {
		return there
	}
	return rule.All(p.At("defaultTtl").Between(0, 0), p.At("minTtl").AtLeast(1).Not())
}

// cloudflareCaches wants a rule for static files where rules say what is kept.
func cloudflareCaches(c *rule.Check, s *rule.Stack) {
	for _, r := range s.Of(token.CloudflareRuleset) {
		if r.At("phase").Is("http_request_cache_settings") != rule.Yes {
			continue
		}
		long := rule.No
		c.Each(r, "rules", func(_ string, v rule.Value) {
			long = rule.Any(long, v.At("actionParameters.edgeTtl.default").AtLeast(daySeconds))
		})
		c.Require(long, r, "rules", "add one that keeps static files for a day or longer")
	}
}

func readiness(c *rule.Check, s *rule.Stack) {
	for _, t := range s.Of(token.LBTargetGroup) {
		if t.At("protocol").Is("HTTP", "HTTPS") == rule.No {
			continue
		}
		c.Require(t.At("healthCheck.path").Is(contract.HealthPath, contract.ReadyPath), t, "healthCheck.path",
			fmt.Sprintf("ask %q, which fails for what this server alone is at fault: "+
				"a check that also asks the database replaces the whole fleet in a failover", contract.HealthPath))
		checkDetection(c, t)
		drain := c.Number("drainSeconds")
		c.Require(t.At("deregistrationDelay").AtLeast(drain), t, "deregistrationDelay",
			fmt.Sprintf("give the app the %g s that it needs to finish requests", drain))
	}
	for _, g := range s.Of(token.AutoScalingGroup) {
		if behindBalancer(s, g) == rule.Yes {
			boot := c.Number("bootSeconds")
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

// The app's pool: contract.EnvDatabasePool, "cores*2+1 within 5 and 20".
const (
	leastPool = 5
	mostPool  = 20
)

func connections(c *rule.Check, s *rule.Stack) {
	machines := 0.0
	for _, g := range s.Of(token.AutoScalingGroup) {
		n, there := g.At("maxSize").Number()
		if there == rule.Unknown {
			c.Undecided(g, "maxSize")
		}
		machines += n
	}
	if machines == 0 {
		return
	}
	if proxies := s.Of(token.RDSProxy); len(proxies) > 0 {
		proxyPools(c, s)
		return
	}
	for _, db := range s.Of(token.RDSInstance) {
		if !replica(db) {
			checkConnections(c, db, machines)
		}
	}
}

func proxyPools(c *rule.Check, s *rule.Stack) {
	for _, pool := range s.Of(token.RDSProxyDefaultTargetGroup) {
		at := pool.At("connectionPoolConfig.maxConnectionsPercent")
		c.Require(at.Between(1, 90), pool, "connectionPoolConfig.maxConnectionsPercent",
			"set it to 90 or less: administrators need some too")
	}
}

func checkConnections(c *rule.Check, db *rule.Resource, machines float64) {
	name, there := db.At("instanceClass").Text()
	if there == rule.Unknown {
		c.Undecided(db, "instanceClass")
	}
	memory, known := MemoryGiB(name)
	if !known {
		return
	}
	_, size := class(name)
	pool := c.Number("pool")
	if pool == 0 {
		pool = min(max(2*cpus(size)+1, leastPool), mostPool)
	}
	// RDS's default for PostgreSQL: LEAST(DBInstanceClassMemory/9531392, 5000).
	most := min(memory*(1<<30)/9_531_392, 5000) * c.Number("share") / 100
	if machines*pool > most {
		c.Fail(db, "instanceClass", fmt.Sprintf("%s for %.0f machines with %.0f connections each", name, machines, pool),
			fmt.Sprintf("it carries %.0f connections: lower the fleets' maximum, take a larger class or add a proxy", most))
	}
}

// The bounds of a queue's attempts; workers on Lambda retry by themselves.
const (
	leastAttempts       = 3
	leastLambdaAttempts = 5
	mostAttempts        = 10
	// visibilityFactor is AWS's advice: six times the longest run.
	visibilityFactor = 6
)

func queueContract(c *rule.Check, s *rule.Stack) {
	for _, q := range s.Of(token.SQSQueue) {
		switch deadLetters(s, q) {
		case rule.Unknown:
			c.Undecided(q, "redrivePolicy")
			continue
		case rule.Yes:
			continue
		}
		redrive, holder := q.Input("redrivePolicy"), q
		if set, _ := s.Pointing(token.SQSRedrivePolicy, "queueUrl", q); len(set) > 0 {
			redrive, holder = set[0].Input("redrivePolicy"), set[0]
		}
		c.Require(redrive.Given(), holder, "redrivePolicy", "name a dead-letter queue and a maxReceiveCount of 3 to 10")
		checkAttempts(c, s, q, holder, redrive)
		checkRetention(c, s, q, holder)
		checkVisibility(c, s, q)
	}
}

// deadLetters says whether another queue sends its failures here.
func deadLetters(s *rule.Stack, q *rule.Resource) rule.Tri {
	got := rule.No
	for _, other := range s.Of(token.SQSQueue, token.SQSRedrivePolicy) {
		if other != q {
			got = rule.Any(got, s.Points(other, "redrivePolicy", q), rule.Of(redrivesTo(other, q)))
		}
	}
	return got
}

// redrivesTo reads the JSON of a redrive policy.
func redrivesTo(from, to *rule.Resource) bool {
	var policy struct{ DeadLetterTargetARN string }
	text, _ := from.At("redrivePolicy").Text()
	arn, there := to.At("arn").Text()
	return there == rule.Yes && json.Unmarshal([]byte(text), &policy) == nil && policy.DeadLetterTargetARN == arn
}

func checkAttempts(c *rule.Check, s *rule.Stack, q, holder *rule.Resource, redrive rule.Value) {
	text, there := redrive.Text()
	if there != rule.Yes {
		if there == rule.Unknown {
			c.Undecided(holder, "redrivePolicy")
		}
		return
	}
	var policy struct{ MaxReceiveCount json.Number }
	count := 0.0
	if json.Unmarshal([]byte(text), &policy) == nil {
		count, _ = policy.MaxReceiveCount.Float64()
	}
	least := float64(leastAttempts)
	if len(consumers(s, q)) > 0 {
		least = leastLambdaAttempts
	}
	if count < least || count > mostAttempts {
		c.Fail(holder, "redrivePolicy.maxReceiveCount", fmt.Sprint(count),
			fmt.Sprintf("try a message %g to %d times", least, mostAttempts))
	}
}

// checkRetention wants dead letters to be kept as long as the messages: their
// clock starts when the message was first sent.
func checkRetention(c *rule.Check, s *rule.Stack, q, holder *rule.Resource) {
	own, there := q.At("messageRetentionSeconds").Number()
	for _, dead := range s.Of(token.SQSQueue) {
		if s.Points(holder, "redrivePolicy", dead) != rule.Yes && !redrivesTo(holder, dead) {
			continue
		}
		kept, known := dead.At("messageRetentionSeconds").Number()
		if there == rule.Yes && known == rule.Yes && kept < own {
			c.Fail(dead, "messageRetentionSeconds", fmt.Sprint(kept),
				fmt.Sprintf("keep dead letters at least the %g s of %s", own, q.Name))
		}
	}
}

// consumers are the functions that take from the queue.
func consumers(s *rule.Stack, q *rule.Resource) []*rule.Resource {
	var all []*rule.Resource
	mappings, _ := s.Pointing(token.LambdaEventSourceMapping, "eventSourceArn", q)
	for _, m := range mappings {
		all = append(all, s.Targets(m, "functionName", token.LambdaFunction)...)
	}
	return all
}

func checkVisibility(c *rule.Check, s *rule.Stack, q *rule.Resource) {
	longest, who := 0.0, ""
	if c.Settings.Stage > 0 {
		longest, who = contract.JobSeconds, "the app's jobs"
	}
	for _, f := range consumers(s, q) {
		if n, there := f.At("timeout").Number(); there == rule.Yes && n > longest {
			longest, who = n, f.Name
		}
	}
	if longest > 0 {
		c.Require(q.At("visibilityTimeoutSeconds").AtLeast(visibilityFactor*longest), q, "visibilityTimeoutSeconds",
			fmt.Sprintf("hide a message for at least %g s, six times as long as %s take", visibilityFactor*longest, who))
	}
}
