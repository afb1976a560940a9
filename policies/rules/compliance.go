package rules

import "github.com/rung-dev/rung/policies/rule"

// compliance are the policies of Pulumi's compliance-policies that ask for the
// same, by our id. They look at the classic types aws:alb and aws:s3/bucket and
// at the inline rules of security groups only.
// Source: pulumi/compliance-policies, docs/public/index.md, 89 policies for AWS.
var compliance = map[string][]string{
	"alb-access-logs":   {"aws-alb-loadbalancer-configure-access-logging", "aws-alb-loadbalancer-enable-access-logging"},
	"alb-http-redirect": {"aws-alb-listener-disallow-unencrypted-traffic"},
	"alb-tls-policy":    {"aws-alb-listener-configure-secure-tls"},
	"cdn-logs-waf": {"aws-cloudfront-distribution-configure-access-logging", "aws-cloudfront-distribution-enable-access-logging",
		"aws-cloudfront-distribution-configure-waf"},
	"cdn-origin-tls":   {"aws-cloudfront-distribution-configure-secure-tls-to-origin", "aws-cloudfront-distribution-enable-tls-to-origin"},
	"cdn-tls-min":      {"aws-cloudfront-distribution-configure-secure-tls"},
	"cdn-viewer-https": {"aws-cloudfront-distribution-disallow-unencrypted-traffic"},
	"ebs-encrypted": {"aws-ebs-volume-disallow-unencrypted-volume", "aws-ec2-launchtemplate-disallow-unencrypted-block-device",
		"aws-ec2-instance-disallow-unencrypted-block-device", "aws-ec2-instance-disallow-unencrypted-root-block-device"},
	"kms-rotation":      {"aws-kms-key-enable-key-rotation"},
	"lambda-not-public": {"aws-lambda-permission-configure-source-arn"},
	"lt-no-public-ip":   {"aws-ec2-launchtemplate-disallow-public-ip", "aws-ec2-instance-disallow-public-ip"},
	"rds-backups": {"aws-rds-instance-configure-backup-retention", "aws-rds-instance-enable-backup-retention",
		"aws-rds-cluster-configure-backup-retention", "aws-rds-cluster-enable-backup-retention"},
	"rds-encrypted":       {"aws-rds-instance-disallow-unencrypted-storage", "aws-rds-cluster-disallow-unencrypted-storage"},
	"rds-not-public":      {"aws-rds-instance-disallow-public-access"},
	"rds-observable":      {"aws-rds-instance-enable-performance-insights"},
	"sg-described":        {"aws-ec2-securitygroup-missing-description", "aws-ec2-securitygroup-missing-ingress-rule-description"},
	"sg-no-world-ingress": {"aws-ec2-securitygroup-disallow-public-internet-ingress"},
}

// withCompliance adds those ids to the rules.
func withCompliance(all []rule.Rule) []rule.Rule {
	for i := range all {
		all[i].Compliance = compliance[all[i].ID]
	}
	return all
}
