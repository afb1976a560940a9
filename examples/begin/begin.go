// Package begin holds the few lines with which most of the examples begin: what
// everything has in common, the machine image, and the binary that machines run.
package begin

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/guard"
)

// Common is what all components of a program take. Data is protected by the guard:
// what may go is named first, as a JSON list,
//
//	pulumi config set confirm '["database-primary"]'
func Common(ctx *pulumi.Context) (part.Common, error) {
	var confirmed []string
	if err := config.New(ctx, "").TryObject("confirm", &confirmed); err != nil && config.Get(ctx, "confirm") != "" {
		return part.Common{}, fmt.Errorf("read confirm: %w", err)
	}
	data, err := guard.New(ctx, confirmed)
	return part.Common{Guard: data, Tags: map[string]string{"example": ctx.Project()}}, err
}

// Region is where the stack is at home.
func Region(ctx *pulumi.Context) string {
	if region := config.New(ctx, "aws").Get("region"); region != "" {
		return region
	}
	return "us-east-1"
}

// Zones are the first two zones of the stack's region. Pin your own in a program of
// your own: not every account has the same.
func Zones(region string) []string { return []string{region + "a", region + "b"} }

// image is where AWS names its current Amazon Linux 2023 for Graviton.
const image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"

// Image is the machine image. Pin it in production: a fleet is rolled out anew when
// AWS publishes the next one.
func Image(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (pulumi.StringInput, error) {
	found, err := ssm.LookupParameter(ctx, &ssm.LookupParameterArgs{Name: image}, opts...)
	if err != nil {
		return nil, fmt.Errorf("look up the machine image: %w", err)
	}
	return pulumi.String(found.Value), nil
}

// Binary uploads the program that `pulumi config set binary PATH` names, built for
// linux/arm64, and gives the bucket that machines fetch it from.
func Binary(ctx *pulumi.Context, common part.Common) (*assets.Assets, *part.Artifact, error) {
	path := config.Get(ctx, "binary")
	if path == "" {
		return nil, nil, fmt.Errorf("which program? pulumi config set binary PATH, built with GOOS=linux GOARCH=arm64")
	}
	files, err := assets.New(ctx, "artifacts", assets.Args{Common: common, Purpose: assets.Artifacts})
	if err != nil {
		return nil, nil, err
	}
	artifact, err := files.PutArtifact("program", path, "")
	return files, &artifact, err
}
