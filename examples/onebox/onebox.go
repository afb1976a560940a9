// Package onebox is one server with any binary: PostgreSQL and Valkey beside it,
// its data on a disk of its own, dumped nightly. About $20 a month.
package onebox

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/components/server"
	"github.com/rung-dev/rung/examples/begin"
)

// Program serves at port 80 what the binary serves at port 9000. It finds its
// databases in DATABASE_URL and REDIS_URL, and may write below UPLOADS_DIR.
func Program(ctx *pulumi.Context) error {
	common, err := begin.Common(ctx)
	if err != nil {
		return err
	}
	region := begin.Region(ctx)
	image, err := begin.Image(ctx)
	if err != nil {
		return err
	}
	files, binary, err := begin.Binary(ctx, common)
	if err != nil {
		return err
	}
	backups, err := assets.New(ctx, "backups", assets.Args{Common: common, Purpose: assets.Backups})
	if err != nil {
		return err
	}
	net, err := network.New(ctx, "network", network.Args{
		Common: common, Region: region, CIDR: "10.40.0.0/22", Zones: begin.Zones(region)[:1],
	})
	if err != nil {
		return err
	}
	box, err := server.New(ctx, "box", server.Args{
		Common: common, Region: region, VPCID: net.VPCID, VPCCIDR: net.CIDR, Subnet: net.Public[0], ImageID: image,
		BackupBucket: backups.Name, BackupBucketARN: backups.ARN, Files: files, Open: []int{80},
		Program: program.Spec{Artifact: binary, Command: []string{"-listen", ":9000"}, Port: 9000, HealthPath: "/"},
	})
	if err != nil {
		return err
	}
	ctx.Export("url", pulumi.Sprintf("http://%s", box.PublicDNS))
	return nil
}
