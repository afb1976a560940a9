package rules

import "github.com/rung-dev/rung/policies/rule"

// remedies say what to do about a violation, by id: in one sentence, as the
// engine shows it beside the rule. What exactly is wrong with a resource stands
// in the violation itself.
var remedies = map[string]string{
	"vpc-flow-logs":            "Add an aws:ec2/flowLog:FlowLog for the VPC, with trafficType ALL.",
	"vpc-default-sg-closed":    "Adopt the default group with an aws:ec2/defaultSecurityGroup:DefaultSecurityGroup without rules, and give each resource a group of its own.",
	"subnet-no-auto-public-ip": "Set mapPublicIpOnLaunch to false, or tag the subnet tier=edge if it is meant to face the world.",
	"sg-no-world-ingress":      "Name the security group or the ranges that may connect, and put a load balancer in front of what the world needs.",
	"sg-no-admin-ports":        "Close the port to the world; use Session Manager for administration and name the clients' security group for data.",
	"sg-described":             "Give the group and each rule a description that says who may connect and why.",
	"sg-no-mixed-rules":        "Move all rules of the group into standalone rule resources, or all of them inline.",

	"lt-imdsv2":              "Set metadataOptions.httpTokens to required and the hop limit to 1.",
	"lt-no-public-ip":        "Set associatePublicIpAddress to false; let a load balancer or NAT face the world.",
	"ebs-encrypted":          "Set encrypted to true on every disk, and copy unencrypted snapshots into encrypted ones.",
	"lt-no-secret-user-data": "Move the credential to Secrets Manager or Parameter Store, let the machine's role read it at boot, and change it: it was readable.",
	"asg-launch-template":    "Describe the machine in a launch template and name it in the group.",
	"asg-multi-az":           "Name subnets of at least two zones in vpcZoneIdentifiers.",
	"asg-elb-health-check":   "Set healthCheckType to ELB.",

	"alb-access-logs":         "Name a bucket in accessLogs and enable it.",
	"alb-deletion-protection": "Set enableDeletionProtection to true.",
	"alb-hardened-http":       "Set dropInvalidHeaderFields to true and desyncMitigationMode to defensive or strictest.",
	"alb-multi-az":            "Name subnets of at least two zones.",
	"alb-http-redirect":       "Let the plain listener redirect to HTTPS, and serve on a listener with a certificate.",
	"alb-tls-policy":          "Choose a security policy whose name promises TLS 1.2 or newer.",
	"alb-waf":                 "Associate a web ACL, or let only the CDN's addresses connect.",
	"tg-health-check":         "Name the path that says whether the app can serve.",

	"rds-encrypted":           "Set storageEncrypted to true; for a database that stands, restore an encrypted copy of its snapshot.",
	"rds-not-public":          "Set publiclyAccessible to false, and reach the database from inside its network.",
	"rds-multi-az":            "Set multiAz to true.",
	"rds-backups":             "Keep automated backups for a week or longer.",
	"rds-deletion-protection": "Set deletionProtection to true.",
	"rds-minor-upgrades":      "Set autoMinorVersionUpgrade to true.",
	"rds-observable":          "Export the engine's logs, and turn on enhanced monitoring and Performance Insights.",
	"rds-force-tls":           "Set the engine's parameter that refuses plain connections; for Aurora it is one of the cluster's parameter group.",
	"rds-proxy-tls":           "Set requireTls to true.",
	"cache-encrypted":         "Turn on encryption at rest and in transit, and ask for a token or a user group.",
	"cache-failover":          "Turn on automatic failover and Multi-AZ, with at least one replica.",
	"cache-snapshots":         "Keep snapshots for a day or longer.",

	"s3-public-access-block": "Add a public access block with all four flags to the bucket or to the account, and leave out public ACLs.",
	"s3-tls-only":            "Deny every action on the bucket and its objects where aws:SecureTransport is false.",
	"s3-lifecycle":           "Abort unfinished uploads, keep versions of originals, and let old versions expire.",
	"s3-access-logs":         "Log accesses to a bucket of logs.",

	"cdn-viewer-https": "Set viewerProtocolPolicy to redirect-to-https in every behaviour.",
	"cdn-tls-min":      "Use a certificate for a domain of your own, with TLSv1.2_2021 or newer.",
	"cdn-origin-tls":   "Set originProtocolPolicy to https-only and allow TLSv1.2 only.",
	"cdn-oac":          "Create an origin access control and name it in every origin that is a bucket.",
	"cdn-logs-waf":     "Deliver the distribution's logs to a bucket, and name a web ACL of scope CLOUDFRONT.",

	"queue-encrypted":  "Turn on SSE-SQS, or name a key.",
	"queue-not-public": "Name the service or account that may send, or compare aws:SourceArn or aws:PrincipalOrgID with a value of your own.",

	"iam-no-admin-star":     "List the actions and resources that are needed.",
	"iam-trust-restricted":  "Name the services or accounts that may take the role.",
	"policy-not-public":     "Name who may use the resource, or compare aws:PrincipalOrgID or aws:SourceArn with a value of your own.",
	"iam-no-mixed-policies": "Use attachments only, and take the policies out of the role's own lists.",
	"kms-rotation":          "Set enableKeyRotation to true, and name who may use the key.",
	"secret-rotation":       "Add a rotation that comes round within 90 days.",

	"log-retention":    "Set retentionInDays to what the stage asks for.",
	"alarm-has-action": "Leave actionsEnabled on, and name a topic that somebody reads.",
	"dns-hygiene":      "Log the zone's queries, and sign it where the registrar takes its record.",

	"search-encrypted":  "Turn on encryption at rest and between nodes, HTTPS only and TLS 1.2.",
	"search-in-vpc":     "Name subnets and security groups in vpcOptions; a public domain has to be made anew.",
	"search-quorum":     "Run three data nodes in three zones, and three dedicated masters from stage 4 on.",
	"lambda-not-public": "Ask for AWS_IAM at URLs, and name the service and its sourceArn in permissions.",

	"edge-ssl-strict": "Set ssl to strict, minTlsVersion to 1.2 and alwaysUseHttps to on, and give the origin a certificate.",
	"edge-proxied":    "Set proxied to true for records that serve the site.",
	"edge-rate-limit": "Add rulesets of the phases http_ratelimit and http_request_firewall_managed.",

	"data-store-multi-az":      "Turn on the standby of each store (rung:database.multiAz); below stage 3 leave it off.",
	"replica-source-backed-up": "Keep backups of the replica's source.",
	"data-protected":           "Give the resource Protect(true) and the provider's own switch against deletion, or name it in rung:confirmDataLoss to let it go.",
	DataReplacementID:          "Take back what forces the replacement, or name the resource in rung:confirmDataLoss to let it go with its data.",
	"premature-complexity":     "Leave the part out until its stage, or raise rung:stage.",
	"nat-per-stage":            "Use the number of NAT gateways that the stage asks for, and a gateway endpoint for S3.",
	"size-ladder":              "Choose a size that fits the stage, of a family with steady performance for steady load.",

	"static-cache-headers": "Let a behaviour keep static files for a day or longer without cookies, and one for the API keep only what the app allows.",
	"readiness-contract":   "Take the path, the grace and the drain from the app's contract.",
	"connection-budget":    "Lower the fleets' maximum, take a larger database class, or put a proxy in between.",
	"queue-contract":       "Give the queue a dead-letter queue, 3 to 10 attempts, and a visibility timeout six times as long as a job.",
	"scaling-signals":      "Add the alarms that are missing, and tag each part with the stack's stage.",

	"stage-budget":           "Make the dearest parts smaller or raise rung:budget, and add a budget alarm with notices at 80 and 100 %.",
	"spot-share":             "Carry the group's minimum on-demand, and give spot at least four machine types.",
	"commitment-covers-base": "Reserve what always runs, and say so in rung:reservedInstances.",
}

// withRemedies adds them to the rules.
func withRemedies(all []rule.Rule) []rule.Rule {
	for i := range all {
		all[i].Remedy = remedies[all[i].ID]
	}
	return all
}
