package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alerts"
	"github.com/rung-dev/rung/components/assets"
	"github.com/rung-dev/rung/components/budget"
	"github.com/rung-dev/rung/components/dashboard"
	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/stacks/config"
)

func (c *cell) addAlerts() (err error) {
	c.alerts, err = alerts.New(c.ctx, c.name("alerts"), c.alertsArgs(), c.in())
	if err == nil {
		c.common.Alerts = c.alerts.ARN
	}
	return err
}

// alertsArgs: alerts are encrypted from stage 3 on; below, a dollar a month for a
// key buys more elsewhere.
func (c *cell) alertsArgs() alerts.Args {
	return alerts.Args{Common: c.common, Email: c.cfg.AlertEmail, Encrypted: c.cfg.Stage >= 3}
}

func (c *cell) addBudget() error {
	if err := c.needs("add the budget", hasAlerts); err != nil {
		return err
	}
	if c.cfg.Budget.IsZero() {
		return nil
	}
	_, err := budget.New(c.ctx, "budget", budget.Args{Common: c.common, Monthly: c.cfg.Budget}, c.in())
	return err
}

// addBuckets makes the buckets that the stage needs. Each is built on the first
// stage that needs it and stays. From stage 3 on one of them takes the logs of
// the others.
func (c *cell) addBuckets() (err error) {
	if c.cfg.Stage >= 3 {
		if c.logs, err = c.bucket("logs", assets.Logs); err != nil {
			return err
		}
		if c.uploads, err = c.bucket("uploads", assets.Uploads); err != nil {
			return err
		}
	}
	if c.artifacts, err = c.bucket("artifacts", assets.Artifacts); err != nil {
		return err
	}
	if c.artifact, err = c.artifacts.PutArtifact("app", c.app.Path, c.app.SHA256); err != nil {
		return err
	}
	if c.home() {
		return c.addHomeBuckets()
	}
	return nil
}

// logsARN is the bucket of logs, once it takes them.
func (c *cell) logsARN() pulumi.StringOutput { return pulumi.Sprintf("arn:aws:s3:::%s", c.logs.Ready) }

// addHomeBuckets makes the buckets of which the stack has one: the server's
// backups, and the files that the CDN serves.
func (c *cell) addHomeBuckets() (err error) {
	if c.backups, err = c.bucket("backups", assets.Backups); err != nil || c.cfg.CDN != config.CloudFront {
		return err
	}
	c.static, err = c.bucket("assets", assets.Static)
	return err
}

func (c *cell) bucket(name string, purpose assets.Purpose) (*assets.Assets, error) {
	args := assets.Args{Common: c.common, Purpose: purpose, Standing: c.app.Standing}
	if c.logs != nil {
		args.LogBucket = c.logs.Ready
	}
	switch purpose {
	case assets.Logs:
		args.Region, args.AccountID = c.region, pulumi.String(c.account)
	case assets.Static:
		args.PolicyLater = true // the distribution that may read it comes later
		for _, f := range c.app.Static {
			args.Files = append(args.Files, assets.File{Key: f.Key, Path: f.Path, SHA256: f.SHA256})
		}
	}
	return assets.New(c.ctx, c.name(name), args, c.in())
}

func (c *cell) addNetwork() (err error) {
	if err := c.needs("add the network", hasAlerts, hasBuckets); err != nil {
		return err
	}
	private := c.cfg.Stage >= 3
	args := network.Args{
		Common:  c.common,
		Region:  c.region,
		CIDR:    c.cfg.Network.Ranges[c.region],
		Zones:   c.cfg.ZoneNames(c.region),
		Private: private,
		Data:    private,
		NAT:     network.NAT(c.cfg.NAT),
	}
	if args.NAT == network.Instance {
		args.NATImage = pulumi.String(c.image)
	}
	if c.cfg.FlowLogs && c.logs != nil {
		args.FlowLogs = true
		args.LogBucketARN = c.logsARN()
	}
	c.network, err = network.New(c.ctx, c.name("network"), args, c.in())
	return err
}

func (c *cell) addDashboard() error {
	if err := c.needs("add the dashboard",
		hasClimb, hasCDN, hasBalancer, hasWeb, hasServer, hasDatabase, hasCache, hasQueue, hasWorkers); err != nil {
		return err
	}
	groups := []dashboard.Group{c.climbGroup()}
	add := func(title, region string, widgets []part.Widget) {
		groups = append(groups, dashboard.Group{Title: title, Region: region, Widgets: widgets})
	}
	if c.cdn != nil && c.home() {
		add("CDN", edgeRegion, c.cdn.Widgets())
	}
	if c.balancer != nil {
		add("Load balancer", "", c.balancer.Widgets())
		add("Web fleet", "", c.web.Widgets())
	}
	if c.server != nil {
		add("Server", "", c.server.Widgets)
	}
	if c.database != nil {
		add("Database", "", c.database.Widgets())
		add("Cache", "", c.cache.Widgets())
	}
	if c.jobs != nil {
		add("Jobs", "", c.jobs.Widgets())
	}
	if c.workers != nil {
		add("Workers", "", c.workers.Widgets())
	}
	_, err := dashboard.New(c.ctx, c.name("dashboard"), dashboard.Args{Common: c.common, Region: c.region, Groups: groups},
		c.in())
	return err
}

// export publishes what people and the stack's own next run want to know.
func (c *cell) export() error {
	if err := c.needs("publish the outputs",
		hasNetwork, hasNames, hasCDN, hasRoute, hasBalancer, hasServer, hasDatabase, hasCache, hasQueue); err != nil {
		return err
	}
	c.exportAlways()
	c.ctx.Export(outputStage, pulumi.Int(int(c.cfg.Stage)))
	c.ctx.Export(outputServer, pulumi.Bool(c.server != nil))
	c.ctx.Export("url", c.url())
	c.ctx.Export("artifact", pulumi.String(c.app.SHA256))
	if c.zone != nil && c.cfg.HostedZone == "" {
		c.ctx.Export(outputNameServers, c.zone.NameServers)
		c.ctx.Export(outputDomain, pulumi.String(c.cfg.Domain))
	}
	if c.server != nil {
		c.ctx.Export("serverId", c.server.InstanceID)
	}
	return c.exportParts()
}

// exportAlways publishes whose account the stack is in, and what holds data.
func (c *cell) exportAlways() {
	c.ctx.Export(outputAccount, pulumi.String(c.account))
	c.ctx.Export(outputData, pulumi.ToStringArray(c.data.Held()))
}

// exportParts publishes where the cell's own parts are.
func (c *cell) exportParts() error {
	c.ctx.Export(c.name(outputNetwork), pulumi.String(c.network.CIDR))
	if c.database != nil {
		c.ctx.Export(c.name("database"), c.database.Endpoint.Host)
		c.ctx.Export(c.name("cache"), c.cache.Endpoint.Host)
		c.ctx.Export(c.name("loadBalancer"), c.balancer.DNSName)
	}
	if c.jobs != nil {
		c.ctx.Export(c.name("jobs"), c.jobs.URL)
	}
	return nil
}

// url is where people reach the site.
func (c *cell) url() pulumi.StringOutput {
	switch {
	case c.cdn != nil:
		return c.cdn.URL
	case c.cfg.Domain != "" && c.cfg.Stage >= 3:
		return pulumi.String("https://" + c.cfg.Domain).ToStringOutput()
	case c.cfg.Domain != "":
		return pulumi.String("http://" + c.cfg.Domain).ToStringOutput()
	case c.accelerator != nil:
		return pulumi.Sprintf("http://%s", c.accelerator.DNSName)
	case c.balancer != nil:
		return pulumi.Sprintf("http://%s", c.balancer.DNSName)
	}
	return pulumi.Sprintf("http://%s", c.server.PublicDNS)
}
