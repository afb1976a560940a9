package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/alerts"
	"github.com/rung-dev/rung/components/cache"
	"github.com/rung-dev/rung/components/cdn"
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/queue"
	"github.com/rung-dev/rung/stacks/config"
	"github.com/rung-dev/rung/stacks/manifest"
)

// store is a database under its name.
type store struct {
	name string
	*database.Database
}

func (c *cell) addDatabase() error {
	if err := c.needs("add the database", hasAlerts, hasNetwork); err != nil {
		return err
	}
	made, err := database.New(c.ctx, postsDatabase, c.databaseArgs(), c.in())
	c.database = &store{postsDatabase, made}
	return err
}

func (c *cell) databaseArgs() database.Args {
	d := c.cfg.Database
	return database.Args{
		Common:          c.common,
		VPCID:           c.network.VPCID,
		Subnets:         c.network.Data,
		EngineVersion:   d.Version,
		Class:           d.Class,
		ReplicaClass:    d.ReplicaClass,
		AllocatedGiB:    d.StorageGiB,
		MaxAllocatedGiB: 5 * d.StorageGiB,
		SingleAZ:        !d.MultiAZ,
		Replicas:        d.Replicas,
		BackupDays:      d.BackupDays,
	}
}

func (c *cell) addCache() (err error) {
	if err := c.needs("add the cache", hasAlerts, hasNetwork); err != nil {
		return err
	}
	events, err := alerts.New(c.ctx, c.name("cache-events"),
		alerts.Args{Common: c.common, Email: c.cfg.AlertEmail, FromCaches: true}, c.in())
	if err != nil {
		return err
	}
	c.cache, err = cache.New(c.ctx, c.name("cache"), cache.Args{
		Common:      c.common,
		Events:      events.ARN,
		VPCID:       c.network.VPCID,
		Subnets:     c.network.Data,
		Engine:      cache.Engine(c.cfg.Cache.Engine),
		NodeType:    c.cfg.Cache.NodeType,
		Replicas:    c.cfg.Cache.Replicas,
		ClusterMode: cache.Mode(c.cfg.Cache.ClusterMode),
		Shards:      c.cfg.Cache.Shards,
	}, c.in())
	return err
}

func (c *cell) addQueue() (err error) {
	if err := c.needs("add the queue", hasAlerts); err != nil || !c.wantsQueue() {
		return err
	}
	c.jobs, err = queue.New(c.ctx, c.name("jobs"), queue.Args{Common: c.common}, c.in())
	return err
}

// balancerLabel is the load balancer's own name below the domain. It differs
// from the server's, so that both can be the origin while the CDN moves.
const balancerLabel = "balancer"

func (c *cell) addBalancer() (err error) {
	if err := c.needs("add the load balancer",
		hasAlerts, hasBuckets, hasNetwork, hasNames, hasOrigin, hasServer); err != nil {
		return err
	}
	args := loadbalancer.Args{
		Common:           c.common,
		VPCID:            c.network.VPCID,
		Subnets:          c.network.Public,
		TargetCIDR:       c.network.CIDR,
		Algorithm:        loadbalancer.Algorithm(c.cfg.Balancer.Algorithm),
		StickySeconds:    c.cfg.Balancer.StickySeconds,
		SlowStartSeconds: c.cfg.Balancer.SlowStartSeconds,
		LogBucket:        c.logs.Ready,
		Maintenance:      c.cfg.Maintenance,
	}
	if c.zone == nil { // else nameSite makes them, in order with the domain's record
		args.Routes = c.routes()
	}
	args.TargetPort, args.Health = c.answersAt()
	args.StatusPath, args.DrainSeconds = c.statusPath(), c.drainSeconds()
	if err := c.lockBalancer(&args); err != nil {
		return err
	}
	if c.server != nil {
		args.Move = &loadbalancer.Move{InstanceID: c.server.InstanceID, Weight: 100}
	}
	if err := c.certifyBalancer(&args); err != nil {
		return err
	}
	if err := c.shareName(&args); err != nil {
		return err
	}
	if c.balancer, err = loadbalancer.New(c.ctx, c.name("loadbalancer"), args, c.in()); err != nil {
		return err
	}
	if c.server != nil {
		if err := c.server.Admit(part.Client{Name: "balancer", SecurityGroupID: c.balancer.SecurityGroupID}); err != nil {
			return err
		}
	}
	if c.zone == nil || args.HostName == c.cfg.Domain && !c.routed() {
		return nil
	}
	return c.zone.Alias(c.host(balancerLabel),
		dns.Target{Name: c.balancer.DNSName, ZoneID: c.balancer.ZoneID, Health: true})
}

// lockBalancer lets only the CDN in, where there is one.
func (c *cell) lockBalancer(args *loadbalancer.Args) error {
	switch c.cfg.CDN {
	case config.NoCDN:
		return nil
	case config.Cloudflare:
		args.CIDRs, _ = cdn.CloudflareRanges()
	case config.CloudFront:
		list, err := cdn.PrefixList(c.ctx, pulumi.Provider(c.here))
		if err != nil {
			return err
		}
		args.CDNPrefixList = pulumi.String(list)
	}
	args.OriginSecret = c.origin.Value
	return nil
}

// certifyBalancer gives the load balancer a certificate: for the site itself,
// or for the name by which the CDN reaches it. Cloudflare asks for the site's,
// and until the server is gone it may still ask on the server's port.
func (c *cell) certifyBalancer(args *loadbalancer.Args) (err error) {
	if c.proofs != nil {
		args.AlsoPlain = c.server != nil
		args.CertificateARN, err = c.proofs.Certificate(c.name("balancer"), []string{c.cfg.Domain}, c.here)
		return err
	}
	if c.zone == nil {
		return nil
	}
	args.HostName = c.cfg.Domain
	if c.cfg.CDN != config.NoCDN || !c.home() {
		args.HostName = c.host(balancerLabel)
	}
	hosts := []string{args.HostName}
	if c.home() { // one for both: the domain leads here and, behind a CDN, no more
		hosts = []string{c.host(balancerLabel), c.cfg.Domain}
		if c.cfg.CDN == config.CloudFront {
			if _, err = c.edgeCertificate(); err != nil {
				return err
			}
		}
	}
	args.CertificateARN, err = c.zone.Certificate(c.name("balancer"), hosts, c.here)
	return err
}

func (c *cell) addWeb() (err error) {
	if err := c.needs("add the web fleet", append(machines(), hasInner)...); err != nil {
		return err
	}
	traffic := c.cfg.Traffic()
	peak := traffic.PeakRequestsPerSecond
	if c.cdn != nil {
		peak *= traffic.MissRatio()
	}
	peak /= float64(max(1, len(c.cfg.Regions)-1)) // the others carry what a lost region leaves
	args := c.fleetArgs(c.cfg.Web, contract.RoleWeb)
	args.Clients = []part.Client{{Name: c.name("loadbalancer"), SecurityGroupID: c.balancer.SecurityGroupID}}
	args.TargetGroups = pulumi.StringArray{c.balancer.TargetGroupARN}
	c.shareInner(&args)
	args.GateAlarms = c.gates(c.balancer.GateAlarms)
	args.PlacementGroup = c.racks()
	args.ReservedInstances, _ = reserved(c.cfg)
	args.Requests = &fleet.Requests{
		LoadBalancerSuffix: c.balancer.ARNSuffix,
		TargetGroupSuffix:  c.balancer.TargetGroupARNSuffix,
		PeakPerSecond:      peak,
	}
	if c.uses(manifest.Queue) {
		args.Permissions = append(args.Permissions, c.jobs.Producer()...)
	}
	if c.web, err = fleet.New(c.ctx, c.name("web"), args, c.in()); err != nil {
		return err
	}
	return c.admit(c.name("web"), c.web)
}

func (c *cell) addWorkers() (err error) {
	if err := c.needs("add the workers", machines()...); err != nil || !c.hasWork() {
		return err
	}
	w := c.cfg.Workers
	args := c.fleetArgs(w.Fleet, contract.RoleWorker)
	_, args.ReservedInstances = reserved(c.cfg)
	args.Backlog = &fleet.Backlog{
		QueueName:              c.jobs.Name,
		AcceptableDelaySeconds: float64(w.AcceptableDelaySeconds),
		SecondsPerJob:          w.SecondsPerJob,
	}
	if c.uses(manifest.Queue) {
		args.Permissions = append(args.Permissions, c.jobs.Consumer()...)
	} else { // nothing waits where the fleet could see it, so it is always there
		args.Backlog, args.MinSize = nil, max(args.MinSize, 1)
	}
	if c.workers, err = fleet.New(c.ctx, c.name("workers"), args, c.in()); err != nil {
		return err
	}
	return c.admit(c.name("workers"), c.workers)
}

func (c *cell) fleetArgs(f config.Fleet, role contract.Role) fleet.Args {
	args := fleet.Args{
		Common:        c.common,
		VPCID:         c.network.VPCID,
		Subnets:       c.network.Private,
		ImageID:       pulumi.String(c.image),
		InstanceTypes: f.InstanceTypes,
		MinSize:       f.Min,
		MaxSize:       f.Max,
		SpotShare:     f.SpotShare,
		Files:         c.artifacts,
		Program:       c.program(role, c.fleetEnvironment()),
		Permissions:   c.fleetPermissions(),
		CanaryPercent: c.cfg.Deploy.CanaryPercent,
		WatchSeconds:  c.cfg.Deploy.BakeSeconds,
	}
	for _, s := range f.Schedules {
		args.Schedules = append(args.Schedules,
			fleet.Schedule{Name: s.Name, Recurrence: s.Recurrence, TimeZone: s.TimeZone, MinSize: s.Min})
	}
	if f.Predictive {
		args.Predictive = fleet.PredictiveScale
	}
	return args
}

// admit lets a fleet into the stores that it needs, and somebody's app to its services.
func (c *cell) admit(name string, f *fleet.Fleet) error {
	client := part.Client{Name: name, SecurityGroupID: f.SecurityGroupID}
	if len(c.whereServicesAre()) > 0 {
		if err := c.services.inner.Admit(client); err != nil {
			return err
		}
	}
	if c.uses(manifest.Database) {
		if err := c.admitToDatabases(client); err != nil {
			return err
		}
	}
	if !c.uses(manifest.Cache) {
		return nil
	}
	return c.cache.Admit(client)
}

// admitToDatabases lets a client into the database and its shards, and into the
// proxy before the database where that stands here. It enters the database all
// the same: no proxy stands before the replicas.
func (c *cell) admitToDatabases(client part.Client) error {
	if c.proxyHere() {
		if err := c.services.proxy.Admit(client); err != nil {
			return err
		}
	}
	for _, s := range append([]*store{c.database}, c.shards...) {
		if err := s.Admit(client); err != nil {
			return err
		}
	}
	return nil
}

// reserved shares the covered instances out among the regions and within each:
// the web fleet runs all the time, so it comes first; the workers get what is
// left.
func reserved(cfg config.Config) (web, workers int) {
	left := map[string]int{}
	for name, n := range cfg.Reserved() {
		left[name] = n / len(cfg.Regions)
	}
	take := func(f config.Fleet) (taken int) {
		for _, t := range f.InstanceTypes {
			n := min(left[t], f.Max-taken)
			left[t] -= n
			taken += n
		}
		return taken
	}
	return take(cfg.Web), take(cfg.Workers.Fleet)
}

// gates are the alarms that take new machines of a fleet back.
func (s *site) gates(alarms pulumi.StringArray) pulumi.StringArray {
	if s.cfg.Deploy.Ungated {
		return nil
	}
	return alarms
}
