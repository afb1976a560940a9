package stacks

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/stacks/artifact"
)

// A zone is of no use until the domain's registrar names its name servers, and no
// certificate for the domain is issued before: AWS waits for 75 minutes and then
// gives up. Nobody can enter the name servers of a zone that does not stand yet,
// so that a new domain takes two runs: one for the zone, one for what needs it.

// ZoneFirst is the program of the first of those runs. A stack that stands stays
// as it is, without the domain; one that does not has nothing but the zone.
func ZoneFirst(app artifact.Artifact) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		cfg, err := Config(ctx)
		if err != nil {
			return err
		}
		stage, err := builder(cfg.Stage)
		if err != nil {
			return err
		}
		domain := cfg.Domain
		cfg.Domain = ""
		c, err := newCell(ctx, cfg, app)
		if err != nil {
			return err
		}
		stands, err := c.before(outputStage)
		if err != nil {
			return err
		}
		if stands != nil {
			if err := onItsOwnStack(func() error { return c.build(stage(c)) }); err != nil {
				return fmt.Errorf("build stage %d: %w", cfg.Stage, err)
			}
		}
		if err := c.makeZone(domain); err != nil {
			return err
		}
		c.exportAlways()
		return nil
	}
}

// makeZone makes the domain's zone under the name that it keeps, and nothing that
// is in it.
func (c *cell) makeZone(domain string) error {
	zone, err := dns.New(c.ctx, "dns",
		dns.Args{Common: c.common, Domain: domain, TTLSeconds: c.cfg.DNSTTLSeconds, Region: c.region}, c.in())
	if err != nil {
		return err
	}
	c.ctx.Export(outputNameServers, zone.NameServers)
	return nil
}

// tellNameServers says, in a preview, that the domain's certificates wait for the
// registrar, and names the name servers the moment that the zone has them. It is
// for `pulumi up`, which makes all in one run; `rung up` makes the zone first.
func (c *cell) tellNameServers() error {
	was, err := c.before(outputDomain)
	if err != nil || was == c.cfg.Domain || c.cfg.DomainDelegated || !c.cfg.ProvesDomain() {
		return err
	}
	if c.ctx.DryRun() {
		return c.ctx.Log.Warn(fmt.Sprintf("a hosted zone is made for %s, and its certificates wait for up to 75 minutes "+
			"until the domain's registrar "+
			"names that zone's name servers. `rung up` makes the zone first and stops with its name servers; `pulumi up` "+
			"prints them once "+
			"it stands. Set rung:domainDelegated to true when they are entered.", c.cfg.Domain), nil)
	}
	c.zone.NameServers.ApplyT(func(names []string) error {
		return c.ctx.Log.Info(fmt.Sprintf("enter these name servers of %s at its registrar now, certificates wait for it: %s",
			c.cfg.Domain, strings.Join(names, ", ")), nil)
	})
	return nil
}
