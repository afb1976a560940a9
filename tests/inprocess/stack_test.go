package inprocess_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/tests/inprocess"
)

// queued is a network and a queue that holds messages for so long.
func queued(seconds int, opts ...pulumi.ResourceOption) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		vpc := made(ctx, token.EC2Vpc, "vpc", pulumi.Map{"cidrBlock": pulumi.String("10.0.0.0/16")})
		made(ctx, token.EC2Subnet, "subnet", pulumi.Map{"vpcId": vpc.ID(), "cidrBlock": pulumi.String("10.0.0.0/24")})
		made(ctx, token.SQSQueue, "jobs", pulumi.Map{"messageRetentionSeconds": pulumi.Int(seconds)}, opts...)
		return nil
	}
}

func ops(steps []inprocess.Step) []string {
	var list []string
	for _, s := range steps {
		list = append(list, s.String())
	}
	return list
}

func TestAStackLives(t *testing.T) {
	stack, err := inprocess.NewStack()
	require.NoError(t, err)
	plan, err := stack.Preview(queued(600))
	require.NoError(t, err)
	assert.Len(t, plan, 3)
	assert.Empty(t, stack.Held(), "a preview changes nothing")

	made, err := stack.Up(queued(600))
	require.NoError(t, err)
	assert.ElementsMatch(t, ops(plan), ops(made))
	made, err = stack.Up(queued(600))
	require.NoError(t, err)
	assert.Empty(t, made)

	longer := []string{"update aws:sqs/queue:Queue jobs messageRetentionSeconds"}
	for _, run := range []func(pulumi.RunFunc) ([]inprocess.Step, error){
		func(p pulumi.RunFunc) ([]inprocess.Step, error) { return stack.Preview(p) },
		func(p pulumi.RunFunc) ([]inprocess.Step, error) { return stack.Up(p) },
	} {
		made, err = run(queued(700))
		require.NoError(t, err)
		assert.Equal(t, longer, ops(made))
	}
	made, err = stack.Up(queued(800, pulumi.IgnoreChanges([]string{"messageRetentionSeconds"})))
	require.NoError(t, err)
	assert.Empty(t, made, "what the program ignores is no change")
	assert.Equal(t, longer, ops(stack.Ignored()))

	made, err = stack.Up(func(*pulumi.Context) error { return nil })
	require.NoError(t, err)
	assert.Len(t, made, 3)
	left, err := stack.Left()
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestAStackBeginsNothingAnew(t *testing.T) {
	stack, err := inprocess.NewStack()
	require.NoError(t, err)
	network := func(cidr string) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			made(ctx, token.EC2Vpc, "vpc", pulumi.Map{"cidrBlock": pulumi.String(cidr)})
			return nil
		}
	}
	_, err = stack.Up(network("10.0.0.0/16"))
	require.NoError(t, err)
	plan, err := stack.Preview(network("10.1.0.0/16"))
	require.NoError(t, err)
	assert.Equal(t, []string{"replace aws:ec2/vpc:Vpc vpc cidrBlock"}, ops(plan))
	_, err = stack.Up(network("10.1.0.0/16"))
	require.ErrorContains(t, err, "it would begin anew because of [cidrBlock]")
	assert.Len(t, stack.Held(), 1)
	require.NoError(t, stack.Destroy())
}

func TestDestroyRefusesAndForgets(t *testing.T) {
	stack, err := inprocess.NewStack()
	require.NoError(t, err)
	_, err = stack.Up(queued(600, pulumi.Protect(true)))
	require.NoError(t, err)
	require.ErrorContains(t, stack.Destroy(), "::jobs: it is protected")
	_, err = stack.Up(queued(600, pulumi.RetainOnDelete(true)))
	require.NoError(t, err)
	require.NoError(t, stack.Destroy())
	left, err := stack.Left()
	require.NoError(t, err)
	require.Len(t, left, 1, "what is retained stays")
	assert.Equal(t, token.SQSQueue, left[0].Type)
}

func TestARunThatFailsKeepsWhatItMade(t *testing.T) {
	stack, err := inprocess.NewStack()
	require.NoError(t, err)
	_, err = stack.Up(func(ctx *pulumi.Context) error {
		vpc := made(ctx, token.EC2Vpc, "vpc", pulumi.Map{"cidrBlock": pulumi.String("10.0.0.0/16")})
		made(ctx, token.EC2Subnet, "lost", pulumi.Map{"vpcId": vpc.ID(), "cidrBlock": pulumi.String("10.9.0.0/24")})
		return nil
	})
	require.ErrorContains(t, err, "::lost: creating EC2 Subnet")
	assert.Len(t, stack.Held(), 1)
	require.NoError(t, stack.Destroy())
	left, err := stack.Left()
	require.NoError(t, err)
	assert.Empty(t, left)
}
