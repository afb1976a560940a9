package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// served is a service of a namespace whose instances answer with all addresses.
func served(ns *simtest.Resource, policy string) sim.Props {
	return sim.Props{"name": "users", "forceDestroy": true, "dnsConfig": map[string]any{
		"namespaceId": ns.ID, "routingPolicy": policy, "dnsRecords": []any{map[string]any{"type": "A", "ttl": 10.0}},
	}}
}

func TestDiscovery(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	ns := c.Settled(token.ServiceDiscoveryPrivateDnsNamespace, "ns", sim.Props{"name": "rung.internal", "vpc": v.ID})
	assert.Regexp(t, `^ns-[a-z0-9]{16}$`, ns.ID)
	users := with(served(ns, "MULTIVALUE"), sim.Props{"healthCheckCustomConfig": map[string]any{"failureThreshold": 1.0}})
	s := c.Settled(token.ServiceDiscoveryService, "users", users)
	lb := c.Must(token.LBLoadBalancer, "alb", sim.Props{"subnets": subnets})
	alias := sim.Props{"instanceId": "balancer", "attributes": map[string]any{"AWS_ALIAS_DNS_NAME": lb.Str("dnsName")}}
	weighted := c.Settled(token.ServiceDiscoveryService, "orders",
		with(served(ns, "WEIGHTED"), sim.Props{"name": "orders"}))
	i := c.Settled(token.ServiceDiscoveryInstance, "orders", with(alias, sim.Props{"serviceId": weighted.ID}))
	assert.Equal(t, "balancer", i.ID)
	kept := c.Must(token.ServiceDiscoveryService, "kept",
		with(served(ns, "WEIGHTED"), sim.Props{"name": "kept", "forceDestroy": false}))
	c.Settled(token.ServiceDiscoveryInstance, "kept", with(alias, sim.Props{"serviceId": kept.ID}))
	require.ErrorContains(t, c.Delete(kept), "ResourceInUse")
	require.ErrorContains(t, c.Delete(ns), "ResourceInUse")
	replacedBy(t, c, s, users, map[string]sim.Props{
		"name": {"name": "x"}, "health": {"healthCheckCustomConfig": nil}, "description": {"description": "x"},
		"ttl": {"dnsConfig": map[string]any{"namespaceId": ns.ID, "routingPolicy": "MULTIVALUE", "dnsRecords": []any{map[string]any{"type": "A", "ttl": 20.0}}}},
	}, map[string]bool{"name": true, "health": true})
	allRefused(t, c, map[string]mistake{
		"namespace taken": {token.ServiceDiscoveryPrivateDnsNamespace, sim.Props{"name": "rung.internal", "vpc": v.ID}, []string{"NamespaceAlreadyExists"}},
		"no VPC":          {token.ServiceDiscoveryPrivateDnsNamespace, sim.Props{"name": "x.internal", "vpc": "vpc-none"}, []string{"InvalidInput"}},
		"service taken":   {token.ServiceDiscoveryService, served(ns, "WEIGHTED"), []string{"ServiceAlreadyExists"}},
		"no namespace":    {token.ServiceDiscoveryService, with(served(&simtest.Resource{ID: "ns-none"}, "WEIGHTED"), sim.Props{"name": "x"}), []string{"NamespaceNotFound"}},
		"CNAME": {token.ServiceDiscoveryService, sim.Props{"name": "x", "dnsConfig": map[string]any{"namespaceId": ns.ID, "dnsRecords": []any{map[string]any{"type": "CNAME", "ttl": 1.0}}}},
			[]string{"InvalidInput", "WEIGHTED"}},
		"no service":   {token.ServiceDiscoveryInstance, with(alias, sim.Props{"serviceId": "srv-none"}), []string{"ServiceNotFound"}},
		"multivalue":   {token.ServiceDiscoveryInstance, with(alias, sim.Props{"serviceId": s.ID}), []string{"InvalidInput", "WEIGHTED"}},
		"no address":   {token.ServiceDiscoveryInstance, sim.Props{"serviceId": weighted.ID, "instanceId": "x", "attributes": map[string]any{}}, []string{"InvalidInput", "AWS_INSTANCE_IPV4"}},
		"not balanced": {token.ServiceDiscoveryInstance, sim.Props{"serviceId": weighted.ID, "instanceId": "x", "attributes": map[string]any{"AWS_ALIAS_DNS_NAME": "example.com"}}, []string{"load balancer"}},
	})
}
