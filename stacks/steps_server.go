package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/server"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/manifest"
)

// addServer builds the one machine of stages 1 and 2.
func (c *cell) addServer() error {
	if err := c.needs("add the server", hasAlerts, hasBuckets, hasNetwork, hasOrigin, hasQueue); err != nil {
		return err
	}
	args, err := c.serverArgs()
	if err != nil {
		return err
	}
	c.server, err = server.New(c.ctx, "server", args, c.in())
	return err
}

func (c *cell) serverArgs() (server.Args, error) {
	args := server.Args{
		Common:          c.common,
		Region:          c.region,
		VPCID:           c.network.VPCID,
		VPCCIDR:         c.network.CIDR,
		Subnet:          c.network.Public[0],
		ImageID:         pulumi.String(c.image),
		InstanceType:    c.cfg.Server.InstanceType,
		DataGiB:         c.cfg.Server.DataGiB,
		BackupBucket:    c.backups.Name,
		BackupBucketARN: c.backups.ARN,
		Files:           c.artifacts,
		BeforeClosing:   c.waitForDNS,
	}
	if c.cfg.CDN != config.NoCDN {
		c.cdnID, c.cdnURL = newDeferred(c.ctx), newDeferred(c.ctx)
	}
	args.Program = c.program(contract.RoleAll, c.serverEnvironment())
	args.Permissions = append(c.purge(), c.yourPermissions()...)
	if c.cfg.App != nil && c.cfg.App.Has(manifest.Queue) {
		args.Permissions = append(args.Permissions, append(c.jobs.Producer(), c.jobs.Consumer()...)...)
	}
	if c.cfg.CDN != config.NoCDN {
		args.Secrets = pulumi.StringArray{c.origin.ARN}
	}
	return args, c.admitUsers(&args)
}

// admitUsers opens the server to the world, or, behind a CDN, to that alone.
func (c *cell) admitUsers(args *server.Args) error {
	switch c.cfg.CDN {
	case config.NoCDN:
		if c.cfg.Stage < 3 {
			args.Open = []int{80}
		}
		return nil
	case config.Cloudflare:
		args.CIDRs, _ = cdn.CloudflareRanges()
		return nil
	}
	list, err := cdn.PrefixList(c.ctx, pulumi.Provider(c.here))
	if err != nil {
		return err
	}
	args.CDNPrefixList = pulumi.String(list)
	return nil
}

// nameServer gives the server its name.
func (c *cell) nameServer() error {
	if err := c.needs("name the server", hasNames, hasServer); err != nil {
		return err
	}
	if c.zone == nil || c.server == nil {
		return nil
	}
	return c.zone.Address(c.serverHost(), c.server.PublicIP)
}

// serverHost is the server's name in the zone: the domain itself, or, behind a CDN,
// the name by which the CDN reaches it.
func (c *cell) serverHost() string {
	if c.cfg.CDN != config.NoCDN {
		return c.zone.Origin()
	}
	return c.cfg.Domain
}

// keepServer leaves the server of stage 2 as it is while the handover is
// pending: users are still served by it, and the new database can copy from
// its PostgreSQL.
func (c *cell) keepServer() error {
	if err := c.needs("keep the server",
		hasAlerts, hasBuckets, hasNetwork, hasNames, hasOrigin, hasDatabase); err != nil {
		return err
	}
	if !c.cfg.HasServer() {
		return nil
	}
	args, err := c.serverArgs()
	if err != nil {
		return err
	}
	args.Clients = []part.Client{{Name: "database", SecurityGroupID: c.database.SecurityGroupID}}
	args.DatabaseSecret = c.database.Endpoint.Secret
	if c.server, err = server.New(c.ctx, "server", args, c.in()); err != nil {
		return err
	}
	if c.cfg.CDN != config.NoCDN { // without a CDN the site's name moves to the load balancer
		if err := c.nameServer(); err != nil {
			return err
		}
	}
	if err := c.database.CopyFrom(part.Client{Name: "server", SecurityGroupID: c.server.SecurityGroupID}); err != nil {
		return err
	}
	return c.database.Admit(part.Client{Name: "server", SecurityGroupID: c.server.SecurityGroupID})
}
