package server

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/internal/sealed"
)

// buildRelease writes the parameter that names the release. It holds names of
// secrets, never one itself, so it is a plain String; that type takes 4 KB and
// is free.
func (b *builder) buildRelease() error {
	release := pulumi.Map{"environment": b.environment()}
	if a := b.args.Program.Artifact; a != nil {
		release["bucket"], release["key"], release["sha256"] = a.Bucket, a.Key, pulumi.String(a.SHA256)
	}
	if len(b.args.Program.Secrets) > 0 {
		release["secrets"] = sealed.Inputs(b.args.Program.Secrets)
	}
	if b.args.DatabaseSecret != nil {
		release["databaseSecret"] = b.args.DatabaseSecret
	}
	parameter, err := ssm.NewParameter(b.ctx, b.name+"-release", &ssm.ParameterArgs{
		Name:        pulumi.String(b.parameter),
		Description: pulumi.String("the release that the server brings itself to within a minute"),
		Type:        pulumi.String("String"),
		Value:       pulumi.JSONMarshal(release),
		Tags:        b.tags(b.name + "-release"),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the release parameter: %w", err)
	}
	b.server.ReleaseParameter = parameter.Name
	return nil
}

// releaseARN is the parameter's ARN, from its name: the parameter itself names the
// CDN, and the machine, which waits for what its role may do, must not wait for that.
func (b *builder) releaseARN(role *iam.Role) pulumi.StringOutput {
	return role.Arn.ApplyT(func(arn string) (string, error) {
		parts := strings.Split(arn, ":")
		if len(parts) != 6 {
			return "", fmt.Errorf("read the account of the role %q", arn)
		}
		return fmt.Sprintf("arn:%s:ssm:%s:%s:parameter%s", parts[1], b.args.Region, parts[4], b.parameter), nil
	}).(pulumi.StringOutput)
}

// environment is what the program reads: what the server knows of itself, then
// what the caller says, which wins.
func (b *builder) environment() pulumi.StringMap {
	env := pulumi.StringMap{
		contract.EnvRegion:      pulumi.String(b.args.Region),
		contract.EnvDatabaseURL: pulumi.String("postgres://" + DatabaseUser + "@/" + DatabaseName + "?host=/run/postgresql"),
		contract.EnvRedisURL:    pulumi.String("redis://127.0.0.1:6379/0"),
		contract.EnvUploadsDir:  pulumi.String("/data/uploads"),
		// What `rung handover` holds writes back with, and leads the program elsewhere.
		contract.EnvPauseWrites:     pulumi.String("/data/handover/pause"),
		contract.EnvDatabaseURLFile: pulumi.String("/data/handover/database-url"),
	}
	if len(b.args.Open) > 0 { // people use the server's own name unless the caller knows a better one
		env[contract.EnvPublicURL] = pulumi.Sprintf("http://%s", b.server.PublicDNS)
	}
	for _, v := range b.args.Program.Environment {
		env[v.Name] = v.Value
	}
	return env
}
