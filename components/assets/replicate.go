package assets

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Target is a bucket of another region that gets copies.
type Target struct {
	// Code names its region in a word, "euw1" say; the rule is named for it.
	Code string
	// Bucket is the bucket, of the same purpose.
	Bucket *Assets
}

// ReplicateTo copies every new object of the bucket to the targets. Call it
// once on each bucket, with all the others as targets, when all of them are
// made: S3 does not pass on what it has copied, so each bucket must send to
// every other. Another target is an update of one resource.
//
// Deletions are copied too: a user who deletes a picture wants it gone
// everywhere, and every bucket keeps the version for 30 days. What the
// lifecycle removes, each bucket removes by itself. Changed tags go back and
// forth (replica modification sync). Most objects arrive within minutes;
// S3's promise of 15 costs more for each GB and is not taken.
//
// Objects from before are not copied: start an S3 Batch Replication job once.
func (a *Assets) ReplicateTo(targets ...Target) error {
	if err := a.checkTargets(targets); err != nil {
		return fmt.Errorf("replicate assets %s: %w", a.name, err)
	}
	if len(targets) == 0 {
		return nil
	}
	if err := a.replicate(targets); err != nil {
		return fmt.Errorf("replicate assets %s: %w", a.name, err)
	}
	return nil
}

func (a *Assets) checkTargets(targets []Target) error {
	var errs []error
	if !a.args.Purpose.Versioned() {
		errs = append(errs, fmt.Errorf("a bucket for %s has no versions, and only versions are replicated", a.args.Purpose))
	}
	seen := map[string]bool{}
	for i, t := range targets {
		switch {
		case t.Code == "":
			errs = append(errs, fmt.Errorf("targets[%d].Code: required", i))
		case seen[t.Code]:
			errs = append(errs, fmt.Errorf("targets[%d].Code: %q stands twice, want each region once", i, t.Code))
		}
		seen[t.Code] = true
		switch {
		case t.Bucket == nil:
			errs = append(errs, fmt.Errorf("targets[%d].Bucket: required (region %q)", i, t.Code))
		case t.Bucket == a:
			errs = append(errs, fmt.Errorf("targets[%d].Bucket: it is the source itself", i))
		case t.Bucket.args.Purpose != a.args.Purpose:
			errs = append(errs, fmt.Errorf("targets[%d].Bucket: it is for %s, want one for %s", i, t.Bucket.args.Purpose,
				a.args.Purpose))
		}
	}
	return errors.Join(errs...)
}

func (a *Assets) replicate(targets []Target) error {
	role, err := a.replicationRole(targets)
	if err != nil {
		return err
	}
	versioned := []pulumi.Resource{a.versioning}
	var rules s3.BucketReplicationConfigRuleArray
	for i, t := range targets {
		versioned = append(versioned, t.Bucket.versioning)
		rules = append(rules, replicationRule(t, i+1))
	}
	_, err = s3.NewBucketReplicationConfig(a.ctx, a.name+"-replication", &s3.BucketReplicationConfigArgs{
		Bucket: a.bucket.ID(), Role: role, Rules: rules,
	}, pulumi.Parent(a), pulumi.DependsOn(versioned))
	if err != nil {
		return fmt.Errorf("write the rules: %w", err)
	}
	return nil
}

// replicationRule copies everything to one target. Rules of one bucket must
// differ in priority; for several targets it decides nothing.
func replicationRule(t Target, priority int) s3.BucketReplicationConfigRuleArgs {
	return s3.BucketReplicationConfigRuleArgs{
		Id:       pulumi.String("to-" + t.Code),
		Priority: pulumi.Int(priority),
		Status:   pulumi.String("Enabled"),
		Filter:   s3.BucketReplicationConfigRuleFilterArgs{Prefix: pulumi.String("")},
		DeleteMarkerReplication: s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs{
			Status: pulumi.String("Enabled"),
		},
		SourceSelectionCriteria: s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs{
			ReplicaModifications: s3.BucketReplicationConfigRuleSourceSelectionCriteriaReplicaModificationsArgs{
				Status: pulumi.String("Enabled"),
			},
		},
		Destination: s3.BucketReplicationConfigRuleDestinationArgs{Bucket: t.Bucket.ARN, StorageClass: pulumi.String("STANDARD")},
	}
}

// replicationTrust lets S3 act as the role.
const replicationTrust = `{"Version":"2012-10-17","Statement":[` +
	`{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// replicationRole lets S3 read versions here and write copies there.
func (a *Assets) replicationRole(targets []Target) (pulumi.StringOutput, error) {
	child := a.name + "-replication"
	role, err := iam.NewRole(a.ctx, child, &iam.RoleArgs{
		Description:      pulumi.String("S3 replication of " + a.name),
		AssumeRolePolicy: pulumi.String(replicationTrust),
		Tags:             a.args.TagsFor(a.ctx, a.name),
	}, pulumi.Parent(a))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the role: %w", err)
	}
	arns := pulumi.StringArray{}
	for _, t := range targets {
		arns = append(arns, t.Bucket.ARN)
	}
	policy, err := iam.NewRolePolicy(a.ctx, child, &iam.RolePolicyArgs{
		Role:   role.Name,
		Policy: pulumi.All(a.ARN, arns).ApplyT(func(v []any) (string, error) { return replicationPolicy(v[0].(string), v[1].([]string)) }).(pulumi.StringOutput),
	}, pulumi.Parent(a))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("let S3 copy: %w", err)
	}
	return pulumi.All(role.Arn, policy.ID()).ApplyT(func(v []any) string {
		return v[0].(string)
	}).(pulumi.StringOutput), nil
}

// replicationPolicy is what S3's user guide asks for, for these buckets alone.
// Source: "Setting up permissions for live replication".
func replicationPolicy(source string, targets []string) (string, error) {
	objects := make([]string, len(targets))
	for i, arn := range targets {
		objects[i] = arn + "/*"
	}
	policy, err := json.Marshal(map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{
			map[string]any{"Effect": "Allow", "Action": []string{"s3:GetReplicationConfiguration", "s3:ListBucket"},
				"Resource": source},
			map[string]any{
				"Effect": "Allow", "Resource": source + "/*",
				"Action": []string{"s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"},
			},
			map[string]any{
				"Effect": "Allow", "Resource": objects,
				"Action": []string{"s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"},
			},
		},
	})
	if err != nil {
		return "", fmt.Errorf("write the role's policy: %w", err)
	}
	return string(policy), nil
}
