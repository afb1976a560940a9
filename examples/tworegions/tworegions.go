// Package tworegions is a database with a copy in a second region: read there, and
// promoted when the first is lost.
package tworegions

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/key"
	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/examples/begin"
)

// away is the second region and code its name in a word.
const away, code = "eu-west-1", "euw1"

// Program builds both. Everything away takes the provider of that region.
func Program(ctx *pulumi.Context) error {
	common, err := begin.Common(ctx)
	if err != nil {
		return err
	}
	there, err := aws.NewProvider(ctx, "aws-"+away, &aws.ProviderArgs{Region: pulumi.String(away)})
	if err != nil {
		return err
	}
	account, err := aws.GetCallerIdentity(ctx, &aws.GetCallerIdentityArgs{})
	if err != nil {
		return err
	}
	keys, err := key.New(ctx, "key", key.Args{
		Common: common, AccountID: pulumi.String(account.AccountId),
		Replicas: []key.Replica{{Code: code, Provider: there}},
	})
	if err != nil {
		return err
	}
	home, err := place(ctx, "network", common, begin.Region(ctx))
	if err != nil {
		return err
	}
	abroad, err := place(ctx, "network-"+code, common, away, pulumi.Provider(there))
	if err != nil {
		return err
	}
	db, err := database.New(ctx, "database", database.Args{
		Common: common, VPCID: home.VPCID, Subnets: home.Data, Class: "db.m7g.large", SecretRegions: []string{away},
	})
	if err != nil {
		return err
	}
	reader, err := database.New(ctx, "database-"+code, database.Args{
		Common: common, VPCID: abroad.VPCID, Subnets: abroad.Data, Class: "db.m7g.large",
		Source: db, Region: away, KMSKeyARN: keys.In(code),
	}, pulumi.Provider(there))
	if err != nil {
		return err
	}
	ctx.Export("write", db.Endpoint.Host)
	ctx.Export("read", reader.ReaderHost)
	return nil
}

// place is a network with data subnets. Its range is the region's own, so that the
// two can be connected later.
func place(ctx *pulumi.Context, name string, common part.Common, region string,
	opts ...pulumi.ResourceOption) (*network.Network, error) {
	return network.New(ctx, name, network.Args{
		Common: common, Region: region, Zones: begin.Zones(region), Data: true,
	}, opts...)
}
