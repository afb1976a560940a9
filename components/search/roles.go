package search

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/opensearch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/names"
)

// policyName is what CloudWatch Logs takes as the name of a policy, of which a
// region has one set for all stacks.
var policyName = names.Form{Max: 255}

// logKinds are the logs that a domain writes, by the name of their group.
var logKinds = []struct{ part, kind string }{
	{"application", "ES_APPLICATION_LOGS"}, {"index-slow", "INDEX_SLOW_LOGS"},
	{"search-slow", "SEARCH_SLOW_LOGS"}, {"audit", "AUDIT_LOGS"},
}

// buildLogs makes the groups and lets OpenSearch write to them: the domain
// tries that when it is created.
func (b *builder) buildLogs() error {
	arns := pulumi.StringArray{}
	for _, k := range logKinds {
		group, err := cloudwatch.NewLogGroup(b.ctx, b.name+"-"+k.part, &cloudwatch.LogGroupArgs{
			RetentionInDays: pulumi.Int(b.args.LogDays),
			Tags:            b.args.TagsFor(b.ctx, b.name),
		}, b.child())
		if err != nil {
			return fmt.Errorf("create the log group %s: %w", k.part, err)
		}
		arns = append(arns, group.Arn)
		b.logs = append(b.logs, &opensearch.DomainLogPublishingOptionArgs{
			LogType: pulumi.String(k.kind), CloudwatchLogGroupArn: group.Arn, Enabled: pulumi.Bool(true),
		})
	}
	policy, err := cloudwatch.NewLogResourcePolicy(b.ctx, b.name+"-logs", &cloudwatch.LogResourcePolicyArgs{
		PolicyName:     pulumi.String(policyName.Of(b.ctx.Stack(), b.name, "")),
		PolicyDocument: arns.ToStringArrayOutput().ApplyT(writeLogs).(pulumi.StringOutput),
	}, b.child())
	if err != nil {
		return fmt.Errorf("let OpenSearch write its logs: %w", err)
	}
	b.before = append(b.before, policy)
	return nil
}

// writeLogs lets OpenSearch write streams of these groups.
func writeLogs(arns []string) (string, error) {
	streams := make([]string, len(arns))
	for i, arn := range arns {
		streams[i] = strings.TrimSuffix(arn, ":*") + ":*"
	}
	return document(map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": "es.amazonaws.com"},
		"Action": []string{"logs:PutLogEvents", "logs:CreateLogStream"}, "Resource": streams,
	})
}

// serviceName is the service whose role enters the network.
const serviceName = "opensearchservice.amazonaws.com"

// buildServiceRole makes the role by which OpenSearch enters the network. An
// account has one: where it is there, because of another stack or an earlier
// life of this one, it is imported.
func (b *builder) buildServiceRole() error {
	if !b.args.CreateServiceRole {
		return nil
	}
	path := "/aws-service-role/" + serviceName + "/"
	there, err := iam.GetRoles(b.ctx, &iam.GetRolesArgs{PathPrefix: &path}, pulumi.Parent(b.search))
	if err != nil {
		return fmt.Errorf("look for the service-linked role: %w", err)
	}
	opts := []pulumi.ResourceOption{b.child(), pulumi.RetainOnDelete(true),
		pulumi.IgnoreChanges([]string{"description", "tags"})}
	if len(there.Arns) > 0 {
		opts = append(opts, pulumi.Import(pulumi.ID(there.Arns[0])))
	}
	role, err := iam.NewServiceLinkedRole(b.ctx, b.name+"-service-role", &iam.ServiceLinkedRoleArgs{
		AwsServiceName: pulumi.String(serviceName),
		Tags:           b.args.TagsFor(b.ctx, b.name),
	}, opts...)
	if err != nil {
		return fmt.Errorf("create the service-linked role: %w", err)
	}
	b.before, b.search.ServiceRole = append(b.before, role), role
	return nil
}
