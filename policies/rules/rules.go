// Package rules holds every rule of the pack as data, in a file per service.
//
// The general rules hold for any program on pulumi-aws and pulumi-cloudflare;
// the rules of stage.go, fit.go and money.go know rung's ladder of stages, the
// app's contract and the prices. Each rule reads properties in three values,
// so that absent, null and a wrong type are the same as "no", and what a
// preview does not know is reported as undecided.
package rules

import (
	"slices"

	"github.com/rung-dev/rung/policies/rule"
)

// The tokens that several rules share.
const (
	typeVPC         = "aws:ec2/vpc:Vpc"
	typeSubnet      = "aws:ec2/subnet:Subnet"
	typeGroup       = "aws:ec2/securityGroup:SecurityGroup"
	typeIngress     = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	typeEgress      = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	typeGroupRule   = "aws:ec2/securityGroupRule:SecurityGroupRule"
	typeInstance    = "aws:ec2/instance:Instance"
	typeTemplate    = "aws:ec2/launchTemplate:LaunchTemplate"
	typeVolume      = "aws:ebs/volume:Volume"
	typeFleet       = "aws:autoscaling/group:Group"
	typeBalancer    = "aws:lb/loadBalancer:LoadBalancer"
	typeListener    = "aws:lb/listener:Listener"
	typeTargets     = "aws:lb/targetGroup:TargetGroup"
	typeDatabase    = "aws:rds/instance:Instance"
	typeAurora      = "aws:rds/cluster:Cluster"
	typeProxy       = "aws:rds/proxy:Proxy"
	typeCache       = "aws:elasticache/replicationGroup:ReplicationGroup"
	typeBucket      = "aws:s3/bucket:Bucket"
	typeCDN         = "aws:cloudfront/distribution:Distribution"
	typeQueue       = "aws:sqs/queue:Queue"
	typeTopic       = "aws:sns/topic:Topic"
	typeRole        = "aws:iam/role:Role"
	typeAttachment  = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	typeAlarm       = "aws:cloudwatch/metricAlarm:MetricAlarm"
	typeSearch      = "aws:opensearch/domain:Domain"
	typeNAT         = "aws:ec2/natGateway:NatGateway"
	typeZoneSetting = "cloudflare:index/zoneSettingsOverride:ZoneSettingsOverride"
	typeRuleset     = "cloudflare:index/ruleset:Ruleset"
)

// mandatory and advisory are the defaults that the tables use.
var (
	mandatory = rule.Default{Level: rule.Mandatory}
	advisory  = rule.Default{Level: rule.Advisory}
)

// All lists every rule: the general ones by service, then those of the stages.
func All() []rule.Rule {
	return slices.Concat(General(), Staged())
}

// General lists the rules that hold for any program.
func General() []rule.Rule {
	return withRemedies(withCompliance(slices.Concat(network(), compute(), balancer(), database(), storage(), cdn(),
		messaging(), identity(), observe(), search(), functions(), edge())))
}

// Staged lists the rules about stages, load and cost.
func Staged() []rule.Rule { return withRemedies(slices.Concat(stage(), fit(), money())) }

// ByID finds a rule; false when there is none of that id.
func ByID(id string) (rule.Rule, bool) {
	all := All()
	i := slices.IndexFunc(all, func(r rule.Rule) bool { return r.ID == id })
	if i < 0 {
		return rule.Rule{}, false
	}
	return all[i], true
}

// eq builds equivalents from the four columns of the table.
func eq(fsbp, checkov, awsguard, trivy []string) rule.Equivalents {
	return rule.Equivalents{FSBP: fsbp, Checkov: checkov, AWSGuard: awsguard, Trivy: trivy}
}

func ids(s ...string) []string { return s }
