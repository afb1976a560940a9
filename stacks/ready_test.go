package stacks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dlm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/config"
)

// startersAreReady: a machine that boots before its role may read what sets it up, or
// before a secret has a value, gives up; a proxy, a replication or a policy for
// snapshots fails later, without a word. No property of them names either.
func startersAreReady(t require.TestingT, _ config.Config, rec *record.Recording) {
	after := reaching(rec)
	for _, r := range rec.Custom() {
		for _, role := range rolesOf(rec, r) {
			for _, p := range slices.Concat(rec.All(token.IAMRolePolicy), rec.All(token.IAMRolePolicyAttachment)) {
				if p.Value("role") != role.Value("name") && p.Value("role") != role.Output("name") {
					continue
				}
				if after(p.URN, r.URN) {
					continue // it names what starts, and cannot come before
				}
				assert.True(t, after(r.URN, p.URN), "%s may start before its role has %s", r.URN, p.Name)
				for _, v := range rec.All(token.SecretsManagerSecretVersion) {
					if id := v.String("secretId"); id != "" && strings.Contains(p.String("policy"), id) {
						assert.True(t, after(r.URN, v.URN), "%s may start before %s has a value", r.URN, v.Name)
					}
				}
			}
		}
	}
}

// rolesOf are the roles in whose name a resource acts: those of its machines, and any
// whose ARN is a property of it. IAM's own name roles and act in none, and a grant
// names whom it is for.
func rolesOf(rec *record.Recording, r record.Resource) []record.Resource {
	switch {
	case r.Type == token.EC2Instance:
		return existing(roleOf(rec, r, "iamInstanceProfile"))
	case r.Type == token.AutoScalingGroup:
		return existing(templateRole(rec, r))
	case r.Type == token.KMSGrant || strings.HasPrefix(r.Type, "aws:iam/"):
		return nil
	}
	texts := leaves(resource.NewProperty(r.InputMap))
	return slices.DeleteFunc(rec.All(token.IAMRole), func(role record.Resource) bool {
		arn, _ := role.Output("arn").(string)
		return arn == "" || !slices.Contains(texts, arn)
	})
}

func existing(role *record.Resource) []record.Resource {
	if role == nil {
		return nil
	}
	return []record.Resource{*role}
}

// leaves are the texts of a property, however deep.
func leaves(v resource.PropertyValue) []string {
	var out []string
	switch {
	case v.IsString():
		return []string{v.StringValue()}
	case v.IsOutput():
		return leaves(v.OutputValue().Element)
	case v.IsSecret():
		return leaves(v.SecretValue().Element)
	case v.IsArray():
		for _, e := range v.ArrayValue() {
			out = append(out, leaves(e)...)
		}
	case v.IsObject():
		for _, e := range v.ObjectValue() {
			out = append(out, leaves(e)...)
		}
	}
	return out
}

// reaching tells whether a resource is made after another, however many lie between.
func reaching(rec *record.Recording) func(from, to string) bool {
	deps := map[string][]string{}
	for _, r := range rec.Resources {
		deps[r.URN] = r.Dependencies
	}
	known := map[string]map[string]bool{}
	var all func(urn string) map[string]bool
	all = func(urn string) map[string]bool {
		if known[urn] != nil {
			return known[urn]
		}
		known[urn] = map[string]bool{}
		for _, d := range deps[urn] {
			known[urn][d] = true
			for further := range all(d) {
				known[urn][further] = true
			}
		}
		return known[urn]
	}
	return func(from, to string) bool { return all(from)[to] }
}

// roleOf is the role that a resource names at a path, or the role of a profile there;
// nil for none of the stack's.
func roleOf(rec *record.Recording, r record.Resource, path string) *record.Resource {
	named := r.String(path)
	for _, p := range rec.All(token.IAMInstanceProfile) {
		if named != "" && (p.Output("name") == named || p.Output("arn") == named || p.ID == named) {
			named = p.String("role")
		}
	}
	for _, role := range rec.All(token.IAMRole) {
		if named != "" && (role.Output("arn") == named || role.Output("name") == named || role.ID == named) {
			return &role
		}
	}
	return nil
}

// templateRole is the role of the machines that a scaling group starts.
func templateRole(rec *record.Recording, group record.Resource) *record.Resource {
	const mixed = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.launchTemplateId"
	for _, id := range []string{"launchTemplate.id", mixed} {
		for _, lt := range rec.All(token.EC2LaunchTemplate) {
			if lt.ID != "" && group.String(id) == lt.ID {
				for _, of := range []string{"iamInstanceProfile.name", "iamInstanceProfile.arn"} {
					if role := roleOf(rec, lt, of); role != nil {
						return role
					}
				}
			}
		}
	}
	return nil
}

// noted collects what an invariant finds wrong.
type noted struct{ found []string }

func (n *noted) Errorf(format string, args ...any) {
	n.found = append(n.found, fmt.Sprintf(format, args...))
}
func (n *noted) FailNow() {}

// A machine that does not wait for its role's policy is found.
func TestAMachineBeforeItsRoleIsFound(t *testing.T) {
	for name, waits := range map[string]bool{"ordered": true, "unordered": false} {
		rec, err := record.Run(func(ctx *pulumi.Context) error {
			role, err := iam.NewRole(ctx, "m", &iam.RoleArgs{AssumeRolePolicy: pulumi.String("{}")})
			if err != nil {
				return err
			}
			policy, err := iam.NewRolePolicy(ctx, "m", &iam.RolePolicyArgs{Role: role.Name, Policy: pulumi.String("{}")})
			if err != nil {
				return err
			}
			profile, err := iam.NewInstanceProfile(ctx, "m", &iam.InstanceProfileArgs{Role: role.Name})
			if err != nil {
				return err
			}
			var opts []pulumi.ResourceOption
			if waits {
				opts = append(opts, pulumi.DependsOn([]pulumi.Resource{policy}))
			}
			_, err = ec2.NewInstance(ctx, "m", &ec2.InstanceArgs{IamInstanceProfile: profile.Name}, opts...)
			return err
		})
		require.NoError(t, err)
		var found noted
		startersAreReady(&found, config.Config{}, rec)
		assert.Equal(t, waits, len(found.found) == 0, "%s: %v", name, found.found)
	}
}

// So is a policy for snapshots, of which no property names its role's policies.
func TestASnapshotPolicyBeforeItsRoleIsFound(t *testing.T) {
	for name, waits := range map[string]bool{"ordered": true, "unordered": false} {
		rec, err := record.Run(func(ctx *pulumi.Context) error {
			role, err := iam.NewRole(ctx, "s", &iam.RoleArgs{AssumeRolePolicy: pulumi.String("{}")})
			if err != nil {
				return err
			}
			may, err := iam.NewRolePolicyAttachment(ctx, "s",
				&iam.RolePolicyAttachmentArgs{Role: role.Name, PolicyArn: pulumi.String("arn:aws:iam::aws:policy/x")})
			if err != nil {
				return err
			}
			var opts []pulumi.ResourceOption
			if waits {
				opts = append(opts, pulumi.DependsOn([]pulumi.Resource{may}))
			}
			_, err = dlm.NewLifecyclePolicy(ctx, "s",
				&dlm.LifecyclePolicyArgs{ExecutionRoleArn: role.Arn, Description: pulumi.String("s"),
					PolicyDetails: &dlm.LifecyclePolicyPolicyDetailsArgs{}}, opts...)
			return err
		})
		require.NoError(t, err)
		var found noted
		startersAreReady(&found, config.Config{}, rec)
		assert.Equal(t, waits, len(found.found) == 0, "%s: %v", name, found.found)
	}
}
