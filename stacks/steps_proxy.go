package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/stacks/config"
)

const proxyName = "database-proxy"

// addProxy puts a proxy before the posts' database where the configuration says
// so, or where the machines together may open more connections than it takes.
func (c *cell) addProxy() error {
	if err := c.needs("add the database's proxy", hasAlerts, hasNetwork, hasDatabase); err != nil {
		return err
	}
	needed, err := c.wantsProxy()
	if err != nil || !needed {
		return err
	}
	c.services.proxy, err = database.NewProxy(c.ctx, c.name(proxyName), database.ProxyArgs{
		Common: c.common, VPCID: c.network.VPCID, Subnets: c.network.Data, Database: c.database.Database,
	}, c.in())
	return err
}

// addProxy puts the proxy where the writes are, and lets the machines of all
// cells in. One that stood where they were before goes: it holds no data, and
// what it led to must not be written to any more.
func (m *multiRegion) addProxy() error {
	if err := m.needs("add the database's proxy", hasNetwork, hasDatabase); err != nil {
		return err
	}
	writing := m.cell(m.home.cfg.WriteRegion())
	if err := writing.addProxy(); err != nil || writing.services.proxy == nil {
		return err
	}
	for _, c := range m.others(writing) {
		c.services.proxy = writing.services.proxy
		from := part.Range{Name: config.Code(c.region), CIDR: c.network.PrivateRange}
		if err := c.services.proxy.AdmitRange(from); err != nil {
			return err
		}
	}
	return nil
}

// proxyHere is true for the cell in which the proxy stands.
func (c *cell) proxyHere() bool { return c.services.proxy != nil && c.writes() }

// writeHost is where the cell's machines write: at the proxy, where there is
// one. Reads that may lag go straight to the cell's own replicas.
func (c *cell) writeHost() pulumi.StringOutput {
	if c.services.proxy != nil {
		return c.services.proxy.Endpoint.Host
	}
	return c.database.Endpoint.Host
}
