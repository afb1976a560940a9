package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/discovery"
	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/gateway"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/stacks/config"
)

// innerLabel is the inner load balancer's own name below the domain.
const innerLabel = "inner"

// addInner makes the load balancer inside the network: the gateway's target,
// and the way of one service to another.
func (c *cell) addInner() (err error) {
	if err := c.needs("add the inner load balancer", hasAlerts, hasBuckets, hasNetwork, hasNames); err != nil {
		return err
	}
	port := 80
	targetPort, health := c.answersAt()
	args := loadbalancer.Args{
		Common:     c.common,
		VPCID:      c.network.VPCID,
		Subnets:    c.network.Private,
		Internal:   true,
		TargetCIDR: c.network.CIDR,
		Algorithm:  loadbalancer.Algorithm(c.cfg.Balancer.Algorithm),
		LogBucket:  c.logs.Ready,
		TargetPort: targetPort, Health: health, DrainSeconds: c.drainSeconds(),
		// The gateway leads people past the first balancer.
		Maintenance: c.cfg.Maintenance && c.cfg.Services.API == config.APIGateway,
		Routes:      innerRoutes(c.cfg),
	}
	if c.zone != nil {
		port, args.HostName = 443, c.host(innerLabel)
		if args.CertificateARN, err = c.certificate(c.name("inner"), args.HostName, c.here); err != nil {
			return err
		}
	}
	if args.Clients, err = c.addLink(port); err != nil {
		return err
	}
	if c.services.inner, err = loadbalancer.New(c.ctx, c.name("inner"), args, c.in()); err != nil || c.zone == nil {
		return err
	}
	return c.zone.Alias(args.HostName,
		dns.Target{Name: c.services.inner.DNSName, ZoneID: c.services.inner.ZoneID, Health: true})
}

// addLink makes the gateway's way into the network, where there is a gateway.
func (c *cell) addLink(port int) ([]part.Client, error) {
	if c.cfg.Services.API != config.APIGateway {
		return nil, nil
	}
	var err error
	c.services.link, err = gateway.NewLink(c.ctx, c.name("gateway-link"), gateway.LinkArgs{
		Common: c.common, VPCID: c.network.VPCID, Subnets: c.network.Private, TargetCIDR: c.network.CIDR, TargetPort: port,
	}, c.in())
	if err != nil {
		return nil, err
	}
	return []part.Client{{Name: c.name("gateway"), SecurityGroupID: c.services.link.SecurityGroupID}}, nil
}

// addDiscovery gives each service a name inside the network.
func (c *cell) addDiscovery() (err error) {
	if err := c.needs("name the services", hasNetwork, hasInner); err != nil || len(c.cfg.ServiceNames()) == 0 {
		return err
	}
	args := discovery.Args{Common: c.common, VPCID: c.network.VPCID, Namespace: namespace(c.ctx.Stack())}
	for _, one := range served(c.cfg) {
		args.Services = append(args.Services, discovery.Service{Name: one.route.Name, Balancer: c.services.inner.DNSName})
	}
	c.services.names, err = discovery.New(c.ctx, c.name("discovery"), args, c.in())
	return err
}

// serviceURL is where one service reaches another: with a domain by the name
// on the inner load balancer's certificate, else by the service's own.
func (c *cell) serviceURL(name string) pulumi.StringInput {
	if c.zone != nil {
		return pulumi.String("https://" + c.host(innerLabel))
	}
	return pulumi.String("http://" + c.services.names.Host(name))
}
