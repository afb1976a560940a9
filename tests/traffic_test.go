package tests

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/components/accelerator"
	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/peering"
	"github.com/rung-dev/rung/guard"
	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/resource/token"
)

// ways is how requests find a region, and regions one another.
type ways struct {
	regions int
	link    peering.Kind
	// host is the name that the CDN asks: "cells" by latency, "standby" as a
	// failover, "anycast" through an accelerator.
	host      string
	confirmed []string
}

const domain = "example.com"

// front is one region's network and load balancer while a program is built.
type front struct {
	code, region string
	provider     *aws.Provider
	net          *network.Network
	balancer     *loadbalancer.LoadBalancer
	host         string // the balancer's own name
}

// traffic is a program of all that carries requests, over several regions.
func traffic(w ways) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		data, err := guard.New(ctx, w.confirmed)
		if err != nil {
			return err
		}
		common := part.Common{Guard: data}
		providers := make([]*aws.Provider, w.regions)
		for i := range providers {
			if providers[i], err = aws.NewProvider(ctx, "aws-"+regions[i].name,
				&aws.ProviderArgs{Region: pulumi.String(regions[i].name)}, data.Anchor()); err != nil {
				return err
			}
		}
		names, err := dns.New(ctx, "dns", dns.Args{Common: common, Domain: domain}, pulumi.Provider(providers[0]))
		if err != nil {
			return err
		}
		var fronts []front
		for i, p := range providers {
			f, err := newFront(ctx, common, names, i, p)
			if err != nil {
				return err
			}
			fronts = append(fronts, f)
		}
		if err := w.join(ctx, common, fronts); err != nil {
			return err
		}
		if err := w.name(ctx, common, names, fronts); err != nil {
			return err
		}
		return w.front(ctx, common, names, fronts)
	}
}

func newFront(ctx *pulumi.Context, common part.Common, names *dns.DNS, i int, p *aws.Provider) (front, error) {
	f := front{code: regions[i].code, region: regions[i].name, provider: p}
	suffix := ""
	if i > 0 {
		suffix = "-" + f.code
	}
	f.host = "balancer" + suffix + "." + domain
	in := pulumi.Provider(p)
	var err error
	f.net, err = network.New(ctx, "network"+suffix, network.Args{
		Common: common, Region: f.region, Zones: []string{f.region + "a", f.region + "b"}, Private: true, Data: true,
	}, in)
	if err != nil {
		return f, err
	}
	args := loadbalancer.Args{
		Common: common, VPCID: f.net.VPCID, Subnets: f.net.Public, HostName: f.host, OriginSecret: pulumi.String("open sesame"),
	}
	if args.CertificateARN, err = names.Certificate("balancer"+suffix, []string{f.host}, p); err != nil {
		return f, err
	}
	shared, err := names.Certificate("cells"+suffix, []string{"*." + domain, domain}, p)
	if err != nil {
		return f, err
	}
	args.Certificates = []loadbalancer.Certificate{{Name: "cells", ARN: shared}}
	list, err := cdn.PrefixList(ctx, in)
	if err != nil {
		return f, err
	}
	checkers, err := dns.HealthCheckers(ctx, f.region, in)
	if err != nil {
		return f, err
	}
	args.CDNPrefixList, args.HealthCheckers = pulumi.String(list), pulumi.String(checkers)
	if f.balancer, err = loadbalancer.New(ctx, "loadbalancer"+suffix, args, in); err != nil {
		return f, err
	}
	return f, names.Alias(f.host, dns.Target{Name: f.balancer.DNSName, ZoneID: f.balancer.ZoneID, Health: true})
}

func (w ways) join(ctx *pulumi.Context, common part.Common, fronts []front) error {
	args := peering.Args{Common: common, Kind: w.link}
	for _, f := range fronts {
		args.Sides = append(args.Sides, peering.Side{
			Region: f.region, Code: f.code, Provider: f.provider, VPCID: f.net.VPCID, CIDR: f.net.CIDR,
			Tables: f.net.RouteTables, Subnets: f.net.Private,
		})
	}
	_, err := peering.New(ctx, "peering", args, pulumi.Provider(fronts[0].provider))
	return err
}

// name gives all regions one name, below which the CDN asks.
func (w ways) name(ctx *pulumi.Context, common part.Common, names *dns.DNS, fronts []front) error {
	if w.host == "anycast" {
		args := accelerator.Args{Common: common}
		for _, f := range fronts {
			args.Cells = append(args.Cells, accelerator.Cell{Region: f.region, Code: f.code, BalancerARN: f.balancer.ARN})
		}
		a, err := accelerator.New(ctx, "accelerator", args, pulumi.Provider(fronts[0].provider))
		if err != nil {
			return err
		}
		return names.Alias(w.host+"."+domain, dns.Target{Name: a.DNSName, ZoneID: a.ZoneID, Health: true})
	}
	policy := map[string]dns.Policy{"cells": dns.Latency, "standby": dns.Failover}[w.host]
	var cells []dns.Cell
	for _, f := range fronts {
		cells = append(cells, dns.Cell{
			Region: f.region, Code: f.code,
			Target: dns.Target{Name: f.balancer.DNSName, ZoneID: f.balancer.ZoneID, Health: true},
			Check:  &dns.HealthCheck{Host: pulumi.String(f.host), HTTPS: true},
		})
	}
	return names.Global(w.host+"."+domain, policy, cells)
}

func (w ways) front(ctx *pulumi.Context, common part.Common, names *dns.DNS, fronts []front) error {
	home := fronts[0]
	certificate, err := names.Certificate("edge", []string{domain}, home.provider)
	if err != nil {
		return err
	}
	origin := cdn.Origin{Host: pulumi.String(w.host + "." + domain), HTTPS: true,
		After: names.Records(w.host + "." + domain)}
	for _, f := range fronts {
		origin.After = append(origin.After, f.balancer.Doors...)
	}
	args := cdn.Args{
		Common: common, Kind: cdn.CloudFront, Origin: origin,
		OriginSecret: pulumi.String("open sesame"), Domain: domain, CertificateARN: certificate,
	}
	if len(fronts) > 1 {
		args.Standby = &cdn.Origin{Host: fronts[1].balancer.OriginHost, HTTPS: true, After: names.Records(fronts[1].host)}
	}
	site, err := cdn.New(ctx, "cdn", args, pulumi.Provider(home.provider))
	if err != nil {
		return err
	}
	return names.Alias(domain, dns.Target{Name: site.Domain, ZoneID: site.HostedZoneID, IPv6: true})
}

// only demands that a run did nothing but one operation.
func only(t *testing.T, want string, all []events.EngineEvent) {
	t.Helper()
	for name, ops := range steps(all, "") {
		for _, op := range strings.Fields(ops) { // of several types under one name
			assert.Equal(t, want, op, name)
		}
	}
}

// Requests find several regions, and regions one another, by each of the ways;
// a region that joins creates, another way updates, and nothing is left at the end.
func TestTrafficOverRegions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	up := func(w ways) []events.EngineEvent { return climb(t, dir, traffic(w)) }
	const routes, distributions = token.EC2Route, token.CloudFrontDistribution

	up(ways{regions: 1, host: "cells"})
	second := up(ways{regions: 2, host: "cells"})
	assert.Equal(t, map[string]string{"cdn-distribution": "update"}, steps(second, distributions),
		"the standby comes in place")
	for name, ops := range steps(second, "") {
		assert.True(t, name == "cdn-distribution" || !strings.Contains(ops, "update"), "%s: %s", name, ops)
	}
	only(t, "create", up(ways{regions: 3, host: "cells"}))

	moved := up(ways{regions: 3, host: "cells", link: peering.TransitGateway})
	for name, op := range steps(moved, routes) {
		assert.Equal(t, "update", op, name)
	}
	assert.Len(t, steps(moved, routes), 3*2*4, "each of three regions, to both others, in each of its four tables")

	fixed := up(ways{regions: 3, host: "anycast", link: peering.TransitGateway})
	assert.Equal(t, map[string]string{"cdn-distribution": "update"}, steps(fixed, distributions))
	leaves := []string{"loadbalancer-usw2-alb"} // its protection goes first, then the region
	up(ways{regions: 3, host: "anycast", link: peering.TransitGateway, confirmed: leaves})
	standby := up(ways{regions: 2, confirmed: leaves, host: "standby", link: peering.TransitGateway})
	assert.Equal(t, map[string]string{"cdn-distribution": "update"}, steps(standby, distributions))

	gone := ways{regions: 2, host: "standby", link: peering.TransitGateway,
		confirmed: []string{"dns-zone", "loadbalancer-alb", "loadbalancer-euw1-alb"}}
	up(gone)
	result, err := deploy(t, dir, traffic(gone)).Destroy(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, steps(result.Events, ""))
}

// What joins regions fails once at each of its joints: the same up again goes on
// from there and ends where a run without a fault does.
func TestJointsFailOnce(t *testing.T) {
	dir := t.TempDir()
	w := ways{regions: 2, host: "anycast", link: peering.TransitGateway}
	joints := []string{
		"aws:ec2transitgateway/peeringAttachmentAccepter:*", "aws:ec2transitgateway/routeTableAssociation:*",
		"aws:lb/listenerCertificate:*",
		"aws:globalaccelerator/endpointGroup:*",
	}
	var faults []string
	for _, joint := range joints {
		faults = append(faults, "create "+joint+" nth=1 fail=InternalError")
	}
	t.Setenv(offline.FaultsEnv, strings.Join(faults, "; "))
	_, err := deploy(t, dir, traffic(w)).Up(t.Context())
	require.ErrorContains(t, err, "InternalError")
	for range joints { // a joint that waits for another fails only after that
		if _, err = deploy(t, dir, traffic(w)).Up(t.Context()); err == nil {
			break
		}
		require.ErrorContains(t, err, "InternalError")
	}
	climb(t, dir, traffic(w))
}

// spreadAtCloudflare is a program whose regions are behind one load balancer of
// Cloudflare.
func spreadAtCloudflare(n int, confirmed ...string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		data, err := guard.New(ctx, confirmed)
		if err != nil {
			return err
		}
		common := part.Common{Guard: data}
		balance := &cdn.Balance{AccountID: pulumi.String("5eb63bbbe01eeed093cb22bb8f5acdc3")}
		var home pulumi.StringOutput
		for i, r := range regions[:n] {
			p, err := region(ctx, common, i)
			if err != nil {
				return err
			}
			args := loadbalancer.Args{Common: common, VPCID: p.net.VPCID, Subnets: p.net.Public,
				OriginSecret: pulumi.String("open sesame")}
			args.CIDRs, _ = cdn.CloudflareRanges()
			b, err := loadbalancer.New(ctx, "loadbalancer-"+r.code, args, pulumi.Provider(p.provider))
			if err != nil {
				return err
			}
			if i == 0 {
				home = b.OriginHost
			}
			balance.Cells = append(balance.Cells, cdn.Cell{Region: r.name, Code: r.code, Host: b.OriginHost})
		}
		_, err = cdn.New(ctx, "cdn", cdn.Args{
			Common: common, Kind: cdn.Cloudflare, Origin: cdn.Origin{Host: home}, OriginSecret: pulumi.String("open sesame"),
			Domain: domain, ZoneID: pulumi.String("023e105f4ecef8ad9ca31a8372d0c353"), Balance: balance,
		})
		return err
	}
}

// Cloudflare forgets a region before its pool goes, and learns of one that joins
// in place.
func TestCloudflareOverRegions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const (
		balancers = token.CloudflareLoadBalancer
		pools     = token.CloudflareLoadBalancerPool
	)
	climb(t, dir, spreadAtCloudflare(2))
	third := climb(t, dir, spreadAtCloudflare(3, "loadbalancer-usw2-alb"))
	assert.Equal(t, map[string]string{"cdn-balancer": "update"}, steps(third, balancers))
	assert.Equal(t, map[string]string{"cdn-pool-usw2": "create"}, steps(third, pools))
	leaves := climb(t, dir, spreadAtCloudflare(2))
	assert.Equal(t, map[string]string{"cdn-balancer": "update"}, steps(leaves, balancers))
	assert.Equal(t, map[string]string{"cdn-pool-usw2": "delete"}, steps(leaves, pools))

	gone := []string{"loadbalancer-use1-alb", "loadbalancer-euw1-alb"}
	climb(t, dir, spreadAtCloudflare(2, gone...))
	result, err := deploy(t, dir, spreadAtCloudflare(2, gone...)).Destroy(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"cdn-balancer": "delete"}, steps(result.Events, balancers))
}
