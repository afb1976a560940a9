package rules

import "github.com/rung-dev/rung/policies/rule"

const typeFunctionURL = "aws:lambda/functionUrl:FunctionUrl"

func functions() []rule.Rule {
	return []rule.Rule{
		{
			ID: "lambda-not-public", Title: "Functions are closed to strangers", Severity: rule.High, Kind: rule.OnResource,
			Why: "Every call is billed.", Default: mandatory,
			Types: []string{"aws:lambda/permission:Permission", typeFunctionURL}, Resource: lambdaPublic,
			Equivalents: eq(ids("Lambda.1"), ids("CKV_AWS_301", "CKV_AWS_364", "CKV_AWS_258"), nil, ids("AWS-0067")),
		},
	}
}

func lambdaPublic(c *rule.Check, r *rule.Resource) {
	if r.Type == typeFunctionURL {
		c.Refuse(r.At("authorizationType").Is("NONE"), r, "authorizationType", `set it to "AWS_IAM"`)
		return
	}
	bound := rule.Any(r.At("sourceArn").Given(), r.At("sourceAccount").Given(), r.At("principalOrgId").Given())
	c.Refuse(rule.All(r.At("principal").Is("*"), bound.Not()), r, "principal", "name the service and its sourceArn")
}
