package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/stacks/config"
)

// routed is true where users come to several cells. While the handover is
// pending they all stay with the server at home: their data is there.
func (s *site) routed() bool {
	return s.cfg.Stage >= 5 && len(s.cfg.Regions) > 1 && !s.cfg.HasServer()
}

// sharedLabels are the names below the domain that all cells serve. Each way to
// a cell has one of its own: Route 53 never takes two policies under one name.
var sharedLabels = map[config.Routing]string{
	config.NearestRegion: "cells", config.HomeFirst: "standby", config.Accelerated: "anycast",
}

// sharedHost is the name that all cells serve; empty where there is none.
func (s *site) sharedHost() string {
	if !s.routed() || s.zone == nil {
		return ""
	}
	return sharedLabels[s.cfg.Routing] + "." + s.cfg.Domain
}

// shareName lets the cell's load balancer serve the name of all cells, and
// answer those who ask from outside whether it can.
func (c *cell) shareName(args *loadbalancer.Args) error {
	if c.sharedHost() == "" {
		return nil
	}
	if err := c.shareCertificates(args); err != nil {
		return err
	}
	if c.cfg.CDN == config.NoCDN || c.cfg.Routing == config.Accelerated {
		return nil // open to the world, or asked by AWS itself
	}
	list, err := dns.HealthCheckers(c.ctx, c.region, pulumi.Provider(c.here))
	if err != nil {
		return err
	}
	args.HealthCheckers = pulumi.String(list)
	return nil
}

// shareCertificates adds certificates beside the cell's own one: for the names
// that the cells share, and, where users come straight, for the site's.
func (c *cell) shareCertificates(args *loadbalancer.Args) error {
	hosts := map[string]string{"cells": "*." + c.cfg.Domain}
	if c.cfg.CDN == config.NoCDN && !c.home() {
		hosts["site"] = c.cfg.Domain
	}
	for _, name := range []string{"cells", "site"} {
		if hosts[name] == "" {
			continue
		}
		arn, err := c.certificate(c.name(name), hosts[name], c.here)
		if err != nil {
			return err
		}
		args.Certificates = append(args.Certificates, loadbalancer.Certificate{Name: name, ARN: arn})
	}
	return nil
}

// routeUsers gives all cells one name, which leads to the one that suits the
// user best and answers.
func (w *world) routeUsers() error {
	c := w.home
	host := c.sharedHost()
	if host == "" {
		return nil
	}
	policy := map[config.Routing]dns.Policy{config.NearestRegion: dns.Latency, config.HomeFirst: dns.Failover}[c.cfg.Routing]
	var cells []dns.Cell
	for _, each := range w.cells {
		cells = append(cells, dns.Cell{
			Region: each.region, Code: config.Code(each.region),
			Target: dns.Target{Name: each.balancer.DNSName, ZoneID: each.balancer.ZoneID, Health: true},
			Check:  &dns.HealthCheck{Host: pulumi.String(each.host(balancerLabel)), HTTPS: true},
		})
	}
	return c.zone.Global(host, policy, cells)
}
