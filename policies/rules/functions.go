package rules

import (
	"github.com/rung-dev/rung/policies/iam"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

func functions() []rule.Rule {
	return []rule.Rule{
		{
			ID: "lambda-not-public", Title: "Functions are closed to strangers", Severity: rule.High, Kind: rule.OnResource,
			Why: "Every call is billed.", Default: mandatory,
			Types: []string{token.LambdaPermission, token.LambdaFunctionUrl}, Resource: lambdaPublic,
			Equivalents: eq(ids("Lambda.1"), ids("CKV_AWS_301", "CKV_AWS_364", "CKV_AWS_258"), nil, ids("AWS-0067")),
		},
	}
}

func lambdaPublic(c *rule.Check, r *rule.Resource) {
	if r.Type == token.LambdaFunctionUrl {
		c.Refuse(r.At("authorizationType").Is("NONE"), r, "authorizationType", `set it to "AWS_IAM"`)
		return
	}
	bound := rule.Any(pins(r, "sourceArn", "aws:SourceArn"), pins(r, "sourceAccount", "aws:SourceAccount"),
		pins(r, "principalOrgId", "aws:PrincipalOrgID"))
	c.Refuse(rule.All(r.At("principal").Is("*"), bound.Not()), r, "principal", "name the service and its sourceArn")
}

// pins says whether a property that Lambda turns into a condition names
// somebody. One that is being made does.
func pins(r *rule.Resource, prop, key string) rule.Tri {
	if r.At(prop).Unknown() {
		return rule.Yes
	}
	return r.At(prop).Matches(func(pattern string) bool { return iam.OwnsSource(key, pattern) })
}
