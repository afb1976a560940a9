package rules

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

// kin is one resource, or a stack, and what a rule has to say about it. Each
// group below is a kind of fault that was once made: wrong in both directions.
type kin struct {
	rule  string
	want  outcome
	stack []res
}

func TestKindsOfFaults(t *testing.T) {
	for name, group := range map[string][]kin{
		"ports only where there are some":      portKin(),
		"policies for TLS by what they say":    tlsKin(),
		"each kind of origin by its own block": originKin(),
		"parameters where the engine has them": parameterKin(),
		"every way to an administrator":        adminKin(),
		"conditions by what they mean":         conditionKin(),
		"plain HTTP":                           plainHTTPKin(),
		"every database's address":             addressKin(),
		"records that serve no site":           recordKin(),
		"every script that machines run":       scriptKin(),
		"other spellings":                      spellingKin(),
	} {
		t.Run(name, func(t *testing.T) {
			for i, k := range group {
				r, ok := ByID(k.rule)
				require.True(t, ok, k.rule)
				got := r.On(build(k.stack), seed{stage: 4}.settings())
				said := passes
				switch {
				case len(got.Found) > 0:
					said = found
				case len(got.Undecided) > 0:
					said = undecided
				}
				assert.Equal(t, k.want, said, "%d: %s %v: %v", i, k.rule, k.stack, got)
			}
		})
	}
}

func portKin() []kin {
	door := func(rule string, want outcome, protocol any, from, to any) kin {
		return kin{rule, want,
			one(token.VPCSecurityGroupIngressRule,
				m{"securityGroupId": "sg", "ipProtocol": protocol, "fromPort": from, "toPort": to,
					"cidrIpv4": "0.0.0.0/0"})}
	}
	const admin, world = "sg-no-admin-ports", "sg-no-world-ingress"
	inline := func(typ string, want outcome, ranges any) kin {
		return kin{admin, want,
			one(typ, m{"ingress": l{m{"protocol": "tcp", "fromPort": 0, "toPort": 65535, "cidrBlocks": ranges}}})}
	}
	all := []kin{
		inline(token.EC2SecurityGroup, found, l{"0.0.0.0/0"}), inline(token.EC2DefaultSecurityGroup, found, l{"0.0.0.0/0"}),
		inline(token.EC2SecurityGroup, found, l{"10.0.0.0/8", "0.0.0.0/1"}),
		inline(token.EC2SecurityGroup, found, l{"1.2.3.4/0"}),
		inline(token.EC2SecurityGroup, passes, l{"10.0.0.0/8"}), inline(token.EC2SecurityGroup, passes, l{"203.0.113.0/24"}),
		{admin, found, one(token.VPCSecurityGroupIngressRule, m{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv6": "::0/0"})},
		{admin, found, one(token.VPCSecurityGroupIngressRule, m{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv6": "2000::/3"})},
		{admin, passes, one(token.VPCSecurityGroupIngressRule, m{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv6": "2001:db8::/48"})},
		{admin, passes, one(token.EC2SecurityGroup, m{"ingress": l{m{"protocol": "icmp", "fromPort": 0, "toPort": 255, "cidrBlocks": l{"0.0.0.0/0"}}}})},
		door(admin, undecided, unknown{}, 22, 22), door(admin, undecided, "tcp", unknown{}, 22),
		door(admin, found, secret{"tcp"}, 22, 22),
		door(admin, passes, "tcp", 443, 443), door(world, found, "udp", 443, 444),
	}
	for _, protocol := range []any{"icmp", "icmpv6", "1", "58", 58, "47", "50", "esp", "ah", "51", "gre", "4", "132",
		"2"} {
		all = append(all, door(admin, passes, protocol, -1, -1), door(admin, passes, protocol, 0, 255),
			door(admin, passes, protocol, nil, nil), door(world, passes, protocol, 0, 255))
	}
	for _, protocol := range []any{"tcp", "TCP", "6", 6, "17", "udp", "-1", -1, "all"} {
		all = append(all, door(admin, found, protocol, nil, nil), door(admin, found, protocol, 20, 25),
			door(world, found, protocol, 0, 65535))
	}
	return all
}

func tlsKin() []kin {
	var all []kin
	add := func(rule, typ string, want outcome, at string, names ...string) {
		for _, name := range names {
			all = append(all, kin{rule, want, one(typ, with(m{"protocol": "HTTPS"}, at, name).(m))})
		}
	}
	const listener = "alb-tls-policy"
	add(listener, token.LBListener, passes, "sslPolicy", "ELBSecurityPolicy-TLS13-1-2-2021-06",
		"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
		"ELBSecurityPolicy-TLS13-1-3-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
		"ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-2023-04",
		"ELBSecurityPolicy-TLS-1-2-2017-01", "ELBSecurityPolicy-TLS-1-2-Ext-2018-06", "ELBSecurityPolicy-FS-1-2-Res-2020-10",
		"ELBSecurityPolicy-TLS14-1-3-2030-01")
	add(listener, token.LBListener, found, "sslPolicy", "ELBSecurityPolicy-TLS13-1-0-PQ-2025-09",
		"ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04", "ELBSecurityPolicy-2016-08",
		"ELBSecurityPolicy-FS-2018-06", "ELBSecurityPolicy-FS-1-1-2019-08", "ELBSecurityPolicy-TLS-1-0-2015-04",
		"ELBSecurityPolicy-2015-05", "", "TLS-1-2")
	add("cdn-tls-min", token.CloudFrontDistribution, passes, "viewerCertificate.minimumProtocolVersion", "TLSv1.2_2021",
		"TLSv1.2_2025",
		"TLSv1.3_2025", "TLSv1.3_2031")
	add("cdn-tls-min", token.CloudFrontDistribution, found, "viewerCertificate.minimumProtocolVersion", "TLSv1.2_2019",
		"TLSv1.1_2016",
		"TLSv1_2016", "TLSv1", "SSLv3", "")
	domain := m{"encryptAtRest": m{"enabled": true}, "nodeToNodeEncryption": m{"enabled": true},
		"domainEndpointOptions": m{"enforceHttps": true}}
	for name, want := range map[string]outcome{"Policy-Min-TLS-1-2-2019-07": passes,
		"Policy-Min-TLS-1-2-PFS-2023-10":          passes,
		"Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08": passes, "Policy-Min-TLS-1-3-2027-01": passes, "Policy-Min-TLS-1-0-2019-07": found} {
		for _, typ := range []string{token.OpenSearchDomain, token.ElasticsearchDomain} {
			all = append(all, kin{"search-encrypted", want,
				one(typ, with(domain, "domainEndpointOptions.tlsSecurityPolicy", name).(m))})
		}
	}
	for version, want := range map[string]outcome{"1.2": passes, "1.3": passes, "1.1": found, "1.0": found} {
		all = append(all, kin{"edge-ssl-strict", want,
			one(token.CloudflareZoneSettingsOverride,
				m{"settings": m{"ssl": "strict", "alwaysUseHttps": "on", "minTlsVersion": version}})})
	}
	return append(all, kin{listener, undecided, one(token.LBListener, m{"protocol": "HTTPS", "sslPolicy": unknown{}})},
		kin{listener, undecided, one(token.LBListener, m{"protocol": unknown{}})})
}

func originKin() []kin {
	origin := func(want outcome, o m) kin {
		return kin{"cdn-oac", want, one(token.CloudFrontDistribution, m{"origins": l{o}})}
	}
	const bucket, balancer = "files.s3.eu-west-1.amazonaws.com", "internal-app.eu-west-1.elb.amazonaws.com"
	custom := m{"originProtocolPolicy": "https-only"}
	return []kin{
		origin(passes, m{"domainName": balancer, "vpcOriginConfig": m{"vpcOriginId": "vo_1"}}),
		origin(passes, m{"domainName": balancer, "vpcOriginConfig": m{"vpcOriginId": unknown{}}}),
		origin(passes, m{"domainName": balancer, "customOriginConfig": custom}),
		origin(passes, m{"domainName": "x.mediapackage.example",
			"channelOriginConfig": m{"id": "a kind that AWS adds later"}}),
		origin(passes, m{"domainName": bucket, "originAccessControlId": "oac"}),
		origin(passes, m{"domainName": bucket, "originAccessControlId": unknown{}}),
		origin(passes, m{"domainName": "site.s3-website-eu-west-1.amazonaws.com", "customOriginConfig": custom}),
		origin(found, m{"domainName": bucket}),
		origin(found, m{"domainName": unknown{}}),
		origin(found, m{"domainName": bucket, "s3OriginConfig": m{"originAccessIdentity": "x"}}),
		origin(found, m{"domainName": bucket, "customOriginConfig": custom}),
		origin(found, m{"domainName": bucket, "vpcOriginConfig": l{}}),
		origin(undecided, m{"domainName": unknown{}, "customOriginConfig": custom}),
	}
}

func parameterKin() []kin {
	group := func(want outcome, typ, family string, parameters any) kin {
		return kin{"rds-force-tls", want, one(typ, m{"family": family, "parameters": parameters})}
	}
	set := func(name, value string) l { return l{m{"name": name, "value": value}} }
	const (
		documents = token.DocDBClusterParameterGroup
		graphs    = token.NeptuneClusterParameterGroup
		warehouse = token.RedshiftParameterGroup
	)
	return []kin{
		group(passes, token.RDSParameterGroup, "aurora-mysql8.0", l{}),
		group(passes, token.RDSParameterGroup, "aurora-postgresql16", nil),
		group(passes, token.RDSParameterGroup, "oracle-ee-19", l{}),
		group(found, token.RDSParameterGroup, "postgres17", l{}),
		group(found, token.RDSParameterGroup, "mysql8.0", set("require_secure_transport", "OFF")),
		group(passes, token.RDSParameterGroup, "mariadb11.4", set("require_secure_transport", "on")),
		group(passes, token.RDSParameterGroup, "sqlserver-se-16.0", set("rds.force_ssl", "1")),
		group(found, token.RDSClusterParameterGroup, "aurora-postgresql14", set("rds.force_ssl", "0")),
		group(found, token.RDSClusterParameterGroup, "aurora-mysql8.0", nil),
		group(passes, token.RDSClusterParameterGroup, "aurora-postgresql16", set("rds.force_ssl", "1")),
		group(passes, token.RDSClusterParameterGroup, "aurora-mysql8.0", set("require_secure_transport", "ON")),
		group(found, token.RDSClusterParameterGroup, "postgres16", l{}),
		group(undecided, token.RDSClusterParameterGroup, "aurora-mysql8.0", unknown{}),
		group(passes, documents, "docdb5.0", l{}), group(passes, documents, "docdb5.0", set("tls", "tls1.3+")),
		group(found, documents, "docdb5.0", set("tls", "disabled")),
		group(passes, graphs, "neptune1.3", l{}), group(found, graphs, "neptune1.3", set("neptune_enforce_ssl", "0")),
		group(found, warehouse, "redshift-1.0", l{}), group(passes, warehouse, "redshift-1.0", set("require_ssl", "true")),
		group(passes, warehouse, "redshift-2.0", l{}), group(found, warehouse, "redshift-2.0", set("require_ssl", "false")),
	}
}

func adminKin() []kin {
	const aws = "arn:aws:iam::aws:policy/AdministratorAccess"
	var all []kin
	for _, g := range grants {
		bad := m{}
		switch {
		case g.document != "":
			bad[g.document] = adminPolicy
		case g.arn != "":
			bad[g.arn] = aws
		default:
			bad[g.arns] = l{"arn:aws:iam::aws:policy/ReadOnlyAccess", aws}
		}
		all = append(all, kin{"iam-no-admin-star", found, one(g.typ, bad)}, kin{"iam-no-admin-star", passes, one(g.typ, m{})})
		for key := range bad {
			all = append(all, kin{"iam-no-admin-star", undecided, one(g.typ, m{key: unknown{}})})
		}
	}
	document := func(want outcome, statement string) kin {
		return kin{"iam-no-admin-star", want,
			one(token.IAMUserPolicy, m{"policy": `{"Statement":[` + statement + `]}`})}
	}
	return append(all,
		kin{"iam-no-admin-star", found, one(token.IAMRolePolicyAttachment, m{"policyArn": "arn:aws-cn:iam::aws:policy/AdministratorAccess"})},
		kin{"iam-no-admin-star", passes, one(token.IAMRolePolicyAttachment, m{"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess-Amplify"})},
		kin{"iam-no-admin-star", found, one(token.IAMRole, m{"inlinePolicies": l{m{"policy": adminPolicy}}})},
		document(found, `{"Effect":"Allow","NotAction":"aws-portal:*","Resource":"*"}`),
		document(passes, `{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}`),
		document(passes, `{"Effect":"Deny","Action":"*","Resource":"*"}`))
}

func conditionKin() []kin {
	policy := func(condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*","Condition":{` + condition + `}}]}`
	}
	var all []kin
	for _, at := range []struct{ rule, typ, prop string }{
		{"queue-not-public", token.SQSQueuePolicy, "policy"}, {"queue-not-public", token.SQSQueue, "policy"},
		{"queue-not-public", token.SNSTopicPolicy, "policy"}, {"queue-not-public", token.SNSTopic, "policy"},
		{"queue-not-public", token.CloudWatchEventBusPolicy, "policy"},
		{"iam-trust-restricted", token.IAMRole, "assumeRolePolicy"},
		{"kms-rotation", token.KMSKeyPolicy, "policy"}, {"kms-rotation", token.KMSReplicaKey, "policy"},
		{"kms-rotation", token.KMSExternalKey, "policy"},
		{"policy-not-public", token.S3BucketPolicy, "policy"}, {"policy-not-public", token.ECRRepositoryPolicy, "policy"},
	} {
		for condition, want := range map[string]outcome{
			`"ArnLike":{"aws:SourceArn":"*"}`:                                         found,
			`"StringEquals":{"aws:SourceVpce":"vpce-0abc"}`:                           passes,
			`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a/*"}`:              passes,
			`"StringEquals":{"aws:SourceOrgID":"o-a"}`:                                passes,
			`"StringNotEquals":{"aws:SourceAccount":"111122223333"}`:                  found,
			`"StringEqualsIfExists":{"aws:SourceAccount":"111122223333"}`:             found,
			`"ArnLike":{"aws:sourcearn":"arn:aws:sns:eu-west-1:111122223333:alerts"}`: passes,
		} {
			all = append(all, kin{at.rule, want, one(at.typ, m{at.prop: policy(condition)})})
		}
		all = append(all, kin{at.rule, undecided, one(at.typ, m{at.prop: unknown{}})},
			kin{at.rule, found, one(at.typ, m{at.prop: secret{policy("")}})})
	}
	permission := func(want outcome, more m) kin {
		more["principal"] = "*"
		return kin{"lambda-not-public", want, one(token.LambdaPermission, more)}
	}
	return append(all,
		permission(found, m{"sourceArn": "*"}), permission(found, m{"sourceArn": "arn:aws:s3:::*"}),
		permission(found, m{"sourceArn": "arn:aws:sns:*:*:x"}),
		permission(passes, m{"sourceArn": "arn:aws:s3:::files"}), permission(passes, m{"sourceAccount": "111122223333"}),
		permission(found, m{"sourceAccount": "*"}),
		permission(passes, m{"principalOrgId": "o-a"}), permission(passes, m{"sourceArn": unknown{}}))
}

func plainHTTPKin() []kin {
	bucket := func(want outcome, name, statement string) kin {
		return kin{"s3-tls-only", want, []res{{typ: token.S3Bucket, name: "files", props: m{"id": name, "bucket": name}},
			{typ: token.S3BucketPolicy, name: "policy", props: m{"bucket": name, "policy": `{"Statement":[` + statement + `]}`}}}}
	}
	deny := func(what, condition string) string {
		return `{"Effect":"Deny","Principal":"*",` + what + `,"Condition":{` + condition + `}}`
	}
	const all, plain = `"Action":"s3:*","Resource":"*"`, `"Bool":{"aws:SecureTransport":"false"}`
	one := func(arn string) string { return deny(`"Action":"s3:*","Resource":"`+arn+`"`, plain) }
	cases := []kin{
		bucket(passes, "b", deny(all, `"BoolIfExists":{"aws:SecureTransport":"false"}`)),
		bucket(passes, "b", deny(all, `"bool":{"AWS:securetransport":[false]}`)),
		bucket(passes, "b", deny(all, `"StringNotEquals":{"aws:SecureTransport":"true"}`)),
		bucket(passes, "b", deny(all, `"NumericLessThanIfExists":{"s3:TlsVersion":"1.2"}`)),
		bucket(passes, "b", deny(`"NotAction":"iam:*","Resource":"*"`, plain)),
		bucket(passes, "b", deny(`"Action":"*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]`, plain)),
		bucket(passes, "b", one("arn:aws-cn:s3:::b")+","+one("arn:aws-cn:s3:::b/*")),
		bucket(passes, "b", deny(`"Action":"s3:*","Resource":"arn:aws:s3:::b*"`, plain)),
		bucket(passes, "b", `{"Effect":"Deny","Principal":{"AWS":["*"]},`+all+`}`),
		bucket(found, "b", deny(`"Action":"s3:DeleteBucket","Resource":"*"`, plain)),
		bucket(found, "b", deny(`"Action":["s3:Get*","s3:Put*"],"Resource":"*"`, plain)),
		bucket(found, "b", deny(`"NotAction":"s3:GetObject","Resource":"*"`, plain)+","+one("arn:aws:s3:::c")),
		bucket(found, "b", one("arn:aws:s3:::b/*")),
		bucket(found, "b", one("arn:aws:s3:::c")+","+one("arn:aws:s3:::c/*")),
		bucket(found, "b", deny(all, `"Bool":{"aws:SecureTransport":"true"}`)),
		bucket(found, "b", deny(all, `"Null":{"aws:SecureTransport":"true"}`)),
		bucket(found, "b", deny(all, `"NumericLessThan":{"s3:TlsVersion":"1.2"}`)),
		bucket(found, "b", deny(all, plain+`,"StringEquals":{"aws:PrincipalOrgID":"o-a"}`)),
		bucket(found, "b", deny(all, plain+`,"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`)),
		bucket(found, "b", `{"Effect":"Allow","Principal":"*",`+all+`,"Condition":{`+plain+`}}`),
		bucket(found, "b", `{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},`+all+`,"Condition":{`+plain+`}}`),
		bucket(found, "b", `{"Effect":"Deny","Principal":{"AWS":"111122223333"},`+all+`,"Condition":{`+plain+`}}`),
	}
	own := func(want outcome, policy any) kin {
		return kin{"s3-tls-only", want,
			[]res{{typ: token.S3Bucket, name: "files", props: m{"bucket": "b", "policy": policy}}}}
	}
	return append(cases, own(passes, tlsPolicyDoc), own(found, closedPolicy), own(undecided, unknown{}))
}

func addressKin() []kin {
	var all []kin
	for _, typ := range addressed {
		absent := passes
		if typ == token.RedshiftCluster {
			absent = found
		}
		for v, want := range map[any]outcome{true: found, false: passes, unknown{}: undecided, nil: absent} {
			all = append(all, kin{"rds-not-public", want, one(typ, m{"publiclyAccessible": v})})
		}
	}
	for _, typ := range []string{token.DocDBCluster, token.NeptuneCluster, token.RDSCluster} {
		all = append(all, kin{"rds-encrypted", found, one(typ, m{})},
			kin{"rds-encrypted", passes, one(typ, m{"storageEncrypted": true})},
			kin{"rds-backups", found, one(typ, m{"backupRetentionPeriod": 1})}, kin{"rds-deletion-protection", found,
				one(typ, m{})})
	}
	return append(all, kin{"rds-encrypted", found, one(token.RedshiftCluster, m{"storageEncrypted": true})},
		kin{"rds-encrypted", passes, one(token.RedshiftCluster, m{"encrypted": true})},
		kin{"rds-encrypted", passes, one(token.RDSCluster, m{"engineMode": "serverless"})},
		kin{"rds-minor-upgrades", found, one(token.RDSClusterInstance, m{"autoMinorVersionUpgrade": false})},
		kin{"rds-observable", found, one(token.RDSClusterInstance, m{"monitoringInterval": 60})},
		kin{"rds-observable", passes, one(token.RDSClusterInstance, m{"monitoringInterval": 60, "performanceInsightsEnabled": true})},
		kin{"cache-encrypted", found, one(token.ElastiCacheCluster, m{"engine": "memcached"})},
		kin{"cache-encrypted", passes, one(token.ElastiCacheCluster, m{"replicationGroupId": "g"})},
		kin{"cache-encrypted", found, one(token.MemoryDBCluster, m{"aclName": "open-access"})},
		kin{"cache-encrypted", passes, one(token.MemoryDBCluster, m{"aclName": "app"})},
		kin{"cache-encrypted", found, one(token.MemoryDBCluster, m{"aclName": "app", "tlsEnabled": false})},
		kin{"size-ladder", found, one(token.RDSClusterInstance, m{"instanceClass": "db.r7g.24xlarge"})},
		kin{"size-ladder", found, one(token.EC2Instance, m{"instanceType": "c7g.metal"})},
		kin{"size-ladder", found, one(token.EC2Instance, m{"instanceType": "m7i.metal-24xl"})},
		kin{"size-ladder", passes, one(token.EC2Instance, m{"instanceType": "m9z.4xlarge"})})
}

func recordKin() []kin {
	record := func(want outcome, typ, name, content string) kin {
		return kin{"edge-proxied", want,
			one(token.CloudflareRecord, m{"type": typ, "name": name, "content": content, "proxied": false})}
	}
	return []kin{
		record(passes, "CNAME", "s1._domainkey", "s1.domainkey.u1.mail.example.net"),
		record(passes, "CNAME", "selector1._domainkey.example.com",
			"selector1-example-com._domainkey.example.onmicrosoft.com"),
		record(passes, "CNAME", "_acme-challenge.www", "x.acme.example.net"),
		record(passes, "CNAME", "_abc.www.example.com", "_x.acm-validations.aws"),
		record(passes, "CNAME", "em1234", "_proof.example.net"), record(passes, "A", "mx1.example.com", "192.0.2.1"),
		record(passes, "A", "mail", "192.0.2.1"),
		record(passes, "CNAME", "autodiscover", "autodiscover.outlook.com"), record(passes, "TXT", "@", "v=spf1 -all"),
		record(passes, "MX", "@", "mx1.example.com"),
		record(found, "A", "www", "192.0.2.1"), record(found, "CNAME", "shop", "lb.example.net"),
		record(found, "AAAA", "my_shop", "2001:db8::1"),
		record(found, "A", "mailing", "192.0.2.1"), record(found, "A", "webmail", "192.0.2.1"),
		{"edge-proxied", found, one(token.CloudflareLoadBalancer, m{"name": "www", "proxied": false})},
		{"edge-proxied", passes, one(token.CloudflareLoadBalancer, m{"name": "www", "proxied": true})},
		{"edge-proxied", passes, one(token.CloudflareRecord, m{"type": "CNAME", "name": "www", "content": "x", "proxied": true})},
	}
}

func scriptKin() []kin {
	const rule = "lt-no-secret-user-data"
	packed := base64.StdEncoding.EncodeToString([]byte(secretScript))
	var all []kin
	for _, typ := range []string{token.EC2Instance, token.EC2LaunchTemplate, token.EC2LaunchConfiguration,
		token.EC2SpotInstanceRequest, token.LightsailInstance} {
		all = append(all, kin{rule, found, one(typ, m{"userData": secretScript})},
			kin{rule, found, one(typ, m{"userData": secret{packed}})},
			kin{rule, undecided, one(typ, m{"userData": unknown{}})}, kin{rule, passes, one(typ, m{"userData": script})})
	}
	for _, typ := range []string{token.EC2Instance, token.EC2LaunchConfiguration, token.EC2SpotInstanceRequest} {
		all = append(all, kin{rule, found, one(typ, m{"userDataBase64": packed})})
	}
	fleet := func(rule string, want outcome, spec any) kin {
		return kin{rule, want, one(token.EC2SpotFleetRequest, m{"launchSpecifications": spec})}
	}
	disk := m{"encrypted": true}
	all = append(all, fleet(rule, found, l{m{"userData": packed}}), fleet(rule, undecided, unknown{}),
		fleet(rule, passes, l{m{}}),
		fleet("lt-no-public-ip", found, l{m{"associatePublicIpAddress": true}}), fleet("ebs-encrypted", found, l{m{}}),
		fleet("ebs-encrypted", passes, l{m{"rootBlockDevice": disk, "ebsBlockDevices": l{disk}}}),
		kin{"ebs-encrypted", found, one(token.EC2AmiCopy, m{})}, kin{"ebs-encrypted", found,
			one(token.EBSSnapshotCopy, m{"encrypted": false})})
	for _, typ := range []string{token.EC2LaunchConfiguration, token.EC2SpotInstanceRequest} {
		all = append(all, kin{"lt-imdsv2", found, one(typ, m{})},
			kin{"lt-no-public-ip", found, one(typ, m{"associatePublicIpAddress": true})},
			kin{"ebs-encrypted", found, one(typ, m{})}, kin{"ebs-encrypted", passes, one(typ, m{"rootBlockDevice": disk})})
	}
	return all
}

func spellingKin() []kin {
	fleet := func(check any, more m) []res {
		more["healthCheckType"] = check
		return one(token.AutoScalingGroup, more)
	}
	behaviour := func(id any) []res {
		return one(token.CloudFrontDistribution,
			m{"orderedCacheBehaviors": l{m{"pathPattern": "/static/*", "cachePolicyId": id,
				"compress": true}}})
	}
	spot := []res{{typ: token.EC2LaunchTemplate, name: "template",
		props: m{"id": "lt-1", "instanceMarketOptions": m{"marketType": "spot"}}},
		{typ: token.AutoScalingGroup, name: "web", props: m{"minSize": 2, "launchTemplate": m{"id": "lt-1"}}}}
	account := res{typ: token.S3AccountPublicAccessBlock, name: "account",
		props: m{"blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true}}
	rotation := func(schedule string) []res {
		return []res{{typ: token.SecretsManagerSecret, name: "token", props: m{"id": "s"}},
			{typ: token.SecretsManagerSecretRotation, name: "rotation", props: m{"secretId": "s", "rotationRules": m{"scheduleExpression": schedule}}}}
	}
	named := func(name string) []res { return []res{{typ: token.S3Bucket, name: name, props: m{"id": "b"}}} }
	return []kin{
		{"asg-elb-health-check", passes, fleet("EBS,ELB", m{"targetGroupArns": l{"arn"}})}, {"asg-elb-health-check", found, fleet("EC2,EBS", m{"targetGroupArns": l{"arn"}})},
		{"asg-elb-health-check", found, fleet("EC2", m{"loadBalancers": l{"classic"}})},
		{"static-cache-headers", undecided, behaviour("an id of another stack")}, {"static-cache-headers", found, behaviour(managedPassing[0])},
		{"spot-share", found, spot}, {"spot-share", found, []res{{typ: token.EC2LaunchConfiguration, name: "lc", props: m{"name": "lc", "spotPrice": "0.1"}},
			{typ: token.AutoScalingGroup, name: "web", props: m{"minSize": 1, "launchConfiguration": "lc"}}}},
		{"s3-public-access-block", passes, []res{account, bucket()}}, {"s3-public-access-block", found, []res{bucket()}},
		{"s3-public-access-block", found, []res{account, {typ: token.S3BucketAclV2, name: "acl", props: m{"acl": "public-read"}}}},
		{"s3-public-access-block", found, []res{{typ: token.S3BucketObjectv2, name: "logo", props: m{"acl": "public-read"}}}},
		{"secret-rotation", found, rotation("rate(120 days)")}, {"secret-rotation", passes, rotation("rate(30 days)")}, {"secret-rotation", passes, rotation("cron(0 8 1 * ? *)")},
		{"s3-access-logs", passes, named("access-logs")}, {"s3-access-logs", passes, named("log_archive")}, {"s3-access-logs", found, named("blog")}, {"s3-access-logs", found, named("catalog-files")},
		{"s3-access-logs", passes, []res{{typ: token.S3Bucket, name: "files", props: m{"id": "b", "loggings": l{m{"targetBucket": "c"}}}}}},
		{"kms-rotation", passes, one(token.KMSKey, m{"customerMasterKeySpec": "RSA_2048"})}, {"kms-rotation", passes, one(token.KMSKey, m{"customKeyStoreId": "cks-1"})},
		{"kms-rotation", undecided, one(token.KMSKey, m{"customerMasterKeySpec": unknown{}})}, {"kms-rotation", found, one(token.KMSKey, m{})},
		{"alb-access-logs", passes, one(token.LBLoadBalancer, m{"loadBalancerType": "gateway"})}, {"alb-access-logs", passes, one(token.ELBLoadBalancer, m{"accessLogs": m{"bucket": "b"}})},
		{"alb-access-logs", found, one(token.ELBLoadBalancer, m{})}, {"alb-access-logs", found, one(token.LBLoadBalancer, m{"accessLogs": m{"bucket": "b"}})},
		{"vpc-default-sg-closed", found, []res{vpc(), {typ: token.EC2DefaultSecurityGroup, name: "none", props: m{"id": "sg-d", "vpcId": "vpc-1"}},
			{typ: token.VPCSecurityGroupIngressRule, name: "in", props: m{"securityGroupId": "sg-d"}}}},
		{"subnet-no-auto-public-ip", found, one(token.EC2DefaultSubnet, m{})}, {"subnet-no-auto-public-ip", passes, one(token.EC2DefaultSubnet, m{"mapPublicIpOnLaunch": false})},
		{"edge-rate-limit", passes, []res{{typ: token.CloudflareZoneSettingsOverride, name: "settings", props: m{}}, {typ: token.CloudflareRateLimit, name: "rate", props: m{}},
			{typ: token.CloudflareRuleset, name: "waf", props: m{"phase": "http_request_firewall_managed", "rules": l{m{}}}}}},
	}
}

// TestOwnTLSPoliciesStillCount: who lists policies means these and no others.
func TestOwnTLSPoliciesStillCount(t *testing.T) {
	r, _ := ByID("alb-tls-policy")
	set := seed{}.settings()
	old := map[string]any{"policies": []string{"ELBSecurityPolicy-2016-08"}}
	set.Rules = map[string]rule.Own{"alb-tls-policy": {Params: old}}
	for name, want := range map[string]int{"ELBSecurityPolicy-2016-08": 0, "ELBSecurityPolicy-TLS13-1-2-2021-06": 1} {
		got := r.On(build(one(token.LBListener, m{"protocol": "HTTPS", "sslPolicy": name})), set)
		assert.Len(t, got.Found, want, fmt.Sprint(name))
	}
}
