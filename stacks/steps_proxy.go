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
func (s *services) addProxy() error {
	needed, err := s.wantsProxy()
	if err != nil || !needed {
		return err
	}
	s.proxy, err = database.NewProxy(s.ctx, s.name(proxyName), database.ProxyArgs{
		Common: s.common, VpcID: s.network.VPCID, Subnets: s.network.Data, Database: s.database.Database,
	}, s.in())
	return err
}

// addProxy puts the proxy where the writes are, and lets the machines of all
// cells in. One that stood where they were before goes: it holds no data, and
// what it led to must not be written to any more.
func (m *multiRegion) addProxy() error {
	writing := m.cell(m.home.cfg.WriteRegion())
	if err := writing.services.addProxy(); err != nil || writing.services.proxy == nil {
		return err
	}
	for _, c := range m.others(writing) {
		c.services.proxy = writing.services.proxy
		from := part.Range{Name: config.Code(c.region), CIDR: c.network.PrivateRange}
		if err := c.services.proxy.AdmitRange(c.ctx, writing.name(proxyName), writing.common, from); err != nil {
			return err
		}
	}
	return nil
}

// hasProxy is true for the cell in which the proxy stands.
func (s *services) hasProxy() bool {
	return s != nil && s.proxy != nil && s.region == s.cfg.WriteRegion()
}

// writeHost is where the cell's machines write: at the proxy, where there is
// one. Reads that may lag go straight to the cell's own replicas.
func (c *cell) writeHost() pulumi.StringOutput {
	if c.services != nil && c.services.proxy != nil {
		return c.services.proxy.Endpoint.Host
	}
	return c.database.Endpoint.Host
}
