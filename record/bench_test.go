package record_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// BenchmarkRun records networks of 500 resources, about as many as a whole stage
// has: what the tests of components, goldens and `rung cost` wait for.
func BenchmarkRun(b *testing.B) {
	program := func(ctx *pulumi.Context) error {
		for i := range 100 {
			if err := rack(ctx, fmt.Sprint("rack", i)); err != nil {
				return err
			}
		}
		return nil
	}
	for b.Loop() {
		recordtest.Run(b, program)
	}
}

// rack is a network with a machine, a database and what they need.
func rack(ctx *pulumi.Context, name string) error {
	var v, subnet, group, machine, db pulumi.CustomResourceState
	for _, r := range []struct {
		typ, suffix string
		in          func() pulumi.Map
		made        *pulumi.CustomResourceState
	}{
		{token.EC2Vpc, "vpc", func() pulumi.Map { return pulumi.Map{"cidrBlock": pulumi.String("10.0.0.0/16")} }, &v},
		{token.EC2Subnet, "subnet", func() pulumi.Map { return pulumi.Map{"vpcId": v.ID()} }, &subnet},
		{token.EC2SecurityGroup, "group", func() pulumi.Map { return pulumi.Map{"vpcId": v.ID()} }, &group},
		{token.EC2Instance, "machine", func() pulumi.Map {
			return pulumi.Map{"subnetId": subnet.ID(), "instanceType": pulumi.String("t4g.small"),
				"vpcSecurityGroupIds": pulumi.Array{group.ID()}}
		}, &machine},
		{token.RDSInstance, "db", func() pulumi.Map {
			return pulumi.Map{"engine": pulumi.String("postgres"), "instanceClass": pulumi.String("db.t4g.small"),
				"password": pulumi.ToSecret(pulumi.String("hunter2")), "vpcSecurityGroupIds": pulumi.Array{group.ID()}}
		}, &db},
	} {
		if err := ctx.RegisterResource(r.typ, name+"-"+r.suffix, r.in(), r.made); err != nil {
			return err
		}
	}
	return nil
}
