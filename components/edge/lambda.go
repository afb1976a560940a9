package edge

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// What Lambda@Edge takes: a numbered version of a function in us-east-1, on
// x86, without environment variables, VPC and layers.
// Source: CloudFront developer guide, "Restrictions on Lambda@Edge".
//
// Lambda@Edge takes whatever Node.js Lambda has, and AWS has 24; the AWS provider that
// rung is built with (6.83.4) refuses nodejs24.x before it asks AWS. 22 ends on
// 2027-04-30, of which doctor, preview and up warn from a year before.
const (
	lambdaRuntime        = "nodejs22.x"
	lambdaArchitecture   = "x86_64"
	lambdaMemoryMB       = 128
	lambdaTimeoutSeconds = 3
	logManaged           = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
)

// buildCacheGuard makes the Lambda@Edge. It stays in AWS when the stack gives it
// up: its copies at the edge take hours to go, and until then AWS refuses to
// delete it. It costs nothing while nothing calls it.
func (e *Edge) buildCacheGuard(ctx *pulumi.Context, name string, args Args) error {
	if !args.CacheGuard {
		return nil
	}
	text, err := lambdaCode()
	if err != nil {
		return err
	}
	role, err := e.guardRole(ctx, name, args)
	if err != nil {
		return err
	}
	function, err := lambda.NewFunction(ctx, name+"-cache-guard", &lambda.FunctionArgs{
		Description:   pulumi.String("Keeps what belongs to one visitor out of CloudFront's cache"),
		Runtime:       pulumi.String(lambdaRuntime),
		Architectures: pulumi.ToStringArray([]string{lambdaArchitecture}),
		Handler:       pulumi.String("index.handler"),
		Code:          pulumi.NewAssetArchive(map[string]any{"index.js": pulumi.NewStringAsset(text)}),
		Role:          role,
		MemorySize:    pulumi.Int(lambdaMemoryMB),
		Timeout:       pulumi.Int(lambdaTimeoutSeconds),
		Publish:       pulumi.Bool(true),
		Tags:          args.TagsFor(ctx, name),
	}, pulumi.Parent(e), pulumi.RetainOnDelete(true))
	if err != nil {
		return fmt.Errorf("create the Lambda@Edge: %w", err)
	}
	logs, err := e.guardLogs(ctx, name, args, function.Name)
	if err != nil {
		return err
	}
	// Whoever calls it makes it write, and what writes makes its log group where there
	// is none: hand it out with those only.
	e.CacheGuardARN = pulumi.All(append([]any{function.QualifiedArn}, logs...)...).ApplyT(func(v []any) string {
		return v[0].(string)
	}).(pulumi.StringOutput)
	return nil
}

// guardRole lets the function and its copies at the edge write their log.
func (e *Edge) guardRole(ctx *pulumi.Context, name string, args Args) (pulumi.StringInput, error) {
	trust, err := json.Marshal(map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Effect": "Allow", "Action": "sts:AssumeRole",
			"Principal": map[string]any{"Service": []string{"lambda.amazonaws.com", "edgelambda.amazonaws.com"}},
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("write the role's trust: %w", err)
	}
	role, err := iam.NewRole(ctx, name+"-cache-guard-role", &iam.RoleArgs{
		Description:      pulumi.String("Cache guard of stack " + ctx.Stack()),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             args.TagsFor(ctx, name),
	}, pulumi.Parent(e))
	if err != nil {
		return nil, fmt.Errorf("create the Lambda@Edge's role: %w", err)
	}
	logs, err := iam.NewRolePolicyAttachment(ctx, name+"-cache-guard-logs", &iam.RolePolicyAttachmentArgs{
		Role: role.Name, PolicyArn: pulumi.String(logManaged),
	}, pulumi.Parent(e))
	if err != nil {
		return nil, fmt.Errorf("let the Lambda@Edge write its log: %w", err)
	}
	return pulumi.All(role.Arn, logs.ID()).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput), nil
}

// guardLogs keeps the log where the stack has a region. Lambda@Edge writes it
// in the region nearest to the user, under the name of the function at home. It
// gives the ids of the groups.
func (e *Edge) guardLogs(ctx *pulumi.Context, name string, args Args,
	function pulumi.StringOutput) (ids []any, err error) {
	for _, region := range slices.Sorted(maps.Keys(args.LogRegions)) {
		group, err := cloudwatch.NewLogGroup(ctx, name+"-cache-guard-log-"+region, &cloudwatch.LogGroupArgs{
			Name:            pulumi.Sprintf("/aws/lambda/us-east-1.%s", function),
			RetentionInDays: pulumi.Int(args.LogDays),
			Tags:            args.TagsFor(ctx, name),
		}, pulumi.Parent(e), pulumi.Provider(args.LogRegions[region]))
		if err != nil {
			return nil, fmt.Errorf("create the log group in %s: %w", region, err)
		}
		ids = append(ids, group.ID())
	}
	return ids, nil
}
