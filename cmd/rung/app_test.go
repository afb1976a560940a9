package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ebs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
)

// asRung lets the test binary be the rung command.
const asRung = "RUNG_TEST_AS_RUNG"

// TestMain lets the test binary be the offline providers, as rung itself is.
func TestMain(m *testing.M) {
	if name := filepath.Base(os.Args[0]); strings.HasPrefix(name, offline.PluginPrefix) {
		os.Exit(offline.Main(name, os.Args[1:]))
	}
	if pack.Serves(os.Args[0]) {
		servePolicies()
	}
	if os.Getenv(asRung) != "" {
		main()
	}
	os.Setenv(cost.PricesEnv, "none") // what a developer has refreshed is not tested
	os.Exit(m.Run())
}

// result is what one command line did.
type result struct {
	code     int
	out, err string
}

// rung runs a command line on a small program, in this process, in a directory.
func rung(t *testing.T, dir string, args ...string) result {
	t.Helper()
	return running(t, small, dir, args...)
}

// running runs a command line on a program.
func running(t *testing.T, program pulumi.RunFunc, dir string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{
		program: func(artifact.Artifact) pulumi.RunFunc { return program },
		resolve: noBuild, static: noFiles, unwatched: true,
		in: strings.NewReader(""), out: &out, err: &errs,
	}
	code := a.run(t.Context(), append(args, "--dir", dir))
	return result{code, out.String(), errs.String()}
}

// noBuild finds an app that is named and builds none.
func noBuild(ctx context.Context, path, dir string, want artifact.Architecture) (artifact.Artifact, error) {
	if path == "" {
		return artifact.Artifact{}, nil
	}
	return artifact.Resolve(ctx, path, dir, want)
}

// noFiles are the static files of an app that has none.
func noFiles(context.Context, string) ([]artifact.File, error) { return nil, nil }

// small stands in for the stages: a network that grows on stage 3, and below it a
// server with its data volume, which stage 3 keeps only while it is handed over.
func small(ctx *pulumi.Context) error { return begin(ctx, func(*builder) {}) }

// begin makes what small is made of, and something more.
func begin(ctx *pulumi.Context, more func(*builder)) error {
	raw := settings{}
	for _, key := range []string{"stage", handoverKey, confirmKey} {
		if v, ok := ctx.GetConfig("rung:" + key); ok {
			raw[key] = v
		}
	}
	c, err := config.Parse(raw)
	if err != nil {
		return err
	}
	before, err := pulumi.NewStackReference(ctx, "before",
		&pulumi.StackReferenceArgs{Name: pulumi.String("organization/rung/" + ctx.Stack())})
	if err != nil {
		return err
	}
	had, err := before.GetOutputDetails("data")
	if err != nil {
		return err
	}
	g, err := guard.New(ctx, c.ConfirmDataLoss, texts(had.Value)...)
	if err != nil {
		return err
	}
	provider, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{
		Region: pulumi.String("us-east-1"), AllowedAccountIds: pulumi.ToStringArray([]string{"123456789012"}),
	})
	if err != nil {
		return err
	}
	b := builder{ctx: ctx, guard: g, provider: provider, stage: raw["stage"]}
	subnet := b.network()
	if c.HasServer() {
		b.server(subnet)
	}
	more(&b)
	ctx.Export("account", pulumi.String("123456789012"))
	ctx.Export("data", pulumi.ToStringArray(g.Held()))
	ctx.Export("url", pulumi.String("http://example.com"))
	return b.err
}

// builder makes the small program's resources and keeps the first error.
type builder struct {
	ctx      *pulumi.Context
	guard    *guard.Guard
	provider pulumi.ProviderResource
	stage    string
	err      error
}

func (b *builder) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *builder) component(typ, name string) []pulumi.ResourceOption {
	var c struct{ pulumi.ResourceState }
	b.try(b.ctx.RegisterComponentResource("rung:components:"+typ, name, &c))
	return []pulumi.ResourceOption{pulumi.Parent(&c), pulumi.Provider(b.provider)}
}

func (b *builder) tags() pulumi.StringMap {
	return pulumi.StringMap{"rung:stage": pulumi.String(b.stage)}
}

func (b *builder) network() pulumi.StringInput {
	opts := b.component("Network", "network")
	vpc, err := ec2.NewVpc(b.ctx, "network-vpc", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16"), Tags: b.tags()},
		opts...)
	b.try(err)
	subnet, err := ec2.NewSubnet(b.ctx, "network-public-0", &ec2.SubnetArgs{
		VpcId: vpc.ID(), CidrBlock: pulumi.String("10.0.0.0/24"), AvailabilityZone: pulumi.String("us-east-1a"), Tags: b.tags(),
	}, opts...)
	b.try(err)
	if b.stage == "3" {
		_, err := ec2.NewSubnet(b.ctx, "network-public-1", &ec2.SubnetArgs{
			VpcId: vpc.ID(), CidrBlock: pulumi.String("10.0.1.0/24"), AvailabilityZone: pulumi.String("us-east-1b"), Tags: b.tags(),
		}, opts...)
		b.try(err)
	}
	return subnet.ID()
}

func (b *builder) server(subnet pulumi.StringInput) {
	opts := b.component("Server", "server")
	_, err := ebs.NewVolume(b.ctx, "server-data", &ebs.VolumeArgs{
		Size: pulumi.Int(20), Type: pulumi.String("gp3"), Encrypted: pulumi.Bool(true),
		AvailabilityZone: pulumi.String("us-east-1a"), Tags: b.tags(),
	}, append(b.guard.Options("server-data"), opts...)...)
	b.try(err)
	_, err = ec2.NewInstance(b.ctx, "server", &ec2.InstanceArgs{
		InstanceType: pulumi.String("t4g.small"), Ami: b.image(), SubnetId: subnet, Tags: b.tags(),
	}, opts...)
	b.try(err)
}

func (b *builder) image() pulumi.StringInput {
	image, err := ssm.LookupParameter(b.ctx, &ssm.LookupParameterArgs{
		Name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
	}, pulumi.Provider(b.provider))
	if err != nil {
		b.try(err)
		return pulumi.String("")
	}
	return pulumi.String(image.Value)
}

// empty fails the test when a run that was refused has left anything behind.
func empty(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, files)
}
