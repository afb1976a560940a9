package server

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// trust is the policy that lets an AWS service take a role.
func trust(service string) string {
	// A map of strings always encodes.
	doc, _ := json.Marshal(map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]string{"Service": service},
		}},
	})
	return string(doc)
}

// buildRole makes the machine's role: SSM's own policy for sessions, then one
// inline policy for each thing that the machine does.
func (b *builder) buildRole() error {
	role, err := iam.NewRole(b.ctx, b.name, &iam.RoleArgs{
		Description:      pulumi.String("the single server"),
		AssumeRolePolicy: pulumi.String(trust("ec2.amazonaws.com")),
		Tags:             b.tags(b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the role: %w", err)
	}
	b.server.RoleARN = role.Arn
	sessions, err := iam.NewRolePolicyAttachment(b.ctx, b.name+"-sessions", &iam.RolePolicyAttachmentArgs{
		Role:      role.Name,
		PolicyArn: pulumi.String("arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"),
	}, b.child())
	if err != nil {
		return fmt.Errorf("allow sessions: %w", err)
	}
	b.ready = append(b.ready, sessions)
	for _, p := range append(b.permissions(role), b.args.Permissions...) {
		if err := b.permit(role, p.Name, statement(p)); err != nil {
			return err
		}
	}
	if err := b.permit(role, "metrics", metricsStatement()); err != nil {
		return err
	}
	profile, err := iam.NewInstanceProfile(b.ctx, b.name, &iam.InstanceProfileArgs{
		Role: role.Name,
		Tags: b.tags(b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the instance profile: %w", err)
	}
	b.profile = profile.Name
	return nil
}

// permissions are what the server's own scripts and the app need.
func (b *builder) permissions(role *iam.Role) []part.Permission {
	list := []part.Permission{b.boot.Read}
	if a := b.args.Program.Artifact; a != nil {
		list = append(list, part.Permission{
			Name: "artifact-read", Actions: []string{"s3:GetObject"}, Resources: under(a.BucketARN, "*"),
		})
	}
	list = append(list, []part.Permission{
		{Name: "backup-write", Actions: []string{"s3:PutObject"}, Resources: under(b.args.BackupBucketARN, b.name+"/*")},
		{Name: "release-read", Actions: []string{"ssm:GetParameter"}, Resources: pulumi.StringArray{b.releaseARN(role)}},
		{Name: "metrics-write", Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resources: pulumi.StringArray{pulumi.Sprintf("%s:*", b.logARN)}},
	}...)
	secrets := append(pulumi.StringArray{}, b.args.Secrets...)
	if b.args.DatabaseSecret != nil {
		secrets = append(secrets, b.args.DatabaseSecret)
	}
	if len(secrets) > 0 {
		list = append(list, part.Permission{
			Name: "secrets-read", Actions: []string{"secretsmanager:GetSecretValue"}, Resources: secrets,
		})
	}
	return list
}

// under are the objects of a bucket that match a pattern.
func under(bucketARN pulumi.StringInput, pattern string) pulumi.StringArray {
	return pulumi.StringArray{pulumi.Sprintf("%s/%s", bucketARN, pattern)}
}

func statement(p part.Permission) pulumi.Map {
	return pulumi.Map{"Effect": pulumi.String("Allow"), "Action": pulumi.ToStringArray(p.Actions), "Resource": p.Resources}
}

// metricsStatement allows metrics of the server's own namespace; CloudWatch
// knows no narrower resource.
func metricsStatement() pulumi.Map {
	return pulumi.Map{
		"Effect": pulumi.String("Allow"), "Action": pulumi.String("cloudwatch:PutMetricData"), "Resource": pulumi.String("*"),
		"Condition": pulumi.Map{"StringEquals": pulumi.StringMap{"cloudwatch:namespace": pulumi.String(namespace)}},
	}
}

func (b *builder) permit(role *iam.Role, name string, statement pulumi.Map) error {
	doc := pulumi.JSONMarshal(pulumi.Map{"Version": pulumi.String("2012-10-17"), "Statement": pulumi.Array{statement}})
	made, err := iam.NewRolePolicy(b.ctx, b.name+"-"+name, &iam.RolePolicyArgs{Role: role.Name, Policy: doc}, b.child())
	if err != nil {
		return fmt.Errorf("permit %s: %w", name, err)
	}
	b.ready = append(b.ready, made)
	return nil
}
