package tests_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/ladder"
)

// TestMain also plays the pack and the offline providers: the engine starts
// this test binary under their names.
func TestMain(m *testing.M) {
	switch base := filepath.Base(os.Args[0]); {
	case pack.Serves(base):
		if err := pack.Main(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case strings.HasPrefix(base, offline.PluginPrefix):
		os.Exit(offline.Main(base, os.Args[1:]))
	default:
		debug.SetGCPercent(400) // much is made, and little of it lives
		os.Exit(m.Run())
	}
}

// world is a stack on Pulumi's engine with the pack.
type world struct{ *engine.Stack }

// enter makes a stack of the program with a configuration.
func enter(t testing.TB, program pulumi.RunFunc, keys map[string]string) world {
	t.Helper()
	path, err := pack.Link(t.TempDir(), "")
	require.NoError(t, err)
	s, err := engine.Open(t.Context(), engine.Options{Dir: t.TempDir(), Program: program, Config: keys,
		PolicyPacks: []string{path}})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return world{s}
}

// preview runs a preview with the pack and returns what the policies said.
func (w world) preview(t *testing.T) ([]apitype.PolicyEvent, error) {
	t.Helper()
	r, err := w.Preview(t.Context())
	return said(r), err
}

func (w world) up(t *testing.T) ([]apitype.PolicyEvent, error) {
	t.Helper()
	r, err := w.Up(t.Context())
	return said(r), err
}

func said(r engine.Result) (all []apitype.PolicyEvent) {
	for _, e := range r.Events {
		if e.PolicyEvent != nil {
			all = append(all, *e.PolicyEvent)
		}
	}
	return all
}

// of picks what one policy said.
func of(all []apitype.PolicyEvent, id string) []apitype.PolicyEvent {
	var out []apitype.PolicyEvent
	for _, e := range all {
		if e.PolicyName == id {
			out = append(out, e)
		}
	}
	return out
}

// shop is a program that is no stack of rung, with a fault of each kind and level.
func shop(ctx *pulumi.Context) error {
	vpc, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")})
	if err != nil {
		return err
	}
	_, err = ec2.NewDefaultSecurityGroup(ctx, "none", &ec2.DefaultSecurityGroupArgs{VpcId: vpc.ID()})
	if err != nil {
		return err
	}
	_, err = ec2.NewSecurityGroup(ctx, "door", &ec2.SecurityGroupArgs{
		VpcId: vpc.ID(),
		Ingress: ec2.SecurityGroupIngressArray{ec2.SecurityGroupIngressArgs{
			Protocol: pulumi.String("tcp"), FromPort: pulumi.Int(22), ToPort: pulumi.Int(22),
			CidrBlocks: pulumi.ToStringArray([]string{"0.0.0.0/0"}),
		}},
	})
	if err != nil {
		return err
	}
	if _, err = s3.NewBucketV2(ctx, "files", &s3.BucketV2Args{}); err != nil {
		return err
	}
	dead, err := sqs.NewQueue(ctx, "dead", &sqs.QueueArgs{SqsManagedSseEnabled: pulumi.Bool(true)})
	if err != nil {
		return err
	}
	_, err = sqs.NewQueue(ctx, "jobs", &sqs.QueueArgs{
		SqsManagedSseEnabled: pulumi.Bool(true),
		RedrivePolicy:        pulumi.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":5}`, dead.Arn),
	})
	return err
}

func TestPackOnAProgramThatIsNoRungStack(t *testing.T) {
	w := enter(t, shop, map[string]string{"aws:region": "us-east-1"})
	said, err := w.preview(t)
	require.Error(t, err, "mandatory violations fail a preview")
	for _, want := range []struct{ id, level, urn string }{
		{"sg-no-admin-ports", "mandatory", "aws:ec2/securityGroup:SecurityGroup::door"}, // a resource rule
		{"sg-described", "advisory", "aws:ec2/securityGroup:SecurityGroup::door"},
		{"s3-public-access-block", "mandatory", "aws:s3/bucketV2:BucketV2::files"}, // a stack rule
		{"vpc-flow-logs", "advisory", "aws:ec2/vpc:Vpc::net"},
	} {
		got := of(said, want.id)
		if assert.NotEmpty(t, got, want.id) {
			assert.Equal(t, want.level, got[0].EnforcementLevel, want.id)
			assert.True(t, strings.HasSuffix(got[0].ResourceURN, want.urn), got[0].ResourceURN)
		}
	}
	assert.Empty(t, of(said, "vpc-default-sg-closed"), "the group is found through the recorded dependency")
	undecided := of(said, pack.UndecidedID)
	require.Len(t, undecided, 1, "reported once")
	assert.Contains(t, undecided[0].Message, "queue-contract: jobs redrivePolicy")
	for _, id := range []string{"premature-complexity", "stage-budget"} {
		assert.Empty(t, of(said, id), "there is no stage")
	}
	assert.NotEmpty(t, of(said, pack.EstimateID))
}

func TestUpRefusesTheResource(t *testing.T) {
	w := enter(t, shop, map[string]string{"aws:region": "us-east-1"})
	said, err := w.up(t)
	require.Error(t, err)
	assert.NotEmpty(t, of(said, "sg-no-admin-ports"))
	state, err := w.Resources(t.Context())
	require.NoError(t, err)
	for _, r := range state {
		assert.NotEqual(t, token.EC2SecurityGroup, string(r.Type), "it was not made")
	}
}

// TestTheEngineLearnsTheSeverity: it goes by the protocol, not by the message.
func TestTheEngineLearnsTheSeverity(t *testing.T) {
	said, err := enter(t, shop, map[string]string{"aws:region": "us-east-1"}).preview(t)
	require.Error(t, err)
	got := of(said, "sg-no-admin-ports")
	require.NotEmpty(t, got)
	assert.Equal(t, "high", got[0].Severity)
}

func TestSettingsComeFromStackConfiguration(t *testing.T) {
	w := enter(t, shop, map[string]string{
		"aws:region": "us-east-1",
		"rung:policy": `{"sg-no-admin-ports": "disabled", "sg-no-world-ingress": "advisory", "s3-public-access-block":
			{"exceptions": [{"resource": "files", "reason": "a test", "until": "2999-12-31"}]}}`,
	})
	said, err := w.preview(t)
	require.NoError(t, err)
	assert.Empty(t, of(said, "sg-no-admin-ports"))
	assert.Empty(t, of(said, "s3-public-access-block"))
	assert.Equal(t, "advisory", of(said, "sg-no-world-ingress")[0].EnforcementLevel)
}

func TestExpiredExceptionIsAViolation(t *testing.T) {
	w := enter(t, shop, map[string]string{
		"aws:region": "us-east-1",
		"rung:policy": `{"vpc-flow-logs":
			{"exceptions": [{"resource": "net", "reason": "a test", "until": "2020-01-31"}]}}`,
	})
	said, err := w.preview(t)
	require.Error(t, err)
	got := of(said, pack.ExpiredID)
	require.Len(t, got, 1)
	assert.Equal(t, "mandatory", got[0].EnforcementLevel)
	assert.Contains(t, got[0].Message, "ended on 2020-01-31")
	assert.NotEmpty(t, of(said, "vpc-flow-logs"), "it covers nothing any more")
}

func TestWrongSettingsNameTheirKey(t *testing.T) {
	w := enter(t, shop, map[string]string{
		"aws:region": "us-east-1", "rung:budget": "plenty",
		"rung:policy": `{"rds-multi-as": "mandatory", "alb-waf": "fatal",
			"rds-multi-az": {"exceptions": [{"resource": "main", "until": "2999-12-31"}]}}`,
	})
	_, err := w.preview(t)
	require.Error(t, err)
	for _, want := range []string{
		"rung:policy.rds-multi-as: no such rule: did you mean rds-multi-az?",
		`rung:policy.alb-waf: got "fatal", want advisory, mandatory, disabled`,
		"rung:policy.rds-multi-az.exceptions[0].reason: required",
		`rung:budget: got "plenty"`,
	} {
		assert.ErrorContains(t, err, want)
	}
}

// stageOnEngine is a stage on the real engine.
func stageOnEngine(t testing.TB, keys map[string]string) world {
	t.Helper()
	file := filepath.Join(t.TempDir(), "app")
	require.NoError(t, os.WriteFile(file, []byte("app"), 0o600))
	return enter(t, stacks.Program(artifact.Artifact{Path: file, SHA256: app.SHA256}), keys)
}

// TestStagesOnTheEngine previews each stage: no violation at all, and the month's
// estimate in a plain preview.
func TestStagesOnTheEngine(t *testing.T) {
	// a component that is among the dearest; else the database
	dear := map[ladder.Number]string{1: "server", 2: "cdn", 6: "cdn"}
	for n := ladder.First; n <= config.Built; n++ {
		stage, component := fmt.Sprint(n), cmp.Or(dear[n], "database")
		t.Run("stage "+stage, func(t *testing.T) {
			said, err := stageOnEngine(t, map[string]string{"rung:stage": stage}).preview(t)
			for _, e := range said {
				if e.PolicyName != pack.EstimateID && e.PolicyName != pack.UndecidedID {
					t.Errorf("%s %s: %s", e.EnforcementLevel, e.PolicyName, e.Message)
				}
			}
			require.NoError(t, err)
			estimate := of(said, pack.EstimateID)
			require.Len(t, estimate, 1)
			assert.Contains(t, estimate[0].Message, "a month expected")
			assert.Contains(t, estimate[0].Message, component+" $")
			assert.Len(t, of(said, pack.UndecidedID), 1, "policies made of ARNs are known only in up")
		})
	}
}

// TestStage3ComesUpWithThePack: in `up` every value is known, so nothing is
// undecided and nothing hides.
func TestStage3ComesUpWithThePack(t *testing.T) {
	w := stageOnEngine(t, map[string]string{"rung:stage": "3"})
	for _, run := range []string{"first", "again"} {
		said, err := w.up(t)
		for _, e := range said {
			if e.PolicyName != pack.EstimateID {
				t.Errorf("%s: %s %s: %s", run, e.EnforcementLevel, e.PolicyName, e.Message)
			}
		}
		require.NoError(t, err)
		assert.Len(t, of(said, pack.EstimateID), 1)
	}
}

func TestBudgetStopsThePreview(t *testing.T) {
	said, err := stageOnEngine(t, map[string]string{"rung:stage": "3", "rung:budget": "100"}).preview(t)
	require.Error(t, err)
	got := of(said, "stage-budget")
	require.Len(t, got, 1)
	assert.Equal(t, "mandatory", got[0].EnforcementLevel)
	assert.Regexp(t, `the budget \$100.00; the dearest are database-primary \(\$[0-9.]+\), [a-z0-9-]+ \(\$[0-9.]+\), [a-z0-9-]+ \(`, got[0].Message)
}

// BenchmarkPreview is a preview of stage 3 with and without the pack.
func BenchmarkPreview(b *testing.B) {
	w := stageOnEngine(b, map[string]string{"rung:stage": "3"})
	b.Run("with", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.Preview(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("without", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.WithPolicies().Preview(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
