package stacks

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/accelerator"
	"github.com/rung-dev/rung/components/alerts"
	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/cache"
	"github.com/rung-dev/rung/components/capacity"
	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/components/climb"
	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/edge"
	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/key"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/queue"
	"github.com/rung-dev/rung/components/secret"
	"github.com/rung-dev/rung/components/server"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
)

// site is what a stack has once, however many cells it has.
type site struct {
	ctx *pulumi.Context
	cfg config.Config
	app artifact.Artifact
	// edge is the provider of us-east-1, where CloudFront's certificates and
	// metrics are. It is the home cell's own at home in us-east-1.
	edge       pulumi.ProviderResource
	account    string
	data       *guard.Guard
	waitForDNS *pulumi.ResourceHook
	last       *pulumi.StackReference // what the last run has published

	edgeTopic pulumi.StringInput // for alarms in us-east-1, where home is not
	backups   *assets.Assets
	static    *assets.Assets
	zone      *dns.DNS
	proofs    *dns.DNS // proves a domain that is at Cloudflare; nil for others
	origin    *secret.Secret
	// further are the cells but home, from stage 5 on, and accelerator what leads
	// users to all of them where that is asked for.
	further     []*cell
	accelerator *accelerator.Accelerator
	// previous is what earlier runs have left, once a stage of several regions has
	// asked; key encrypts the copies that it has.
	previous *previous
	key      *key.Key
	// searchRole is the account's, which search engines need.
	searchRole pulumi.Resource
	cdn        *cdn.CDN
	// code is what runs at the CDN's edge, from stage 6 on.
	code *edge.Edge
	// cdnID is what to purge. The server learns it although the CDN comes
	// after it: the CDN's origin is the server.
	cdnID *deferred
	// cdnURL is the site's, where it has no domain; the server learns it likewise.
	cdnURL *deferred
	// siteCertificate is the CDN's for the site's name, once it was asked for.
	siteCertificate pulumi.StringInput
}

// cell is one region's system while it is built: the settings, and what the
// steps so far have made. A step reads what earlier ones left and fails where
// something is missing (needs.go). The first cell is home; stages 1 to 4 have no other.
type cell struct {
	*site
	region string
	// common are the arguments that every component takes.
	common part.Common
	// here is the provider of the region.
	here  pulumi.ProviderResource
	image string

	alerts    *alerts.Alerts
	network   *network.Network
	logs      *assets.Assets
	artifacts *assets.Assets
	uploads   *assets.Assets
	artifact  part.Artifact
	server    *server.Server
	database  *store
	shards    []*store // from stage 5 on
	cache     *cache.Cache
	jobs      *queue.Queue
	// held is capacity for the baseline, from stage 6 on.
	held     *capacity.Capacity
	balancer *loadbalancer.LoadBalancer
	// wildcard is the certificate for all names below the domain, where cells
	// share names; nil where they do not.
	wildcard pulumi.StringInput
	web      *fleet.Fleet
	workers  *fleet.Fleet
	climb    *climb.Climb
	// services is what stage 4 adds.
	services services
}

// edgeRegion is where AWS keeps what belongs to CloudFront.
const edgeRegion = "us-east-1"

// ImageParameter is the public parameter with Amazon Linux 2023's current
// image for arm64. See https://docs.aws.amazon.com/linux/al2023/ug/ec2.html.
const ImageParameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"

// newCell prepares the home region: providers, guard, tags, account and image.
func newCell(ctx *pulumi.Context, cfg config.Config, app artifact.Artifact) (*cell, error) {
	c := &cell{site: &site{ctx: ctx, cfg: cfg, app: app}, region: cfg.Home()}
	had, err := c.hadData()
	if err != nil {
		return nil, err
	}
	if c.data, err = guard.New(ctx, cfg.ConfirmDataLoss, had...); err != nil {
		return nil, err
	}
	if c.waitForDNS, err = registerWait(ctx, cfg); err != nil {
		return nil, err
	}
	if err := c.knowAccount(); err != nil {
		return nil, err
	}
	if err := c.addProviders(c.data.Anchor(), guard.BeforeDelete(c.waitForDNS)); err != nil {
		return nil, err
	}
	c.common = c.commonArgs()
	return c, c.lookUpImage()
}

// commonArgs are the arguments that every component of the cell takes. From
// stage 5 on, resources say which region's they are.
func (c *cell) commonArgs() part.Common {
	tags := map[string]string{part.TagStage: strconv.Itoa(int(c.cfg.Stage))}
	if c.cfg.Stage >= 5 {
		tags[part.TagRegion] = c.region
	}
	return part.Common{Guard: c.data, Tags: tags}
}

// home is true for the cell that has been there since stage 1.
func (c *cell) home() bool { return c.region == c.cfg.Home() }

// name is the logical name of a part of the cell: at home as it has always
// been, elsewhere with the region's code behind it.
func (c *cell) name(part string) string {
	if c.home() {
		return part
	}
	return part + "-" + config.Code(c.region)
}

// host is a name of the cell's own below the domain.
func (c *cell) host(label string) string { return c.name(label) + "." + c.cfg.Domain }

// addProviders makes a provider for each region that the cell touches, named
// for the region, so that a stack never depends on the environment's region.
// The home region's is on every stage, which makes it the hooks' anchor.
func (c *cell) addProviders(anchors ...pulumi.ResourceOption) (err error) {
	if c.here, err = c.regional(c.region, anchors...); err != nil {
		return err
	}
	c.edge = c.here
	if c.region != edgeRegion {
		c.edge, err = c.regional(edgeRegion)
	}
	return err
}

// regional is the provider of a region, in the stack's account and no other.
func (s *site) regional(region string, opts ...pulumi.ResourceOption) (pulumi.ProviderResource, error) {
	p, err := aws.NewProvider(s.ctx, "aws-"+region, &aws.ProviderArgs{
		Region: pulumi.String(region), AllowedAccountIds: pulumi.ToStringArray([]string{s.account}),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("configure AWS in %s: %w", region, err)
	}
	return p, nil
}

// lookUpImage finds the machine image. One that the user named is the home
// region's: images differ between regions.
func (c *cell) lookUpImage() error {
	if c.cfg.AMI != "" && c.home() {
		c.image = c.cfg.AMI
		return nil
	}
	image, err := ssm.LookupParameter(c.ctx, &ssm.LookupParameterArgs{Name: ImageParameter}, pulumi.Provider(c.here))
	if err != nil {
		return fmt.Errorf("look up Amazon Linux 2023's image in %s: %w; or set rung:ami", c.region, err)
	}
	c.image = image.Value
	return nil
}

// steps are what makes a stage, in order. What each of them builds on, it says
// itself (see needs.go).
type steps []func() error

// build runs the steps of a stage in order.
func (c *cell) build(stage steps) error {
	for _, step := range stage {
		if err := step(); err != nil {
			c.cdnID.abandon(err)
			c.cdnURL.abandon(err)
			return err
		}
	}
	return nil
}

// in are the options of every component: the region's provider.
func (c *cell) in() pulumi.ResourceOption { return pulumi.Provider(c.here) }
