package rules

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// branch is one more way to keep or break a rule.
type branch struct {
	rule   string
	stage  ladder.Number
	stack  []res
	want   []string // parts of the findings' messages, one each
	change func(*rule.Settings)
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestBranches(t *testing.T) {
	for _, part := range []map[string]branch{networkBranches(t), dataBranches(), stageBranches(), queueBranches(),
		moneyBranches()} {
		for name, b := range part {
			t.Run(name, func(t *testing.T) {
				r, ok := ByID(b.rule)
				require.True(t, ok)
				got := r.On(build(b.stack), seed{stage: b.stage, change: b.change}.settings())
				require.Len(t, got.Found, len(b.want), "%v", got.Found)
				for i, part := range b.want {
					assert.Contains(t, got.Found[i].Message, part)
				}
			})
		}
	}
}

func networkBranches(t *testing.T) map[string]branch {
	world := func(typ string, more m) []res {
		props := m{"cidrIpv6": "::/0", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
		for k, v := range more {
			props[k] = v
		}
		return one(typ, props)
	}
	cert := m{"type": "redirect", "redirect": m{"protocol": "HTTPS"}}
	lb := res{typ: token.LBLoadBalancer, name: "lb", props: m{"arn": "arn:lb", "securityGroups": l{"sg"}}}
	group := res{typ: token.EC2SecurityGroup, name: "sg", props: m{"id": "sg"}}
	admits := func(props m) res {
		props["securityGroupId"] = "sg"
		return res{typ: token.VPCSecurityGroupIngressRule, name: "in", props: props}
	}
	return map[string]branch{
		"IPv6 counts":                   {rule: "sg-no-world-ingress", stack: world(token.VPCSecurityGroupIngressRule, m{"fromPort": 8080, "toPort": 8080}), want: []string{"port 8080"}},
		"a range over a web port":       {rule: "sg-no-world-ingress", stack: world(token.VPCSecurityGroupIngressRule, m{"fromPort": 80, "toPort": 443}), want: []string{"ports 80 to 443"}},
		"all protocols, all ports":      {rule: "sg-no-admin-ports", stack: world(token.VPCSecurityGroupIngressRule, m{"ipProtocol": "-1", "fromPort": 443}), want: []string{"ports 0 to 65535, which includes port 22"}},
		"an egress rule is no door":     {rule: "sg-no-admin-ports", stack: one(token.EC2SecurityGroupRule, m{"type": "egress", "cidrBlocks": l{"0.0.0.0/0"}, "fromPort": 22, "toPort": 22})},
		"an older rule":                 {rule: "sg-no-admin-ports", stack: one(token.EC2SecurityGroupRule, m{"type": "ingress", "cidrBlocks": l{"0.0.0.0/0"}, "fromPort": 20, "toPort": 25}), want: []string{"port 22"}},
		"an edge subnet":                {rule: "subnet-no-auto-public-ip", stack: one(token.EC2Subnet, m{"mapPublicIpOnLaunch": true, "tags": m{"tier": "edge"}})},
		"metadata switched off":         {rule: "lt-imdsv2", stack: one(token.EC2Instance, m{"metadataOptions": m{"httpEndpoint": "disabled"}})},
		"too many hops":                 {rule: "lt-imdsv2", stack: one(token.EC2Instance, m{"metadataOptions": m{"httpTokens": "required", "httpPutResponseHopLimit": 2}}), want: []string{"HopLimit is 2; set it to 1"}},
		"root and extra disks":          {rule: "ebs-encrypted", stack: one(token.EC2Instance, m{"ebsBlockDevices": l{m{"encrypted": false}}}), want: []string{"rootBlockDevice", "ebsBlockDevices[0].encrypted is false"}},
		"an access key, zipped":         {rule: "lt-no-secret-user-data", stack: one(token.EC2LaunchTemplate, m{"userData": zipped(t, "export KEY=AKIAIOSFODNN7EXAMPLE")}), want: []string{"an AWS access key"}},
		"a private key":                 {rule: "lt-no-secret-user-data", stack: one(token.EC2Instance, m{"userDataBase64": base64.StdEncoding.EncodeToString([]byte("-----BEGIN RSA PRIVATE KEY-----"))}), want: []string{"a private key"}},
		"a secret's name is none":       {rule: "lt-no-secret-user-data", stack: one(token.EC2LaunchTemplate, m{"userData": "DATABASE_SECRET_ARN=arn:aws:x PASSWORD=$(get secret) TOKEN=$TOKEN12345"})},
		"one zone twice":                {rule: "asg-multi-az", stack: []res{subnet("a", "us-east-1a"), subnet("b", "us-east-1a"), {typ: token.AutoScalingGroup, name: "web", props: m{"vpcZoneIdentifiers": l{"a", "b"}}}}, want: []string{"two zones"}},
		"foreign subnets":               {rule: "asg-multi-az", stack: one(token.AutoScalingGroup, m{"vpcZoneIdentifiers": l{"subnet-1", "subnet-2"}})},
		"attached from outside":         {rule: "asg-elb-health-check", stack: []res{{typ: token.AutoScalingGroup, name: "web", props: m{"name": "web"}}, {typ: token.AutoScalingAttachment, name: "at", props: m{"autoscalingGroupName": "web"}}}, want: []string{"healthCheckType is not set"}},
		"no target group":               {rule: "asg-elb-health-check", stack: one(token.AutoScalingGroup, m{"healthCheckType": "EC2"})},
		"a network balancer":            {rule: "alb-hardened-http", stack: one(token.LBLoadBalancer, m{"loadBalancerType": "network"})},
		"desync only watched":           {rule: "alb-hardened-http", stack: one(token.LBLoadBalancer, m{"dropInvalidHeaderFields": true, "desyncMitigationMode": "monitor"}), want: []string{"desyncMitigationMode"}},
		"port 80 without protocol":      {rule: "alb-http-redirect", stack: one(token.LBListener, m{"port": 80, "defaultActions": l{m{"type": "forward"}}}), want: []string{"redirect to HTTPS"}},
		"one of two actions":            {rule: "alb-http-redirect", stack: one(token.LBListener, m{"protocol": "HTTP", "defaultActions": l{cert, m{"type": "forward"}}}), want: []string{"a list of 2"}},
		"HTTPS may answer":              {rule: "alb-http-redirect", stack: one(token.LBListener, m{"protocol": "HTTPS", "defaultActions": l{m{"type": "forward"}}})},
		"behind the CDN only":           {rule: "alb-waf", stack: []res{lb, group, admits(m{"prefixListId": "pl-1", "fromPort": 80, "toPort": 80})}},
		"open to the world":             {rule: "alb-waf", stack: []res{lb, group, admits(m{"cidrIpv4": "0.0.0.0/0", "fromPort": 80, "toPort": 80})}, want: []string{"web ACL is missing"}},
		"open, with an ACL":             {rule: "alb-waf", stack: []res{lb, group, admits(m{"cidrIpv4": "0.0.0.0/0"}), {typ: token.WAFv2WebAclAssociation, name: "acl", props: m{"resourceArn": "arn:lb"}}}},
		"behaviours one by one":         {rule: "cdn-viewer-https", stack: one(token.CloudFrontDistribution, m{"defaultCacheBehavior": m{"viewerProtocolPolicy": "https-only"}, "orderedCacheBehaviors": l{m{"viewerProtocolPolicy": "allow-all"}}}), want: []string{"orderedCacheBehaviors[0]"}},
		"an old protocol to the origin": {rule: "cdn-origin-tls", stack: one(token.CloudFrontDistribution, m{"origins": l{m{"customOriginConfig": m{"originProtocolPolicy": "https-only", "originSslProtocols": l{"TLSv1.1", "TLSv1.2"}}}}}), want: []string{`["TLSv1.1", "TLSv1.2"]`}},
	}
}

func dataBranches() map[string]branch {
	logs := l{m{"status": "Enabled", "expiration": m{"days": 90},
		"abortIncompleteMultipartUpload": m{"daysAfterInitiation": 7}}}
	return map[string]branch{
		"a replica inherits":          {rule: "rds-encrypted", stack: one(token.RDSInstance, m{"replicateSourceDb": unknown{}})},
		"MySQL's parameter":           {rule: "rds-force-tls", stack: one(token.RDSParameterGroup, m{"family": "mysql8.0", "parameters": l{m{"name": "require_secure_transport", "value": "ON"}}})},
		"Oracle has none":             {rule: "rds-force-tls", stack: one(token.RDSParameterGroup, m{"family": "oracle-ee-19"})},
		"confirmed to go":             {rule: "rds-deletion-protection", stack: one(token.RDSInstance, m{}), change: func(s *rule.Settings) { s.Confirmed = []string{"it"} }},
		"no password":                 {rule: "cache-encrypted", stack: one(token.ElastiCacheReplicationGroup, m{"atRestEncryptionEnabled": true, "transitEncryptionEnabled": true}), want: []string{"authToken is not set"}},
		"three of four flags":         {rule: "s3-public-access-block", stack: []res{bucket(), {typ: token.S3BucketPublicAccessBlock, name: "block", props: m{"bucket": "b", "blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true}}}, want: []string{"restrictPublicBuckets is not set"}},
		"no block at all":             {rule: "s3-public-access-block", stack: []res{bucket()}, want: []string{"public access block is missing"}},
		"logs need no versions":       {rule: "s3-lifecycle", stack: []res{bucket(), {typ: token.S3BucketLifecycleConfiguration, name: "rules", props: m{"bucket": "b", "rules": logs}}}},
		"a disabled rule is none":     {rule: "s3-lifecycle", stack: []res{bucket(), {typ: token.S3BucketLifecycleConfiguration, name: "rules", props: m{"bucket": "b", "rules": with(logs, "0.status", "Disabled")}}}, want: []string{"abort", "versioning is missing", "old versions"}},
		"a bucket of logs":            {rule: "s3-access-logs", stack: one(token.S3Bucket, m{"id": "b"}), want: []string{"access logging is missing"}},
		"logs of logs":                {rule: "s3-access-logs", stack: []res{{typ: token.S3Bucket, name: "access-logs", props: m{"id": "b"}}}},
		"a topic without key":         {rule: "queue-encrypted", stack: one(token.SNSTopic, m{}), want: []string{"kmsMasterKeyId"}},
		"a condition narrows":         {rule: "queue-not-public", stack: one(token.SNSTopicPolicy, m{"policy": `{"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sns:Publish","Condition":{"StringEquals":{"aws:SourceAccount":"1"}}}}`})},
		"administrator by attachment": {rule: "iam-no-admin-star", stack: one(token.IAMRolePolicyAttachment, m{"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}), want: []string{"policyArn"}},
		"administrator by list":       {rule: "iam-no-admin-star", stack: one(token.IAMRole, m{"managedPolicyArns": l{"arn:aws:iam::aws:policy/AdministratorAccess"}, "inlinePolicies": l{m{"policy": adminPolicy}}}), want: []string{"inlinePolicies[0].policy", "managedPolicyArns"}},
		"a signing key cannot rotate": {rule: "kms-rotation", stack: one(token.KMSKey, m{"keyUsage": "SIGN_VERIFY"})},
		"a key for everybody":         {rule: "kms-rotation", stack: one(token.KMSKey, m{"enableKeyRotation": true, "policy": openPolicy}), want: []string{"policy is a statement"}},
		"a schedule will do":          {rule: "secret-rotation", stack: []res{{typ: token.SecretsManagerSecret, name: "s", props: m{"id": "s"}}, {typ: token.SecretsManagerSecretRotation, name: "r", props: m{"secretId": "s", "rotationRules": m{"scheduleExpression": "rate(30 days)"}}}}},
		"too long for a small stage":  {rule: "log-retention", stage: 1, stack: one(token.CloudWatchLogGroup, m{"retentionInDays": 365}), want: []string{"1 to 90 days"}},
		"a proof of the domain":       {rule: "edge-proxied", stack: one(token.CloudflareRecord, m{"type": "CNAME", "name": "_acme.example.com", "proxied": false})},
		"a proof not named yet":       {rule: "edge-proxied", stack: one(token.CloudflareRecord, m{"type": "CNAME", "name": unknown{}, "proxied": false})},
		"a part of a composite alarm": {rule: "alarm-has-action", stack: one(token.CloudWatchMetricAlarm, m{"tags": m{"rung:composite-of": "slo-page"}})},
		"a composite alarm, too":      {rule: "alarm-has-action", stack: one(token.CloudWatchCompositeAlarm, m{}), want: []string{"alarmActions"}},
		"logs that are delivered": {rule: "cdn-logs-waf", stack: []res{{typ: token.CloudFrontDistribution, name: "cdn", props: m{"arn": "arn:cdn", "webAclId": "arn"}},
			{typ: token.CloudWatchLogDeliverySource, name: "logs", props: m{"resourceArn": "arn:cdn"}}}},
		"another's logs": {rule: "cdn-logs-waf", stack: []res{{typ: token.CloudFrontDistribution, name: "cdn", props: m{"arn": "arn:cdn", "webAclId": "arn"}},
			{typ: token.CloudWatchLogDeliverySource, name: "logs", props: m{"resourceArn": "arn:other"}}}, want: []string{"loggingConfig"}},
		"an alarm on what the app does not publish": {rule: "scaling-signals", stage: 3,
			stack: one(token.CloudWatchMetricAlarm, m{"namespace": "rung/app", "metricName": "http_p95"}), want: []string{`metricName is "http_p95"; name a metric that the app publishes`}},
		"an alarm beyond the app's promise": {rule: "scaling-signals", stage: 3,
			stack: one(token.CloudWatchMetricAlarm, m{"namespace": "rung/app", "metricName": "http_request_p95_seconds", "threshold": 2}), want: []string{"threshold is 2; the app promises 0.2"}},
		"another's metric of that name": {rule: "scaling-signals", stage: 3, stack: one(token.CloudWatchMetricAlarm, m{"namespace": "shop", "metricName": "http_p95"})},
		"nobody is told":                {rule: "alarm-has-action", stack: one(token.CloudWatchMetricAlarm, m{}), want: []string{"alarmActions"}},
		"a private zone":                {rule: "dns-hygiene", stack: one(token.Route53Zone, m{"vpcs": l{m{"vpcId": "v"}}})},
		"an unsigned zone":              {rule: "dns-hygiene", stack: one(token.CloudflareZone, m{"id": "z"}), want: []string{"DNSSEC is missing"}},
		"a public permission":           {rule: "lambda-not-public", stack: one(token.LambdaPermission, m{"principal": "*"}), want: []string{`principal is "*"`}},
		"a bound permission":            {rule: "lambda-not-public", stack: one(token.LambdaPermission, m{"principal": "*", "sourceArn": unknown{}})},
		"masters from stage 4 on":       {rule: "search-quorum", stage: 3, stack: one(token.OpenSearchDomain, m{"clusterConfig": m{"instanceCount": 3}})},
		"a record that proves a domain": {rule: "edge-proxied", stack: one(token.CloudflareRecord, m{"type": "CNAME", "name": "_abc.example.com"})},
	}
}

func stageBranches() map[string]branch {
	nat := func(name string) res { return res{typ: token.EC2NatGateway, name: name, props: m{}} }
	s3 := res{typ: token.EC2VpcEndpoint, name: "s3", props: m{"serviceName": "com.amazonaws.us-east-1.s3"}}
	zones := []res{subnet("a", "us-east-1a"), subnet("b", "us-east-1b"),
		{typ: token.AutoScalingGroup, name: "web", props: m{"vpcZoneIdentifiers": l{"a", "b"}}}}
	fleet := res{typ: token.AutoScalingGroup, name: "web",
		props: m{"maxSize": 900, "targetGroupArns": l{"arn"}, "healthCheckGracePeriod": 30}}
	database := res{typ: token.RDSInstance, name: "db", props: m{"instanceClass": "db.m7g.large"}}
	proxy := func(percent int) []res {
		return []res{fleet, database, {typ: token.RDSProxy, name: "proxy"},
			{typ: token.RDSProxyDefaultTargetGroup, name: "pool", props: m{"connectionPoolConfig": m{"maxConnectionsPercent": percent}}}}
	}
	behaviour := m{"pathPattern": "/api/*", "cachePolicyId": managedCaching[0]}
	static := m{"pathPattern": "*.css", "cachePolicyId": "own", "compress": true}
	policy := res{typ: token.CloudFrontCachePolicy, name: "policy",
		props: m{"id": "own", "defaultTtl": 86400,
			"parametersInCacheKeyAndForwardedToOrigin": m{"cookiesConfig": m{"cookieBehavior": "all"}}}}
	return map[string]branch{
		"two zones below stage 3":       {rule: "data-store-multi-az", stage: 2, stack: one(token.RDSInstance, m{"multiAz": true}), want: []string{"leave it off until stage 3"}},
		"a volume from stage 3 on":      {rule: "data-store-multi-az", stage: 3, stack: one(token.EBSVolume, m{"availabilityZone": "us-east-1a"}), want: []string{"one zone"}},
		"all stores at once":            {rule: "data-store-multi-az", stage: 3, stack: []res{{typ: token.ElastiCacheReplicationGroup, name: "c", props: m{}}, {typ: token.OpenSearchDomain, name: "s", props: m{}}, {typ: token.RDSSubnetGroup, name: "g", props: m{"subnetIds": l{"a"}}}}, want: []string{"subnetIds", "multiAzEnabled", "zoneAwarenessEnabled"}},
		"protected once":                {rule: "data-protected", stage: 2, stack: one(token.RDSInstance, m{"deletionProtection": true}), want: []string{"protect is false"}},
		"a cache without last words":    {rule: "data-protected", stage: 2, stack: []res{{typ: token.ElastiCacheReplicationGroup, name: "c", props: m{}, protect: true}}, want: []string{"finalSnapshotIdentifier"}},
		"inside a component":            {rule: "premature-complexity", stage: 1, stack: one(token.EC2NatGateway, m{}), want: []string{"above 10000 users or 100 requests per second"}},
		"called for":                    {rule: "premature-complexity", stage: 3, stack: []res{nat("a"), database}},
		"a queue too early":             {rule: "premature-complexity", stage: 1, stack: one(token.SQSQueue, m{}), want: []string{"a queue"}},
		"a queue that the app needs":    {rule: "premature-complexity", stage: 1, stack: []res{{typ: token.SQSQueue, name: "q"}, {typ: token.RDSProxy, name: "p"}}, want: []string{"a database proxy"}, change: func(s *rule.Settings) { s.NeedsQueue = true }},
		"one NAT for two zones":         {rule: "nat-per-stage", stage: 3, stack: append([]res{nat("a"), s3}, zones...), want: []string{"want 2, one in each zone"}},
		"a NAT in each zone":            {rule: "nat-per-stage", stage: 3, stack: append([]res{nat("a"), nat("b"), s3}, zones...)},
		"two NATs too early":            {rule: "nat-per-stage", stage: 2, stack: []res{nat("a"), nat("b"), s3}, want: []string{"want 1 on stage 2"}},
		"one NAT, said so":              {rule: "nat-per-stage", stage: 3, stack: append([]res{nat("a"), s3}, zones...), change: func(s *rule.Settings) { s.NAT = "single" }},
		"too large":                     {rule: "size-ladder", stage: 2, stack: one(token.EC2Instance, m{"instanceType": "m7g.4xlarge"}), want: []string{"2xlarge at most on stage 2"}},
		"burstable below stage 3":       {rule: "size-ladder", stage: 2, stack: one(token.EC2Instance, m{"instanceType": "t4g.xlarge"})},
		"a burstable cache":             {rule: "size-ladder", stage: 3, stack: one(token.ElastiCacheReplicationGroup, m{"nodeType": "cache.t4g.small"})},
		"too little grace":              {rule: "readiness-contract", stage: 3, stack: []res{fleet}, want: []string{"healthCheckGracePeriod is 30"}},
		"somebody's own health path":    {rule: "readiness-contract", stage: 3, stack: one(token.LBTargetGroup, m{"protocol": "HTTP", "deregistrationDelay": 20, "healthCheck": m{"path": "/", "interval": 10, "unhealthyThreshold": 3}}), change: func(s *rule.Settings) { s.Health, s.BootSeconds, s.DrainSeconds = "/", 10, 20 }},
		"a drain shorter than it needs": {rule: "readiness-contract", stage: 3, stack: one(token.LBTargetGroup, m{"protocol": "HTTP", "deregistrationDelay": 30, "healthCheck": m{"path": "/", "interval": 10, "unhealthyThreshold": 3}}), want: []string{"give the app the 90 s"}, change: func(s *rule.Settings) { s.Health, s.BootSeconds, s.DrainSeconds = "/", 10, 90 }},
		"slow to notice":                {rule: "readiness-contract", stage: 3, stack: one(token.LBTargetGroup, m{"protocol": "HTTP", "deregistrationDelay": 5, "healthCheck": m{"path": "/ready", "interval": 30, "unhealthyThreshold": 3}}), want: []string{"30 s × 3", "deregistrationDelay"}},
		"too many machines":             {rule: "connection-budget", stage: 3, stack: []res{fleet, database}, want: []string{"db.m7g.large for 900 machines with 5 connections each"}},
		"a proxy in between":            {rule: "connection-budget", stage: 3, stack: proxy(90)},
		"a proxy that takes all":        {rule: "connection-budget", stage: 3, stack: proxy(100), want: []string{"maxConnectionsPercent is 100"}},
		"an API that is kept":           {rule: "static-cache-headers", stage: 2, stack: one(token.CloudFrontDistribution, m{"orderedCacheBehaviors": l{behaviour}}), want: []string{"what the app allows", "without one for static files"}},
		"cookies in the key":            {rule: "static-cache-headers", stage: 2, stack: []res{policy, {typ: token.CloudFrontDistribution, name: "cdn", props: m{"orderedCacheBehaviors": l{static}}}}, want: []string{"without cookies"}},
		"an object without a word":      {rule: "static-cache-headers", stage: 2, stack: one(token.S3BucketObjectv2, m{"key": "static/app.123.js"}), want: []string{"cacheControl"}},
		"Cloudflare keeps nothing long": {rule: "static-cache-headers", stage: 2, stack: one(token.CloudflareRuleset, m{"phase": "http_request_cache_settings", "rules": l{m{}}}), want: []string{"a day or longer"}},
		"the tag of another stage":      {rule: "scaling-signals", stage: 3, stack: []res{{typ: token.ElastiCacheReplicationGroup, name: "c", props: m{"id": "c", "tags": m{"rung:stage": "2"}}}, {typ: token.CloudWatchMetricAlarm, name: "a", props: m{"metricName": "Evictions", "dimensions": m{"CacheClusterId": "c"}}}}, want: []string{`rung:stage is "2"; set it to "3"`}},
	}
}

func queueBranches() map[string]branch {
	dead := res{typ: token.SQSQueue, name: "dead", props: m{"arn": "arn:dead", "messageRetentionSeconds": 60}}
	jobs := func(props m) res {
		props["arn"] = "arn:jobs"
		return res{typ: token.SQSQueue, name: "jobs", props: props}
	}
	lambda := []res{
		{typ: token.LambdaEventSourceMapping, name: "source", props: m{"eventSourceArn": "arn:jobs", "functionName": "f"}},
		{typ: token.LambdaFunction, name: "f", props: m{"name": "f", "timeout": 100}},
	}
	return map[string]branch{
		"no dead letters":           {rule: "queue-contract", stack: []res{jobs(m{})}, want: []string{"name a dead-letter queue"}},
		"tried once":                {rule: "queue-contract", stack: []res{dead, jobs(m{"redrivePolicy": redriveOnce})}, want: []string{"maxReceiveCount is 1; try a message 3 to 10 times"}},
		"dead letters go first":     {rule: "queue-contract", stack: []res{dead, jobs(m{"redrivePolicy": redrive, "messageRetentionSeconds": 600})}, want: []string{"dead: messageRetentionSeconds is 60"}},
		"by a resource of its own":  {rule: "queue-contract", stack: []res{dead, jobs(m{}), {typ: token.SQSRedrivePolicy, name: "r", props: m{"queueUrl": "arn:jobs", "redrivePolicy": redrive}}}},
		"Lambda wants more of both": {rule: "queue-contract", stack: append(lambda, dead, jobs(m{"redrivePolicy": redrive, "visibilityTimeoutSeconds": 30})), want: []string{"5 to 10 times", "at least 600 s, six times as long as f take"}},
	}
}

func moneyBranches() map[string]branch {
	spot := spotFleet()
	change := func(path string, v any) []res { return one(token.AutoScalingGroup, with(spot, path, v).(m)) }
	reserve := func(n int) func(*rule.Settings) {
		return func(s *rule.Settings) { s.Reserved = map[string]int{"db.m7g.large": n} }
	}
	return map[string]branch{
		"over the budget":          {rule: "stage-budget", stage: 3, change: budget(1), stack: []res{{typ: token.RDSInstance, name: "db", props: m{"instanceClass": "db.m7g.large", "engine": "postgres", "allocatedStorage": 100, "storageType": "gp3"}}}, want: []string{"the dearest are db ($", "no budget alarm"}},
		"no limit":                 {rule: "stage-budget", stage: 6, stack: one(token.RDSInstance, m{"instanceClass": "db.m7g.large"})},
		"nothing is rebalanced":    {rule: "spot-share", stack: change("capacityRebalance", false), want: []string{"capacityRebalance"}},
		"one type only":            {rule: "spot-share", stack: change("mixedInstancesPolicy.launchTemplate.overrides", l{m{"instanceType": "c7g.large"}}), want: []string{"1 machine types"}},
		"no spot, no question":     {rule: "spot-share", stack: change("mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity", 100)},
		"spot under state":         {rule: "spot-share", stack: change("tags", l{m{"key": "rung:state", "value": "stateful"}}), want: []string{"the group holds state"}},
		"a fleet of spot from nil": {rule: "spot-share", stack: one(token.AutoScalingGroup, with(with(spot, "minSize", 0), "mixedInstancesPolicy.instancesDistribution.onDemandBaseCapacity", 0).(m))},
		"too much reserved":        {rule: "commitment-covers-base", stage: 3, change: reserve(3), stack: one(token.RDSInstance, m{"instanceClass": "db.m7g.large", "multiAz": true}), want: []string{"150 %"}},
		"too small to commit":      {rule: "commitment-covers-base", stage: 3, stack: one(token.RDSInstance, m{"instanceClass": "db.m7g.large"})},
		"large and uncovered":      {rule: "commitment-covers-base", stage: 3, stack: one(token.RDSInstance, m{"instanceClass": "db.m7g.4xlarge"}), want: []string{"0 % of what always runs; reserve 60 %"}},
		"reserved in the stack":    {rule: "commitment-covers-base", stage: 3, stack: []res{{typ: token.RDSInstance, name: "db", props: m{"instanceClass": "db.m7g.4xlarge"}}, {typ: token.RDSReservedInstance, name: "r", props: m{"dbInstanceClass": "db.m7g.4xlarge", "instanceCount": 1}}}},
	}
}
