package pack

import (
	"fmt"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/published"
)

// Where the rules are described, and the standard that most of them follow.
const (
	standard   = "AWS Foundational Security Best Practices"
	standardAt = "https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html"
	// standardVersion is the only one that AWS has published.
	standardVersion = "1.0.0"
)

// describe is a rule as the protocol has it.
func describe(r rule.Rule, level pulumirpc.EnforcementLevel) *pulumirpc.PolicyInfo {
	return &pulumirpc.PolicyInfo{
		Name: r.ID, DisplayName: r.Title, Description: Description(r), Message: r.Why,
		EnforcementLevel: level, PolicyType: policyType(r.Kind), Severity: severity(r.Severity),
		Framework: framework(r), Tags: tags(r), RemediationSteps: r.Remedy, Url: URL(r.ID),
	}
}

// Description is the rule's first line in all output, with its severity.
func Description(r rule.Rule) string { return fmt.Sprintf("[%s] %s.", r.Severity, r.Title) }

// URL is where a rule is described.
func URL(id string) string { return published.Page("policies/RULES.md#" + id) }

func policyType(k rule.Kind) pulumirpc.PolicyType {
	if k == rule.OnResource {
		return pulumirpc.PolicyType_POLICY_TYPE_RESOURCE
	}
	return pulumirpc.PolicyType_POLICY_TYPE_STACK
}

func severity(s rule.Severity) pulumirpc.PolicySeverity {
	switch s {
	case rule.Critical:
		return pulumirpc.PolicySeverity_POLICY_SEVERITY_CRITICAL
	case rule.High:
		return pulumirpc.PolicySeverity_POLICY_SEVERITY_HIGH
	case rule.Medium:
		return pulumirpc.PolicySeverity_POLICY_SEVERITY_MEDIUM
	case rule.Low:
		return pulumirpc.PolicySeverity_POLICY_SEVERITY_LOW
	}
	return pulumirpc.PolicySeverity_POLICY_SEVERITY_UNSPECIFIED
}

// framework names the controls of AWS's standard that ask for the same; nil
// where there is none.
func framework(r rule.Rule) *pulumirpc.PolicyComplianceFramework {
	if len(r.FSBP) == 0 {
		return nil
	}
	return &pulumirpc.PolicyComplianceFramework{
		Name: standard, Version: standardVersion, Reference: strings.Join(r.FSBP, ", "), Specification: standardAt,
	}
}

// tags are what a rule is called elsewhere, "checkov:CKV_AWS_16" say, and what
// it is about.
func tags(r rule.Rule) []string {
	topic := "general"
	if r.Default.From > 0 {
		topic = "stages"
	}
	all := []string{topic}
	for _, tool := range []struct {
		name string
		ids  []string
	}{{"awsguard", r.AWSGuard}, {"checkov", r.Checkov}, {"trivy", r.Trivy}, {"compliance-policies", r.Compliance}} {
		for _, id := range tool.ids {
			all = append(all, tool.name+":"+id)
		}
	}
	return all
}
