// A fleet behind a load balancer, with PostgreSQL and a cache, by rung's components.
package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/rung-dev/rung/sdk/go/rung" // `pulumi package add ./pulumi-resource-rung` writes it
)

const (
	cidr = "10.60.0.0/16"
	port = 9000
	arm  = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"
)

func main() { pulumi.Run(site) }

func site(ctx *pulumi.Context) error {
	region := config.Require(ctx, "aws:region")
	s := &stack{ctx: ctx, zones: []string{region + "a", region + "b"}}
	// What may go with all data in it: name it, bring that up, and then remove it.
	_ = config.GetObject(ctx, ctx.Project()+":confirmDataLoss", &s.confirm) // without it nothing may
	for _, step := range []func() error{func() error { return s.network(region) }, s.stores, s.web, s.ways} {
		if err := step(); err != nil {
			return err
		}
	}
	ctx.Export("url", pulumi.Sprintf("http://%s", s.balancer.DnsName))
	return nil
}

// stack is what the steps build on.
type stack struct {
	ctx            *pulumi.Context
	zones, confirm []string

	net      *rung.Network
	database *rung.Database
	cache    *rung.Cache
	files    *rung.Assets
	balancer *rung.LoadBalancer
	fleet    *rung.Fleet
}

// in gives a subnet of each zone.
func (s *stack) in(ids pulumi.StringArrayOutput) (all []rung.SubnetArgs) {
	for i, zone := range s.zones {
		all = append(all, rung.SubnetArgs{Id: ids.Index(pulumi.Int(i)), Zone: zone})
	}
	return all
}

func (s *stack) network(region string) (err error) {
	nat := rung.WaySingle
	s.net, err = rung.NewNetwork(s.ctx, "network", &rung.NetworkArgs{
		Region: region, Cidr: pulumi.StringRef(cidr), Zones: s.zones,
		Private: pulumi.BoolRef(true), Data: pulumi.BoolRef(true), Nat: &nat,
	})
	return err
}

func (s *stack) stores() (err error) {
	s.database, err = rung.NewDatabase(s.ctx, "database", &rung.DatabaseArgs{
		VpcId: s.net.VpcId, Subnets: s.in(s.net.DataSubnetIds), Class: pulumi.StringRef("db.t4g.medium"),
		ConfirmDataLoss: s.confirm,
	})
	if err != nil {
		return err
	}
	s.cache, err = rung.NewCache(s.ctx, "cache", &rung.CacheArgs{
		VpcId: s.net.VpcId, Subnets: s.in(s.net.DataSubnetIds), NodeType: pulumi.StringRef("cache.t4g.small"),
		ConfirmDataLoss: s.confirm,
	})
	if err != nil {
		return err
	}
	s.files, err = rung.NewAssets(s.ctx, "artifacts", &rung.AssetsArgs{
		Purpose: rung.AssetsPurposeArtifacts, ConfirmDataLoss: s.confirm,
	})
	return err
}

func (s *stack) web() (err error) {
	s.balancer, err = rung.NewLoadBalancer(s.ctx, "balancer", &rung.LoadBalancerArgs{
		VpcId: s.net.VpcId, Subnets: s.in(s.net.PublicSubnetIds), TargetCidr: pulumi.StringRef(cidr),
		TargetPort: pulumi.IntRef(port), Health: &rung.LoadBalancerHealthCheckArgs{Path: pulumi.StringRef("/")},
		ConfirmDataLoss: s.confirm,
	})
	if err != nil {
		return err
	}
	image, err := ssm.LookupParameter(s.ctx, &ssm.LookupParameterArgs{Name: arm})
	if err != nil {
		return err
	}
	s.fleet, err = rung.NewFleet(s.ctx, "web", &rung.FleetArgs{
		VpcId: s.net.VpcId, Subnets: s.in(s.net.PrivateSubnetIds), ImageId: pulumi.String(image.Value),
		InstanceTypes: []string{"t4g.small"}, MinSize: pulumi.IntRef(2), MaxSize: 6,
		Clients:      []rung.ClientArgs{{Name: "balancer", SecurityGroupId: s.balancer.SecurityGroupId}},
		TargetGroups: []pulumi.StringInput{s.balancer.TargetGroupArn},
		Files:        rung.StoreArgs{Bucket: s.files.BucketName, BucketArn: s.files.Arn},
		Permissions: []rung.PermissionArgs{{
			Name: pulumi.StringRef("secrets"), Actions: []string{"secretsmanager:GetSecretValue"},
			Resources: []pulumi.StringInput{s.database.SecretArn, s.cache.SecretArn},
		}},
		Program: &rung.ProgramArgs{
			Command: []string{"/usr/bin/python3", "-m", "http.server", "9000"},
			Port:    pulumi.IntRef(port), HealthPath: pulumi.StringRef("/"),
			Environment: []rung.VariableArgs{
				{Name: "PGHOST", Value: s.database.Host}, {Name: "DATABASE_SECRET", Value: s.database.SecretArn},
				{Name: "CACHE_HOST", Value: s.cache.Host}, {Name: "CACHE_SECRET", Value: s.cache.SecretArn},
			},
		},
	})
	return err
}

// ways let the fleet in to its stores.
func (s *stack) ways() error {
	for name, to := range map[string]struct {
		group pulumi.StringOutput
		port  int
	}{"database": {s.database.SecurityGroupId, 5432}, "cache": {s.cache.SecurityGroupId, 6379}} {
		if _, err := vpc.NewSecurityGroupIngressRule(s.ctx, "web-to-"+name, &vpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId: to.group, ReferencedSecurityGroupId: s.fleet.SecurityGroupId,
			IpProtocol: pulumi.String("tcp"), FromPort: pulumi.Int(to.port), ToPort: pulumi.Int(to.port),
		}); err != nil {
			return err
		}
	}
	return nil
}
