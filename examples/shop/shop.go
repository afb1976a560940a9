// Package shop is a fleet behind a load balancer, with PostgreSQL and a cache: what
// most web applications grow into.
package shop

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/cache"
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/examples/begin"
)

// Program runs the binary on two to six machines. Secrets are named to it, never
// given: it reads them from Secrets Manager.
func Program(ctx *pulumi.Context) error {
	common, err := begin.Common(ctx)
	if err != nil {
		return err
	}
	region := begin.Region(ctx)
	net, err := network.New(ctx, "network", network.Args{
		Common: common, Region: region, Zones: begin.Zones(region), Private: true, Data: true, NAT: network.Single,
	})
	if err != nil {
		return err
	}
	db, err := database.New(ctx, "database", database.Args{
		Common: common, VPCID: net.VPCID, Subnets: net.Data, EngineVersion: "18", Class: "db.t4g.medium",
	})
	if err != nil {
		return err
	}
	sessions, err := cache.New(ctx, "cache", cache.Args{
		Common: common, VPCID: net.VPCID, Subnets: net.Data, NodeType: "cache.t4g.small",
	})
	if err != nil {
		return err
	}
	balancer, err := loadbalancer.New(ctx, "balancer", loadbalancer.Args{
		Common: common, VPCID: net.VPCID, Subnets: net.Public, TargetCIDR: net.CIDR,
		TargetPort: port, Health: loadbalancer.HealthCheck{Path: health},
	})
	if err != nil {
		return err
	}
	web, err := machines(ctx, common, net, balancer, db, sessions)
	if err != nil {
		return err
	}
	client := part.Client{Name: "web", SecurityGroupID: web.SecurityGroupID}
	if err := db.Admit(client); err != nil {
		return err
	}
	ctx.Export("url", pulumi.Sprintf("http://%s", balancer.DNSName))
	return sessions.Admit(client)
}

const (
	port   = 9000
	health = "/healthz"
)

func machines(ctx *pulumi.Context, common part.Common, net *network.Network, balancer *loadbalancer.LoadBalancer,
	db *database.Database, sessions *cache.Cache) (*fleet.Fleet, error) {
	image, err := begin.Image(ctx)
	if err != nil {
		return nil, err
	}
	files, binary, err := begin.Binary(ctx, common)
	if err != nil {
		return nil, err
	}
	return fleet.New(ctx, "web", fleet.Args{
		Common: common, VPCID: net.VPCID, Subnets: net.Private, ImageID: image, Files: files,
		InstanceTypes: []string{"t4g.small"}, MinSize: 2, MaxSize: 6,
		Clients:      []part.Client{{Name: "balancer", SecurityGroupID: balancer.SecurityGroupID}},
		TargetGroups: pulumi.StringArray{balancer.TargetGroupARN}, GateAlarms: balancer.GateAlarms,
		Permissions: []part.Permission{{
			Name: "secrets", Actions: []string{"secretsmanager:GetSecretValue"},
			Resources: pulumi.StringArray{db.Endpoint.Secret, sessions.Endpoint.Secret},
		}},
		Program: program.Spec{
			Artifact: binary, Setup: []string{"migrate"}, Port: port, HealthPath: health, DatabaseCA: true,
			Environment: []part.Variable{
				{Name: "PGHOST", Value: db.Endpoint.Host},
				{Name: "PGPORT", Value: pulumi.String(strconv.Itoa(db.Endpoint.Port))},
				{Name: "PGSSLROOTCERT", Value: pulumi.String(program.DatabaseCAPath)},
				{Name: "DATABASE_SECRET", Value: db.Endpoint.Secret},
				{Name: "CACHE_HOST", Value: sessions.Endpoint.Host},
				{Name: "CACHE_SECRET", Value: sessions.Endpoint.Secret},
			},
		},
	})
}
