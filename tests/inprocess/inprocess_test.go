package inprocess_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/tests/inprocess"
)

// thing is any resource: the SDK of AWS takes minutes to compile.
type thing struct{ pulumi.CustomResourceState }

func made(ctx *pulumi.Context, typ, name string, in pulumi.Map, opts ...pulumi.ResourceOption) *thing {
	r := &thing{}
	if err := ctx.RegisterResource(typ, name, in, r, opts...); err != nil {
		panic(err)
	}
	return r
}

// natted is a network with a NAT gateway, which declares that it waits for the
// internet gateway or does not.
func natted(waits bool) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		vpc := made(ctx, token.EC2Vpc, "vpc", pulumi.Map{"cidrBlock": pulumi.String("10.0.0.0/16")})
		subnet := made(ctx, token.EC2Subnet, "subnet",
			pulumi.Map{"vpcId": vpc.ID(), "cidrBlock": pulumi.String("10.0.0.0/24")})
		internet := made(ctx, token.EC2InternetGateway, "internet", pulumi.Map{"vpcId": vpc.ID()})
		address := made(ctx, token.EC2Eip, "address", pulumi.Map{"domain": pulumi.String("vpc")})
		var opts []pulumi.ResourceOption
		if waits {
			opts = append(opts, pulumi.DependsOn([]pulumi.Resource{internet}))
		}
		made(ctx, token.EC2NatGateway, "nat", pulumi.Map{"subnetId": subnet.ID(), "allocationId": address.ID()},
			opts...)
		return nil
	}
}

func TestEarliestFindsWhatNobodyDeclared(t *testing.T) {
	_, rec, err := inprocess.Up(natted(true), nil)
	require.NoError(t, err)
	last := inprocess.Random(rec, 0)
	cloud, rec, err := inprocess.Up(natted(false), last)
	require.NoError(t, err, "the lucky order")
	err = cloud.Earliest(rec)
	require.ErrorContains(t, err, "Gateway.NotAttached")
	assert.NotContains(t, err.Error(), token.EC2Subnet)

	cloud, rec, err = inprocess.Up(natted(true), last)
	require.NoError(t, err)
	assert.NoError(t, cloud.Earliest(rec))
}

func TestRandomTriesOrdersThatFail(t *testing.T) {
	_, rec, err := inprocess.Up(natted(true), nil)
	require.NoError(t, err)
	orders := map[string]bool{}
	for seed := range uint64(20) {
		order := inprocess.Random(rec, seed)
		assert.Len(t, order, 5)
		assert.Equal(t, order, inprocess.Random(rec, seed), "a seed gives one order")
		_, _, err := inprocess.Up(natted(true), order)
		require.NoError(t, err)
		orders[order[1]+order[2]] = true
	}
	assert.Greater(t, len(orders), 1)
}

// Of the orders of a program that declares too little, some fail.
func TestSomeOrderFails(t *testing.T) {
	_, rec, err := inprocess.Up(natted(true), nil)
	require.NoError(t, err)
	_, rec, err = inprocess.Up(natted(false), inprocess.Random(rec, 0))
	require.NoError(t, err)
	failed := 0
	for seed := range uint64(20) {
		if _, _, err := inprocess.Up(natted(false), inprocess.Random(rec, seed)); err != nil {
			failed++
		}
	}
	assert.Positive(t, failed)
}

func TestAnErrorNamesTheResource(t *testing.T) {
	_, _, err := inprocess.Up(func(ctx *pulumi.Context) error {
		made(ctx, token.EC2Subnet, "lost",
			pulumi.Map{"vpcId": pulumi.String("vpc-none"), "cidrBlock": pulumi.String("10.0.0.0/24")})
		return nil
	}, nil)
	require.ErrorContains(t, err, "::lost: creating EC2 Subnet")
	require.ErrorContains(t, err, "InvalidVpcID.NotFound")
}

// A recording is told what a cloud that makes everything tells.
func TestARecordingIsAnsweredAsByACloud(t *testing.T) {
	told, err := record.Run(natted(true))
	require.NoError(t, err)
	_, made, err := inprocess.Up(natted(true), nil)
	require.NoError(t, err)
	require.Len(t, told.Resources, len(made.Resources))
	for i, r := range told.Resources {
		assert.Equal(t, made.Resources[i].ID, r.ID, r.URN)
		assert.Equal(t, made.Resources[i].Outputs, r.Outputs, r.URN)
	}
}
