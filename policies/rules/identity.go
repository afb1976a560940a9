package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/policies/rule"
)

const (
	typeSecret   = "aws:secretsmanager/secret:Secret"
	typeRotation = "aws:secretsmanager/secretRotation:SecretRotation"
)

func identity() []rule.Rule {
	return []rule.Rule{
		{
			ID: "iam-no-admin-star", Title: "Nobody may do everything", Severity: rule.High, Kind: rule.OnResource,
			Why: "One stolen key would be the whole account.", Default: mandatory,
			Types:    []string{"aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy", typeRole, typeAttachment},
			Resource: adminStar, Equivalents: eq(ids("IAM.1", "IAM.21"), ids("CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_274"), nil, ids("AWS-0057")),
		},
		{
			ID: "iam-trust-restricted", Title: "Roles name who may take them", Severity: rule.High, Kind: rule.OnResource,
			Why: "A role that trusts everybody belongs to everybody.", Default: mandatory,
			Types: []string{typeRole}, Resource: func(c *rule.Check, r *rule.Resource) { refuseAnybody(c, r, "assumeRolePolicy") },
			Equivalents: eq(nil, ids("CKV_AWS_60", "CKV_AWS_61"), nil, nil),
		},
		{
			ID: "iam-no-mixed-policies", Title: "No role has inline lists and attachments at once", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "Each update removes what the other kind attached.", Default: mandatory,
			Types: []string{typeRole, typeAttachment}, Stack: mixedPolicies,
			Equivalents: eq(nil, nil, ids("iam-role-no-policy-management-conflicts"), nil),
		},
		{
			ID: "kms-rotation", Title: "Keys rotate and are closed to strangers", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Rotation is free after the first two, and nothing has to be encrypted anew.", Default: mandatory,
			Types: []string{"aws:kms/key:Key"}, Resource: keyRotation,
			Equivalents: eq(ids("KMS.4", "KMS.5"), ids("CKV_AWS_7", "CKV_AWS_33"), ids("cmk-backing-key-rotation-enabled"), ids("AWS-0065")),
		},
		{
			ID: "secret-rotation", Title: "Secrets are changed regularly", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "A secret that got out stops working by itself.", Default: advisory,
			Types: []string{typeSecret, typeRotation}, Stack: secretRotation,
			Params:      []rule.Param{{Name: "days", Meaning: "most days between two rotations", Default: 90.0, Low: 1, High: 365}},
			Equivalents: eq(ids("SecretsManager.1", "SecretsManager.4"), ids("CKV2_AWS_57", "CKV_AWS_304"), nil, nil),
		},
	}
}

const leastPrivilege = "list the actions and resources that are needed"

func adminStar(c *rule.Check, r *rule.Resource) {
	checkStar(c, r, "policy", r.At("policy"))
	c.Each(r, "inlinePolicies", func(path string, v rule.Value) { checkStar(c, r, path+".policy", v.At("policy")) })
	admin := func(arn string) bool { return strings.HasSuffix(arn, "/AdministratorAccess") }
	c.Refuse(r.At("policyArn").Matches(admin), r, "policyArn", leastPrivilege)
	if r.Type == typeRole { // elsewhere it is not an input
		c.Refuse(r.Input("managedPolicyArns").Contains(admin), r, "managedPolicyArns", leastPrivilege)
	}
}

func checkStar(c *rule.Check, r *rule.Resource, path string, v rule.Value) {
	statements, there := v.Document()
	if there == rule.Unknown {
		c.Undecided(r, path)
	}
	if slices.ContainsFunc(statements, func(s rule.Statement) bool {
		all := slices.Contains(s.Actions, "*") || slices.Contains(s.Actions, "*:*")
		return s.Allow && all && slices.Contains(s.Resources, "*")
	}) {
		c.Fail(r, path, `a statement that allows Action "*" on Resource "*"`, leastPrivilege)
	}
}

func mixedPolicies(c *rule.Check, s *rule.Stack) {
	for _, role := range s.Of(typeRole) {
		inline := role.Input("managedPolicyArns").Present()
		if inline == rule.No {
			continue
		}
		found, there := s.Pointing(typeAttachment, "role", role)
		switch {
		case inline == rule.Yes && len(found) > 0:
			c.Fail(role, "managedPolicyArns", "set beside the attachment "+found[0].Name, "use attachments only")
		case there != rule.No:
			c.Undecided(role, "managedPolicyArns")
		}
	}
}

func keyRotation(c *rule.Check, r *rule.Resource) {
	signs := r.At("keyUsage").Is("SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT")
	spec, _ := r.At("customerMasterKeySpec").Text()
	if signs != rule.Yes && (spec == "" || spec == "SYMMETRIC_DEFAULT") {
		c.Require(r.At("enableKeyRotation").Flag(), r, "enableKeyRotation", "set it to true")
	}
	refuseAnybody(c, r, "policy")
}

func secretRotation(c *rule.Check, s *rule.Stack) {
	days := c.Number("days")
	for _, secret := range s.Of(typeSecret) {
		rotations, there := s.Pointing(typeRotation, "secretId", secret)
		c.Missing(there, secret, "rotation", fmt.Sprintf("add an aws:secretsmanager/secretRotation:SecretRotation of at most %g days", days))
		for _, r := range rotations {
			regular := rule.Any(r.At("rotationRules.automaticallyAfterDays").Between(1, days), r.At("rotationRules.scheduleExpression").Present())
			c.Require(regular, r, "rotationRules.automaticallyAfterDays", fmt.Sprintf("set it to %g or less", days))
		}
	}
}
