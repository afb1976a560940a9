package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine/enginetest"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/polyglot"
)

// thing is a type that the offline cloud does not know, and so no table has.
const thing = "aws:iot/" + "thing:Thing"

// nameGuest is a program that knows nothing of rung.
const nameGuest = "guest-program"

// theirs is that program: what others write, with what the offline cloud does not know
// where that is asked for, and with a component of rung's package where that is.
func theirs(ctx *pulumi.Context) error {
	vpc, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")})
	if err != nil {
		return err
	}
	_, err = ec2.NewSubnet(ctx, "a", &ec2.SubnetArgs{VpcId: vpc.ID(), CidrBlock: pulumi.String("10.0.1.0/24")})
	if err != nil {
		return err
	}
	bucket, err := s3.NewBucketV2(ctx, "files", nil)
	if err != nil {
		return err
	}
	if _, err := sqs.NewQueue(ctx, "jobs", nil); err != nil {
		return err
	}
	ctx.Export("bucket", bucket.ID())
	if config.GetBool(ctx, "guest:component") {
		var made struct{ pulumi.ResourceState }
		if err := ctx.RegisterRemoteComponentResource("rung:index:Queue", "letters", pulumi.Map{}, &made); err != nil {
			return err
		}
	}
	if config.GetBool(ctx, "guest:further") {
		return further(ctx)
	}
	if !config.GetBool(ctx, "guest:unknown") {
		return nil
	}
	return ctx.RegisterResource(thing, "lamp", pulumi.Map{
		"thingTypeName": pulumi.String("lamp"), "attributes": pulumi.StringMap{"room": pulumi.String("kitchen")},
	}, &pulumi.CustomResourceState{})
}

// further is what programs in Go have and those in YAML have not: loops over what is looked
// up, a second region, a look-up of what the program itself has made, tags by a transformation.
func further(ctx *pulumi.Context) error {
	zones, err := aws.GetAvailabilityZones(ctx, &aws.GetAvailabilityZonesArgs{State: pulumi.StringRef("available")})
	if err != nil {
		return err
	}
	far, err := aws.NewProvider(ctx, "far", &aws.ProviderArgs{Region: pulumi.String("us-west-2")})
	if err != nil {
		return err
	}
	for _, zone := range zones.Names {
		if _, err := sqs.NewQueue(ctx, "jobs-"+zone, nil, pulumi.Provider(far), pulumi.Transformations(
			[]pulumi.ResourceTransformation{func(a *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
				a.Props.(*sqs.QueueArgs).Tags = pulumi.StringMap{"zone": pulumi.String(zone)}
				return &pulumi.ResourceTransformationResult{Props: a.Props, Opts: a.Opts}
			}})); err != nil {
			return err
		}
	}
	login, err := secretsmanager.NewSecret(ctx, "login", &secretsmanager.SecretArgs{RecoveryWindowInDays: pulumi.Int(0)})
	if err != nil {
		return err
	}
	kept, err := secretsmanager.NewSecretVersion(ctx, "login", &secretsmanager.SecretVersionArgs{
		SecretId: login.ID(), SecretString: pulumi.String("open")})
	if err != nil {
		return err
	}
	found := secretsmanager.LookupSecretVersionOutput(ctx,
		secretsmanager.LookupSecretVersionOutputArgs{SecretId: kept.SecretId})
	ctx.Export("found", pulumi.ToSecret(found.SecretString()))
	return nil
}

// visitor is somebody who runs the stock CLI by `rung offline`.
type visitor struct {
	*user
	cli string
	// hosts has the hosts of languages that come before the tests' own.
	hosts string
}

func newVisitor(t *testing.T) visitor {
	t.Helper()
	v := visitor{user: newUser(t), cli: enginetest.StockCLI(t).Path}
	project := "name: guest\nruntime: go\nconfig:\n  aws:region: {value: eu-central-1}\n"
	require.NoError(t, os.WriteFile(filepath.Join(v.dir, "Pulumi.yaml"), []byte(project), 0o600))
	return v
}

// pulumi runs the CLI with the offline cloud around it; flags of rung come before it.
func (v visitor) pulumi(flags []string, args ...string) result {
	v.t.Helper()
	all := append(append([]string{"offline"}, flags...), "--", v.cli)
	all = append(append(all, args...), "--non-interactive", "--color=never")
	cmd := exec.CommandContext(v.t.Context(), shared.bin, all...)
	cmd.Dir = v.dir
	path := strings.Join([]string{v.hosts, shared.tools, os.Getenv("PATH")}, string(os.PathListSeparator))
	cmd.Env = clean("PATH="+strings.TrimPrefix(path, string(os.PathListSeparator)), "HOME="+v.dir,
		envProgram+"="+filepath.Join(shared.tools, nameGuest))
	cmd.Env = append(cmd.Env, v.env...)
	return finish(v.t, cmd)
}

func (v visitor) does(args ...string) result {
	v.t.Helper()
	r := v.pulumi(nil, args...)
	require.Equal(v.t, done, r.code, "pulumi %s\n%s", strings.Join(args, " "), r.all())
	return r
}

// Somebody else's program previews, comes up, changes nothing the second time, is struck
// by faults and goes, by the stock CLI and with no account.
func TestStockGuest(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	first := v.does("preview")
	assert.Contains(t, first.err, "made the stack dev")
	v.env = []string{offline.FaultsEnv + "=create aws:s3/* fail=TooManyBuckets"}
	broken := v.pulumi(nil, "up", "--yes", "--skip-preview")
	assert.NotZero(t, broken.code)
	assert.Contains(t, broken.all(), "TooManyBuckets")
	v.env = nil
	v.does("up", "--yes", "--skip-preview")
	v.does("up", "--yes", "--skip-preview", "--expect-no-changes")
	v.does("refresh", "--yes", "--skip-preview", "--expect-no-changes")
	assert.Len(t, readCloud(t, filepath.Join(v.dir, ".rung", "cloud.json")).Resources, 4)
	_, err := os.Stat(filepath.Join(v.dir, ".pulumi"))
	assert.ErrorIs(t, err, os.ErrNotExist, "the user's own home is left alone")
	v.does("destroy", "--yes", "--skip-preview")
	assert.Empty(t, readCloud(t, filepath.Join(v.dir, ".rung", "cloud.json")).Resources)
}

func TestStockGuestOfGo(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.does("config", "set", "guest:further", "true")
	v.lives()
}

func TestStockGuestWithAnUnknownType(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	v.does("config", "set", "guest:unknown", "true")
	refused := v.pulumi(nil, "preview")
	assert.NotZero(t, refused.code)
	assert.Contains(t, refused.all(), "does not simulate aws:iot/thing:Thing")
	assert.Contains(t, refused.all(), "--unknown=accept")

	accept := []string{"--unknown=accept"}
	up := v.pulumi(accept, "up", "--yes", "--skip-preview")
	require.Equal(t, done, up.code, up.all())
	assert.Contains(t, up.all(), "aws:iot/thing:Thing is not simulated and was accepted as it is")
	again := v.pulumi(accept, "up", "--yes", "--skip-preview", "--expect-no-changes")
	require.Equal(t, done, again.code, again.all())
	gone := v.pulumi(accept, "destroy", "--yes", "--skip-preview")
	require.Equal(t, done, gone.code, gone.all())
}

// The components are at hand as a package, its schema as the CLI prints it is the golden
// one, and its guard holds under the stock CLI.
func TestStockGuestWithComponents(t *testing.T) {
	t.Parallel()
	v := newVisitor(t)
	plugin := filepath.Join(v.dir, ".rung", "guest", "plugins", polyglot.Executable)
	v.does("config", "set", "guest:component", "true")
	printed := v.does("package", "get-schema", plugin)
	var got, want map[string]any
	require.NoError(t, json.Unmarshal([]byte(printed.out), &got))
	golden, err := os.ReadFile(filepath.Join(shared.root, "polyglot", "testdata", "schema.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(golden, &want))
	assert.Equal(t, want["resources"], got["resources"])

	v.does("up", "--yes", "--skip-preview")
	v.does("up", "--yes", "--skip-preview", "--expect-no-changes")
	for _, how := range [][]string{nil, {"--run-program"}} {
		r := v.pulumi(nil, append([]string{"destroy", "--yes", "--skip-preview"}, how...)...)
		assert.NotZero(t, r.code, r.all())
	}
	resources := readState(t, filepath.Join(v.dir, ".rung", "guest", "state", ".pulumi", "stacks", "guest", "dev.json"))
	assert.Contains(t, data(resources), "urn:pulumi:dev::guest::rung:index:Queue$rung:components:Queue$"+
		"aws:sqs/queue:Queue::letters-main")
}
