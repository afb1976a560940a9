package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/capacity"
	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/components/edge"
	"github.com/rung-dev/rung/components/secret"
	"github.com/rung-dev/rung/stacks/config"
)

// addEdge puts code at the CDN's edge.
func (m *multiRegion) addEdge() (err error) {
	if err := m.needs("put code at the edge", hasAlerts); err != nil {
		return err
	}
	c := m.home
	if !c.wantsEdge() {
		return nil
	}
	args, err := c.edgeArgs()
	if err != nil {
		return err
	}
	if args.CacheGuard {
		args.LogRegions = map[string]pulumi.ProviderResource{edgeRegion: c.edge}
		for _, cell := range m.cells {
			args.LogRegions[cell.region] = cell.here
		}
	}
	c.code, err = edge.New(c.ctx, "edge", args, pulumi.Provider(c.edge))
	return err
}

// wantsEdge is true where code runs at the CDN's edge.
func (s *site) wantsEdge() bool { return s.cfg.Edge.Code && s.cfg.CDN != config.NoCDN }

func (c *cell) edgeArgs() (edge.Args, error) {
	args := edge.Args{
		Common:     c.common,
		Kind:       edge.Kind(c.cfg.CDN),
		Rules:      edgeRules(c.cfg.Edge),
		CacheGuard: c.cfg.Edge.CacheGuard && c.cfg.CDN == config.CloudFront,
	}
	if c.cfg.CDN == config.Cloudflare {
		args.AccountID, args.ZoneID, args.Domain = c.cfg.CloudflareAccount, c.cfg.CloudflareZone, c.cfg.Domain
	}
	var err error
	if args.Alerts, err = c.edgeAlerts(); err != nil {
		return args, err
	}
	for _, id := range c.cfg.Edge.APIKeys {
		made, err := secret.New(c.ctx, "edge-key-"+id, secret.Args{
			Common: c.common, Description: "Signs the API keys of " + id + ", which the edge checks",
		}, c.in())
		if err != nil {
			return args, err
		}
		args.Keys = append(args.Keys, edge.Key{ID: id, Secret: made.Value})
	}
	return args, nil
}

func edgeRules(e config.Edge) edge.Rules {
	rules := edge.Rules{Blocked: e.BlockedCountries, Vary: e.VaryCountries, KeyPaths: e.APIKeyPaths,
		Redirects: e.Redirects}
	if e.Experiment != "" {
		rules.Experiment = &edge.Experiment{Name: e.Experiment, Percent: e.Percent}
	}
	return rules
}

// onEdge is the code that the distribution runs; nil where there is none, and
// on Cloudflare, where it stands on a route of its own.
func (s *site) onEdge() *cdn.Edge {
	if s.code == nil || s.cfg.CDN != config.CloudFront {
		return nil
	}
	return &cdn.Edge{
		Request: s.code.RequestARN, Response: s.code.ResponseARN, OriginResponse: s.code.CacheGuardARN, CachePolicyID: s.code.CachePolicyID,
	}
}

// shield stands at home, where the bucket is. The app has one only as long as
// it is nowhere else: users of other regions would be taken home by it.
func (s *site) shield() *cdn.Shield {
	if !s.cfg.OriginShield || s.cfg.CDN != config.CloudFront {
		return nil
	}
	return &cdn.Shield{Region: cdn.NearestShield(s.cfg.Home()), App: len(s.cfg.Regions) == 1}
}

// addCapacity holds the machines that always run, and says where they stand.
func (c *cell) addCapacity() (err error) {
	if err := c.needs("hold capacity", hasAlerts); err != nil {
		return err
	}
	if !c.wantsCapacity() {
		return nil
	}
	held := c.cfg.Capacity
	args := capacity.Args{Common: c.common, Partitions: held.Partitions}
	if held.Reserved {
		args.InstanceType, args.Instances = c.cfg.Web.InstanceTypes[0], c.cfg.Baseline()
		args.Zones = c.cfg.ZoneNames(c.region)
	}
	c.held, err = capacity.New(c.ctx, c.name("capacity"), args, c.in())
	return err
}

func (s *site) wantsCapacity() bool { return s.cfg.Capacity.Reserved || s.cfg.Capacity.Partitions > 0 }

// racks is the placement group of the cell's web machines; nil is none.
func (c *cell) racks() pulumi.StringInput {
	if c.held == nil {
		return nil
	}
	return c.held.PlacementGroup
}
