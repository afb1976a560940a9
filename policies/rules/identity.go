package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

func identity() []rule.Rule {
	return []rule.Rule{
		{
			ID: "iam-no-admin-star", Title: "Nobody may do everything", Severity: rule.High, Kind: rule.OnResource,
			Why: "One stolen key would be the whole account.", Default: mandatory,
			Types: adminTypes(), Resource: adminStar,
			Equivalents: eq(ids("IAM.1", "IAM.21"), ids("CKV_AWS_62", "CKV_AWS_63", "CKV_AWS_274"), nil, ids("AWS-0057")),
		},
		{
			ID: "iam-trust-restricted", Title: "Roles name who may take them", Severity: rule.High, Kind: rule.OnResource,
			Why: "A role that trusts everybody belongs to everybody.", Default: mandatory,
			Types: []string{token.IAMRole}, Resource: func(c *rule.Check, r *rule.Resource) { refuseStrangers(c, r, "assumeRolePolicy") },
			Equivalents: eq(nil, ids("CKV_AWS_60", "CKV_AWS_61"), nil, nil),
		},
		{
			ID: "policy-not-public", Title: "Secrets, buckets and other stores are closed to strangers", Severity: rule.High, Kind: rule.OnResource,
			Why: "A policy on a resource lets in people whom the account has never heard of.", Default: mandatory,
			Types: guarded, Resource: func(c *rule.Check, r *rule.Resource) { refuseStrangers(c, r, "policy") },
			Equivalents: eq(ids("S3.2", "S3.3"), ids("CKV_AWS_32", "CKV_AWS_70"), nil, nil),
		},
		{
			ID: "iam-no-mixed-policies", Title: "No role has inline lists and attachments at once", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "Each update removes what the other kind attached.", Default: mandatory,
			Types: []string{token.IAMRole, token.IAMRolePolicyAttachment}, Stack: mixedPolicies,
			Equivalents: eq(nil, nil, ids("iam-role-no-policy-management-conflicts"), nil),
		},
		{
			ID: "kms-rotation", Title: "Keys rotate and are closed to strangers", Severity: rule.Medium, Kind: rule.OnResource,
			Why: "Rotation is free after the first two, and nothing has to be encrypted anew.", Default: mandatory,
			Types: keyTypes, Resource: keyRotation,
			Equivalents: eq(ids("KMS.4", "KMS.5"), ids("CKV_AWS_7", "CKV_AWS_33"), ids("cmk-backing-key-rotation-enabled"), ids("AWS-0065")),
		},
		{
			ID: "secret-rotation", Title: "Secrets are changed regularly", Severity: rule.Medium, Kind: rule.OnStack,
			Why: "A secret that got out stops working by itself.", Default: advisory,
			Types: []string{token.SecretsManagerSecret, token.SecretsManagerSecretRotation}, Stack: secretRotation,
			Params:      []rule.Param{{Name: "days", Meaning: "most days between two rotations", Default: 90.0, Low: 1, High: 365}},
			Equivalents: eq(ids("SecretsManager.1", "SecretsManager.4"), ids("CKV2_AWS_57", "CKV_AWS_304"), nil, nil),
		},
	}
}

// grants are where permissions are given to somebody: the property that holds a
// document, an ARN or a list of ARNs, by type.
var grants = []struct {
	typ, document, arn, arns string
}{
	{typ: token.IAMPolicy, document: "policy"},
	{typ: token.IAMRolePolicy, document: "policy"},
	{typ: token.IAMUserPolicy, document: "policy"},
	{typ: token.IAMGroupPolicy, document: "policy"},
	{typ: token.SSOAdminPermissionSetInlinePolicy, document: "inlinePolicy"},
	{typ: token.IAMRole, arns: "managedPolicyArns"},
	{typ: token.IAMRolePolicyAttachment, arn: "policyArn"},
	{typ: token.IAMUserPolicyAttachment, arn: "policyArn"},
	{typ: token.IAMGroupPolicyAttachment, arn: "policyArn"},
	{typ: token.IAMPolicyAttachment, arn: "policyArn"},
	{typ: token.SSOAdminManagedPolicyAttachment, arn: "managedPolicyArn"},
	{typ: token.IAMRolePolicyAttachmentsExclusive, arns: "policyArns"},
	{typ: token.IAMUserPolicyAttachmentsExclusive, arns: "policyArns"},
	{typ: token.IAMGroupPolicyAttachmentsExclusive, arns: "policyArns"},
}

func adminTypes() []string {
	types := make([]string, len(grants))
	for i, g := range grants {
		types[i] = g.typ
	}
	return types
}

// adminARN is AWS's own policy that allows everything, in every partition.
func adminARN(arn string) bool { return strings.HasSuffix(arn, ":iam::aws:policy/AdministratorAccess") }

func adminStar(c *rule.Check, r *rule.Resource) {
	i := slices.IndexFunc(grants, func(g struct{ typ, document, arn, arns string }) bool { return g.typ == r.Type })
	if i < 0 {
		return
	}
	g := grants[i]
	if r.Type == token.IAMRole {
		c.Each(r, "inlinePolicies", func(path string, v rule.Value) { refuseAdmin(c, r, path+".policy", v.At("policy")) })
	}
	if g.document != "" {
		refuseAdmin(c, r, g.document, r.At(g.document))
	}
	if g.arn != "" {
		c.Refuse(r.At(g.arn).Matches(adminARN), r, g.arn, leastPrivilege)
	}
	if g.arns != "" { // what is attached from elsewhere is among a role's outputs
		c.Refuse(r.Input(g.arns).Contains(adminARN), r, g.arns, leastPrivilege)
	}
}

func mixedPolicies(c *rule.Check, s *rule.Stack) {
	for _, role := range s.Of(token.IAMRole) {
		inline := role.Input("managedPolicyArns").Present()
		if inline == rule.No {
			continue
		}
		found, there := s.Pointing(token.IAMRolePolicyAttachment, "role", role)
		switch {
		case inline == rule.Yes && len(found) > 0:
			c.Fail(role, "managedPolicyArns", "set beside the attachment "+found[0].Name, "use attachments only")
		case there != rule.No:
			c.Undecided(role, "managedPolicyArns")
		}
	}
}

// guarded are what holds data and has a policy of its own in the property of
// that name. Queues, topics and keys have rules of their own.
var guarded = []string{
	token.S3Bucket, token.S3BucketPolicy, token.SecretsManagerSecret, token.SecretsManagerSecretPolicy,
	token.S3AccessPoint, token.S3ControlAccessPointPolicy,
	token.BackupVaultPolicy, token.DynamoDBResourcePolicy,
	token.ECRRepositoryPolicy,
	token.EFSFileSystemPolicy, token.GlacierVaultLock,
	token.GlueResourcePolicy,
	token.KinesisResourcePolicy, token.MSKClusterPolicy,
}

// keyTypes are the keys and what sets their policies.
var keyTypes = []string{token.KMSKey, token.KMSKeyPolicy, token.KMSExternalKey,
	token.KMSReplicaKey, token.KMSReplicaExternalKey}

func keyRotation(c *rule.Check, r *rule.Resource) {
	if r.Type == token.KMSKey {
		c.Require(rule.Any(r.At("enableKeyRotation").Flag(), rotates(r).Not()), r, "enableKeyRotation", "set it to true")
	}
	refuseStrangers(c, r, "policy")
}

// rotates says whether AWS can rotate the key: one that is symmetric and whose
// material AWS keeps itself.
func rotates(r *rule.Resource) rule.Tri {
	signs := r.At("keyUsage").Is("SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT")
	spec := r.At("customerMasterKeySpec")
	symmetric := rule.Any(spec.Is("SYMMETRIC_DEFAULT"), spec.Present().Not())
	elsewhere := rule.Any(r.At("customKeyStoreId").Present(), r.At("xksKeyId").Present())
	return rule.All(signs.Not(), symmetric, elsewhere.Not())
}

func secretRotation(c *rule.Check, s *rule.Stack) {
	days := c.Number("days")
	for _, secret := range s.Of(token.SecretsManagerSecret) {
		rotations, there := s.Pointing(token.SecretsManagerSecretRotation, "secretId", secret)
		c.Missing(there, secret, "rotation",
			fmt.Sprintf("add an aws:secretsmanager/secretRotation:SecretRotation of at most %g days", days))
		for _, r := range rotations {
			schedule := r.At("rotationRules.scheduleExpression")
			regular := rule.Any(r.At("rotationRules.automaticallyAfterDays").Between(1, days),
				schedule.Matches(func(s string) bool { return often(s, days) }))
			c.Require(regular, r, "rotationRules.automaticallyAfterDays", fmt.Sprintf("set it to %g or less", days))
		}
	}
}

var ratePattern = regexp.MustCompile(`^rate\((\d+) (hour|day)s?\)$`)

// often says whether a schedule comes round within the days. One written as
// cron does: it names days of a month or a week.
func often(schedule string, days float64) bool {
	m := ratePattern.FindStringSubmatch(strings.TrimSpace(schedule))
	if m == nil {
		return strings.HasPrefix(schedule, "cron(")
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if m[2] == "hour" {
		n /= 24
	}
	return err == nil && n <= days
}
