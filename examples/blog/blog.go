// Package blog is a MySQL application in a VPC that stands already, on an image
// that has the program: nothing is fetched but its configuration.
package blog

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/examples/begin"
)

// standing is the VPC as the configuration has it (vpc).
type standing struct {
	ID, CIDR        string
	Public, Private []subnet
}

// subnet is one subnet of it.
type subnet struct{ ID, Zone, CIDR string }

func subnets(list []subnet) (all []part.Subnet) {
	for _, s := range list {
		all = append(all, part.Subnet{ID: pulumi.String(s.ID).ToStringOutput(), Zone: s.Zone, CIDR: s.CIDR})
	}
	return all
}

// Program runs two machines of the image behind a load balancer, and a MySQL with
// a standby beside them.
func Program(ctx *pulumi.Context) error {
	common, err := begin.Common(ctx)
	if err != nil {
		return err
	}
	var vpc standing
	config.RequireObject(ctx, "vpc", &vpc)
	net, err := network.New(ctx, "network", network.Args{
		Common: common, Region: begin.Region(ctx), CIDR: vpc.CIDR,
		Own: &network.Own{VPCID: pulumi.String(vpc.ID), Public: subnets(vpc.Public), Private: subnets(vpc.Private)},
	})
	if err != nil {
		return err
	}
	db, err := database.New(ctx, "database", database.Args{
		Common: common, VPCID: net.VPCID, Subnets: net.Private, Engine: database.MySQL, EngineVersion: "8.4",
		Class: "db.t4g.medium", Username: "blog", DatabaseName: "blog",
	})
	if err != nil {
		return err
	}
	balancer, err := loadbalancer.New(ctx, "balancer", loadbalancer.Args{
		Common: common, VPCID: net.VPCID, Subnets: net.Public, TargetCIDR: net.CIDR, TargetPort: port,
		StickySeconds: 3600, Health: loadbalancer.HealthCheck{Path: "/health"},
	})
	if err != nil {
		return err
	}
	web, err := machines(ctx, common, net, balancer, db)
	if err != nil {
		return err
	}
	ctx.Export("url", pulumi.Sprintf("http://%s", balancer.DNSName))
	return db.Admit(part.Client{Name: "web", SecurityGroupID: web.SecurityGroupID})
}

const port = 8081

func machines(ctx *pulumi.Context, common part.Common, net *network.Network, balancer *loadbalancer.LoadBalancer,
	db *database.Database) (*fleet.Fleet, error) {
	image, err := begin.Image(ctx) // your own: it has the application
	if err != nil {
		return nil, err
	}
	files, err := assets.New(ctx, "artifacts", assets.Args{Common: common, Purpose: assets.Artifacts})
	if err != nil {
		return nil, err
	}
	return fleet.New(ctx, "web", fleet.Args{
		Common: common, VPCID: net.VPCID, Subnets: net.Private, ImageID: image, Files: files,
		InstanceTypes: []string{"t4g.medium"}, MinSize: 2, MaxSize: 4,
		Clients:      []part.Client{{Name: "balancer", SecurityGroupID: balancer.SecurityGroupID}},
		TargetGroups: pulumi.StringArray{balancer.TargetGroupARN},
		Permissions: []part.Permission{{
			Name: "secrets", Actions: []string{"secretsmanager:GetSecretValue"},
			Resources: pulumi.StringArray{db.Endpoint.Secret},
		}},
		Program: program.Spec{
			Command: []string{"/usr/bin/frankenphp", "php-server", "--listen", ":8081", "--root", "/srv/blog"},
			Port:    port, HealthPath: "/health", DatabaseCA: true,
			Environment: []part.Variable{
				{Name: "MYSQL_HOST", Value: db.Endpoint.Host},
				{Name: "MYSQL_SSL_CA", Value: pulumi.String(program.DatabaseCAPath)},
				{Name: "MYSQL_SECRET", Value: db.Endpoint.Secret},
			},
		},
	})
}
