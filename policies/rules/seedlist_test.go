package rules

import (
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

const (
	openPolicy   = `{"Statement":{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}}`
	closedPolicy = `{"Statement":{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}}`
	adminPolicy  = `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	tlsPolicyDoc = `{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
	redrive      = `{"deadLetterTargetArn":"arn:dead","maxReceiveCount":3}`
	redriveOnce  = `{"deadLetterTargetArn":"arn:dead","maxReceiveCount":1}`
	// IyEvYmluL3NoCg== is a harmless script in base64.
	script       = "IyEvYmluL3NoCg=="
	secretScript = "export DB_PASSWORD=Tr0ub4dor3xyz"
)

// vpc, bucket, … are the parts that several stacks begin with.
func vpc() res    { return res{typ: token.EC2Vpc, name: "vpc", props: m{"id": "vpc-1"}} }
func bucket() res { return res{typ: token.S3Bucket, name: "files", props: m{"id": "b", "bucket": "b"}} }
func subnet(name, zone string) res {
	return res{typ: token.EC2Subnet, name: name, props: m{"id": name, "availabilityZone": zone}}
}

func spotFleet() m {
	return m{
		"minSize": 2, "maxSize": 6, "capacityRebalance": true,
		"mixedInstancesPolicy": m{
			"instancesDistribution": m{"onDemandBaseCapacity": 2, "onDemandPercentageAboveBaseCapacity": 50},
			"launchTemplate": m{"overrides": l{
				m{"instanceType": "c7g.large"}, m{"instanceType": "c6g.large"}, m{"instanceType": "m7g.large"}, m{"instanceType": "m6g.large"},
			}},
		},
	}
}

func alarm(name, metric string) res {
	return res{typ: token.CloudWatchMetricAlarm, name: name,
		props: m{"metricName": metric, "dimensions": m{"LoadBalancer": "arn:lb"}}}
}

func seeds() map[string]seed {
	all := map[string]seed{}
	for _, part := range []map[string]seed{networkSeeds(), computeSeeds(), balancerSeeds(), databaseSeeds(),
		storageSeeds(), cdnSeeds(), otherSeeds(), edgeSeeds(), stageSeeds(), fitSeeds(), moneySeeds()} {
		for id, s := range part {
			all[id] = s
		}
	}
	return all
}

func networkSeeds() map[string]seed {
	rule22 := m{"securityGroupId": "sg", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0",
		"description": "the world may ask"}
	return map[string]seed{
		"vpc-flow-logs": {stack: []res{vpc(), {typ: token.EC2FlowLog, name: "log", props: m{"vpcId": "vpc-1", "trafficType": "ALL"}}},
			at: "log vpcId", of: "vpc", bad: "vpc-other"},
		"vpc-default-sg-closed": {stack: []res{vpc(), {typ: token.EC2DefaultSecurityGroup, name: "none", props: m{"vpcId": "vpc-1"}}},
			at: "none ingress", bad: l{m{"fromPort": 22}}, absent: passes, off: passes},
		"subnet-no-auto-public-ip": {stack: one(token.EC2Subnet, m{"mapPublicIpOnLaunch": false}),
			at: "it mapPublicIpOnLaunch", bad: true, absent: passes, off: passes},
		"sg-no-world-ingress": {stack: one(token.VPCSecurityGroupIngressRule, rule22), at: "it fromPort", bad: 80},
		"sg-no-admin-ports": {stack: one(token.EC2SecurityGroup, m{"ingress": l{m{"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": l{"10.0.0.0/8"}}}}),
			at: "it ingress.0.cidrBlocks", bad: l{"10.0.0.0/8", "0.0.0.0/0"}, absent: passes, off: passes},
		"sg-described": {stack: one(token.EC2SecurityGroup, m{"description": "machines"}), at: "it description", bad: "Managed by Pulumi", unknown: undecided},
		"sg-no-mixed-rules": {stack: []res{{typ: token.EC2SecurityGroup, name: "group", props: m{"id": "sg"}}, {typ: token.VPCSecurityGroupIngressRule, name: "in", props: rule22}},
			at: "group ingress", bad: l{m{"fromPort": 22}}, absent: passes, off: passes},
	}
}

func computeSeeds() map[string]seed {
	disks := m{"blockDeviceMappings": l{m{"deviceName": "/dev/xvda", "ebs": m{"encrypted": "true", "volumeSize": 20}}}}
	zones := []res{subnet("a", "us-east-1a"), subnet("b", "us-east-1b"),
		{typ: token.AutoScalingGroup, name: "web", props: m{"vpcZoneIdentifiers": l{"a", "b"}}}}
	return map[string]seed{
		"lt-imdsv2":              {stack: one(token.EC2LaunchTemplate, m{"metadataOptions": m{"httpTokens": "required"}}), at: "it metadataOptions.httpTokens", bad: "optional"},
		"lt-no-public-ip":        {stack: one(token.EC2LaunchTemplate, m{"networkInterfaces": l{m{"associatePublicIpAddress": "false"}}}), at: "it networkInterfaces.0.associatePublicIpAddress", bad: "true", absent: passes, off: passes},
		"ebs-encrypted":          {stack: one(token.EC2LaunchTemplate, disks), at: "it blockDeviceMappings.0.ebs.encrypted", bad: "false"},
		"lt-no-secret-user-data": {stack: one(token.EC2LaunchTemplate, m{"userData": script}), at: "it userData", bad: secretScript, absent: passes, off: passes},
		"asg-launch-template":    {stack: one(token.AutoScalingGroup, m{"launchTemplate": m{"id": "lt"}}), at: "it launchConfiguration", bad: "old", absent: passes, off: passes, unknown: found},
		"asg-multi-az":           {stack: zones, at: "web vpcZoneIdentifiers", bad: l{"a"}},
		"asg-elb-health-check":   {stack: one(token.AutoScalingGroup, m{"targetGroupArns": l{"arn"}, "healthCheckType": "ELB"}), at: "it healthCheckType", bad: "EC2"},
	}
}

func balancerSeeds() map[string]seed {
	redirect := l{m{"type": "redirect", "redirect": m{"protocol": "HTTPS"}}}
	return map[string]seed{
		"alb-access-logs":         {stack: one(token.ALBLoadBalancer, m{"accessLogs": m{"enabled": true}}), at: "it accessLogs.enabled", bad: "no"},
		"alb-deletion-protection": {stack: one(token.LBLoadBalancer, m{"enableDeletionProtection": true}), at: "it enableDeletionProtection", bad: false},
		"alb-hardened-http":       {stack: one(token.LBLoadBalancer, m{"dropInvalidHeaderFields": true}), at: "it dropInvalidHeaderFields", bad: false},
		"alb-multi-az":            {stack: one(token.LBLoadBalancer, m{"subnets": l{"a", "b"}}), at: "it subnets", bad: l{"a"}},
		"alb-http-redirect":       {stack: one(token.LBListener, m{"protocol": "HTTP", "port": 80, "defaultActions": redirect}), at: "it defaultActions", bad: l{m{"type": "forward"}}},
		"alb-tls-policy":          {stack: one(token.LBListener, m{"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}), at: "it sslPolicy", bad: "ELBSecurityPolicy-2016-08"},
		"alb-waf": {stack: []res{{typ: token.LBLoadBalancer, name: "lb", props: m{"arn": "arn:lb", "internal": true}}},
			at: "lb internal", bad: false, unknown: passes},
		"tg-health-check": {stack: one(token.LBTargetGroup, m{"protocol": "HTTP", "healthCheck": m{"path": "/ready"}}), at: "it healthCheck.path", bad: "", unknown: passes},
	}
}

func databaseSeeds() map[string]seed {
	cache := m{"atRestEncryptionEnabled": true, "transitEncryptionEnabled": true, "authToken": secret{"a token"}}
	return map[string]seed{
		"rds-encrypted":           {stack: one(token.RDSInstance, m{"storageEncrypted": true}), at: "it storageEncrypted", bad: false},
		"rds-not-public":          {stack: one(token.RDSInstance, m{"publiclyAccessible": false}), at: "it publiclyAccessible", bad: true, absent: passes, off: passes},
		"rds-multi-az":            {stack: one(token.RDSInstance, m{"multiAz": true}), at: "it multiAz", bad: false},
		"rds-backups":             {stack: one(token.RDSInstance, m{"backupRetentionPeriod": 7}), at: "it backupRetentionPeriod", bad: 6},
		"rds-deletion-protection": {stack: one(token.RDSCluster, m{"deletionProtection": true}), at: "it deletionProtection", bad: false},
		"rds-minor-upgrades":      {stack: one(token.RDSInstance, m{"autoMinorVersionUpgrade": true}), at: "it autoMinorVersionUpgrade", bad: false, absent: passes},
		"rds-observable": {stack: one(token.RDSInstance, m{"enabledCloudwatchLogsExports": l{"postgresql"}, "monitoringInterval": 60, "performanceInsightsEnabled": true}),
			at: "it monitoringInterval", bad: 0},
		"rds-force-tls": {stack: one(token.RDSParameterGroup, m{"family": "postgres17", "parameters": l{m{"name": "rds.force_ssl", "value": "1"}}}),
			at: "it parameters", bad: l{m{"name": "rds.force_ssl", "value": "0"}}},
		"rds-proxy-tls":   {stack: one(token.RDSProxy, m{"requireTls": true}), at: "it requireTls", bad: false},
		"cache-encrypted": {stack: one(token.ElastiCacheReplicationGroup, cache), at: "it transitEncryptionEnabled", bad: false},
		"cache-failover":  {stack: one(token.ElastiCacheReplicationGroup, m{"automaticFailoverEnabled": true, "multiAzEnabled": true}), at: "it multiAzEnabled", bad: false},
		"cache-snapshots": {stack: one(token.ElastiCacheReplicationGroup, m{"snapshotRetentionLimit": 1}), at: "it snapshotRetentionLimit", bad: 0},
	}
}

func storageSeeds() map[string]seed {
	block := m{"bucket": "b", "blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true,
		"restrictPublicBuckets": true}
	rules := l{m{"status": "Enabled", "abortIncompleteMultipartUpload": m{"daysAfterInitiation": 7},
		"noncurrentVersionExpiration": m{"noncurrentDays": 30}}}
	old := []res{bucket(),
		{typ: token.S3BucketLifecycleConfigurationV2, name: "rules",
			props: m{"bucket": "b", "rules": rules}},
		{typ: token.S3BucketVersioningV2, name: "versions", props: m{"bucket": "b", "versioningConfiguration": m{"status": "Enabled"}}}}
	return map[string]seed{
		"s3-public-access-block": {stack: []res{{typ: token.S3BucketV2, name: "files", props: m{"id": "b"}}, {typ: token.S3BucketPublicAccessBlock, name: "block", props: block}},
			at: "block ignorePublicAcls", bad: false},
		"s3-tls-only":    {stack: []res{bucket(), {typ: token.S3BucketPolicy, name: "policy", props: m{"bucket": "b", "policy": tlsPolicyDoc}}}, at: "policy policy", bad: closedPolicy},
		"s3-lifecycle":   {stack: old, at: "versions versioningConfiguration.status", bad: "Suspended"},
		"s3-access-logs": {stack: []res{bucket(), {typ: token.S3BucketLogging, name: "logging", props: m{"bucket": "b", "targetBucket": "other"}}}, at: "logging bucket", of: "files", bad: "c"},
	}
}

func cdnSeeds() map[string]seed {
	origin := m{"customOriginConfig": m{"originProtocolPolicy": "https-only", "originSslProtocols": l{"TLSv1.2"}}}
	return map[string]seed{
		"cdn-viewer-https": {stack: one(token.CloudFrontDistribution, m{"defaultCacheBehavior": m{"viewerProtocolPolicy": "https-only"}}), at: "it defaultCacheBehavior.viewerProtocolPolicy", bad: "allow-all"},
		"cdn-tls-min":      {stack: one(token.CloudFrontDistribution, m{"viewerCertificate": m{"minimumProtocolVersion": "TLSv1.2_2021"}}), at: "it viewerCertificate.minimumProtocolVersion", bad: "TLSv1"},
		"cdn-origin-tls":   {stack: one(token.CloudFrontDistribution, m{"origins": l{origin}}), at: "it origins.0.customOriginConfig.originProtocolPolicy", bad: "http-only"},
		"cdn-oac":          {stack: one(token.CloudFrontDistribution, m{"origins": l{m{"originAccessControlId": "oac"}}}), at: "it origins.0.originAccessControlId", bad: "", unknown: passes},
		"cdn-logs-waf":     {stack: one(token.CloudFrontDistribution, m{"loggingConfig": m{"bucket": "b"}, "webAclId": "arn"}), at: "it webAclId", bad: "", unknown: passes},
	}
}

func otherSeeds() map[string]seed {
	return map[string]seed{
		"queue-encrypted":      {stack: one(token.SQSQueue, m{"sqsManagedSseEnabled": true}), at: "it sqsManagedSseEnabled", bad: false},
		"queue-not-public":     {stack: one(token.SQSQueuePolicy, m{"policy": closedPolicy}), at: "it policy", bad: openPolicy, absent: passes, off: passes},
		"iam-no-admin-star":    {stack: one(token.IAMPolicy, m{"policy": closedPolicy}), at: "it policy", bad: adminPolicy, absent: passes, off: passes},
		"iam-trust-restricted": {stack: one(token.IAMRole, m{"assumeRolePolicy": closedPolicy}), at: "it assumeRolePolicy", bad: openPolicy, absent: passes, off: passes},
		"policy-not-public":    {stack: one(token.SecretsManagerSecretPolicy, m{"policy": closedPolicy}), at: "it policy", bad: openPolicy, absent: passes, off: passes},
		"iam-no-mixed-policies": {stack: []res{{typ: token.IAMRole, name: "role", props: m{"name": "role"}}, {typ: token.IAMRolePolicyAttachment, name: "attached", props: m{"role": "role", "policyArn": "arn"}}},
			at: "role managedPolicyArns", bad: l{"arn:other"}, absent: passes, off: passes},
		"kms-rotation": {stack: one(token.KMSKey, m{"enableKeyRotation": true}), at: "it enableKeyRotation", bad: false},
		"secret-rotation": {stack: []res{{typ: token.SecretsManagerSecret, name: "token", props: m{"id": "s"}}, {typ: token.SecretsManagerSecretRotation, name: "rotation", props: m{"secretId": "s", "rotationRules": m{"automaticallyAfterDays": 30}}}},
			at: "rotation rotationRules.automaticallyAfterDays", bad: 120},
		"log-retention":     {stage: 3, stack: one(token.CloudWatchLogGroup, m{"retentionInDays": 30}), at: "it retentionInDays", bad: 0},
		"alarm-has-action":  {stack: one(token.CloudWatchMetricAlarm, m{"alarmActions": l{"arn"}}), at: "it actionsEnabled", bad: false, absent: passes},
		"dns-hygiene":       {stack: []res{{typ: token.Route53Zone, name: "zone", props: m{"id": "z"}}, {typ: token.Route53QueryLog, name: "log", props: m{"zoneId": "z"}}}, at: "log zoneId", of: "zone", bad: "other"},
		"lambda-not-public": {stack: one(token.LambdaFunctionUrl, m{"authorizationType": "AWS_IAM"}), at: "it authorizationType", bad: "NONE", absent: passes, off: passes},
	}
}

func edgeSeeds() map[string]seed {
	domain := m{"encryptAtRest": m{"enabled": true}, "nodeToNodeEncryption": m{"enabled": true},
		"domainEndpointOptions": m{"enforceHttps": true, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"}}
	ssl := m{"settings": m{"ssl": "strict", "minTlsVersion": "1.2", "alwaysUseHttps": "on"}}
	zone := []res{{typ: token.CloudflareZoneSettingsOverride, name: "settings", props: m{"zoneId": "z"}},
		{typ: token.CloudflareRuleset, name: "rate", props: m{"phase": "http_ratelimit", "rules": l{m{}}}},
		{typ: token.CloudflareRuleset, name: "waf", props: m{"phase": "http_request_firewall_managed", "rules": l{m{}}}}}
	return map[string]seed{
		"search-encrypted": {stack: one(token.OpenSearchDomain, domain), at: "it encryptAtRest.enabled", bad: false},
		"search-in-vpc":    {stack: one(token.OpenSearchDomain, m{"vpcOptions": m{"subnetIds": l{"a"}}}), at: "it vpcOptions", bad: l{}, unknown: passes},
		"search-quorum":    {stage: 4, stack: one(token.OpenSearchDomain, m{"clusterConfig": m{"instanceCount": 3, "dedicatedMasterCount": 3}}), at: "it clusterConfig.dedicatedMasterCount", bad: 2},
		"edge-ssl-strict":  {stack: one(token.CloudflareZoneSettingsOverride, ssl), at: "it settings.ssl", bad: "flexible"},
		"edge-proxied":     {stack: one(token.CloudflareRecord, m{"type": "A", "name": "www", "proxied": true}), at: "it proxied", bad: false},
		"edge-rate-limit":  {stack: zone, at: "rate phase", of: "settings", bad: "http_request_transform"},
	}
}

func stageSeeds() map[string]seed {
	replica := []res{{typ: token.RDSInstance, name: "main", props: m{"id": "main", "backupRetentionPeriod": 7}},
		{typ: token.RDSInstance, name: "copy", props: m{"replicateSourceDb": unknown{}}, dep: m{"replicateSourceDb": "main"}}}
	nat := []res{{typ: token.EC2NatGateway, name: "nat", props: m{}},
		{typ: token.EC2VpcEndpoint, name: "s3", props: m{"serviceName": "com.amazonaws.us-east-1.s3"}}}
	return map[string]seed{
		"data-store-multi-az":      {stage: 3, stack: one(token.RDSInstance, m{"multiAz": true}), at: "it multiAz", bad: false},
		"replica-source-backed-up": {stage: 3, stack: replica, at: "main backupRetentionPeriod", bad: 0},
		"data-protected": {stage: 2, stack: []res{{typ: token.S3Bucket, name: "it", props: m{"forceDestroy": false}, protect: true}},
			at: "it forceDestroy", bad: true, absent: passes, off: passes},
		"premature-complexity": {stage: 2, stack: one(token.EC2Vpc, m{}), add: res{typ: "rung:components:Cache", name: "cache"}},
		"nat-per-stage":        {stage: 2, stack: nat, at: "s3 serviceName", of: "nat", bad: "com.amazonaws.us-east-1.ec2"},
		"size-ladder":          {stage: 3, stack: one(token.RDSInstance, m{"instanceClass": "db.m7g.large"}), at: "it instanceClass", bad: "db.t4g.large", absent: passes, off: passes},
	}
}

func fitSeeds() map[string]seed {
	static := m{"orderedCacheBehaviors": l{m{"pathPattern": "/static/*", "cachePolicyId": managedCaching[0],
		"compress": true}}}
	targets := m{"protocol": "HTTP", "deregistrationDelay": 60,
		"healthCheck": m{"path": "/ready", "interval": 10, "unhealthyThreshold": 3}}
	database := []res{{typ: token.AutoScalingGroup, name: "web", props: m{"maxSize": 60}},
		{typ: token.RDSInstance, name: "db", props: m{"instanceClass": "db.m7g.large"}}}
	queues := []res{{typ: token.SQSQueue, name: "dead", props: m{"arn": "arn:dead", "messageRetentionSeconds": 1209600}},
		{typ: token.SQSQueue, name: "jobs", props: m{"arn": "arn:jobs", "redrivePolicy": redrive, "messageRetentionSeconds": 345600, "visibilityTimeoutSeconds": 360}}}
	watched := []res{{typ: token.LBLoadBalancer, name: "lb", props: m{"arn": "arn:lb", "tags": m{"rung:stage": "3"}}},
		alarm("errors", "HTTPCode_Target_5XX_Count"), alarm("slow", "TargetResponseTime")}
	return map[string]seed{
		"static-cache-headers": {stage: 2, stack: one(token.CloudFrontDistribution, static), at: "it orderedCacheBehaviors.0.cachePolicyId", bad: managedPassing[0]},
		"readiness-contract":   {stage: 3, stack: one(token.LBTargetGroup, targets), at: "it healthCheck.path", bad: "/"},
		"connection-budget":    {stage: 3, stack: database, at: "db instanceClass", bad: "db.t4g.micro", absent: passes, off: passes},
		"queue-contract":       {stage: 3, stack: queues, at: "jobs visibilityTimeoutSeconds", bad: 30},
		"scaling-signals":      {stage: 3, stack: watched, at: "slow metricName", of: "lb", bad: "RequestCount", unknown: found},
	}
}

func moneySeeds() map[string]seed {
	notices := l{m{"notificationType": "ACTUAL", "threshold": 80}, m{"notificationType": "FORECASTED", "threshold": 100}}
	return map[string]seed{
		"stage-budget": {stage: 3, change: budget(1000), stack: one(token.BudgetsBudget, m{"limitAmount": "1000", "notifications": notices}), at: "it notifications", bad: notices[:1]},
		"spot-share":   {stack: one(token.AutoScalingGroup, spotFleet()), at: "it mixedInstancesPolicy.instancesDistribution.onDemandBaseCapacity", bad: 0},
		"commitment-covers-base": {stage: 3, stack: one(token.RDSInstance, m{"instanceClass": "db.m7g.4xlarge"}),
			at: "it instanceClass", bad: "db.m7g.8xlarge", absent: passes, off: passes, unknown: passes,
			change: func(s *rule.Settings) {
				s.Reserved = map[string]int{"db.m7g.4xlarge": 1}
				s.Rules = map[string]rule.Own{"commitment-covers-base": {Params: m{"percent": 80.0}}}
			}},
	}
}
