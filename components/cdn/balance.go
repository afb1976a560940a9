package cdn

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-cloudflare/sdk/v5/go/cloudflare"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/names"
	"github.com/rung-dev/rung/region"
)

// Steering is how Cloudflare picks a region for a request.
type Steering string

const (
	// SteerLatency picks the region whose answers come fastest to where the
	// user is. It is an add-on of $10 a month.
	SteerLatency Steering = "dynamic_latency"
	// SteerFailover takes the first region, and the next one while it is down.
	SteerFailover Steering = "off"
	// SteerRandom spreads the requests evenly.
	SteerRandom Steering = "random"
)

// Steerings lists them all.
func Steerings() []Steering { return []Steering{SteerLatency, SteerFailover, SteerRandom} }

// Balance spreads the requests of a domain at Cloudflare over several regions:
// a load balancer with a pool for each, which a monitor asks for its health. It
// costs $5 a month with two origins.
type Balance struct {
	// AccountID is the Cloudflare account, to which pools and monitors belong. Required.
	AccountID pulumi.StringInput
	// Steering picks the region. Empty means SteerLatency.
	Steering Steering
	// Cells are the regions; the first takes what no other can. Appending one
	// creates its pool and updates the load balancer in place.
	Cells []Cell
	// StatusPath is where a region says whether it can serve. Empty means
	// contract.StatusPath.
	StatusPath string
	// Email learns of pools that fail. Empty tells nobody: Cloudflare's figures
	// do not reach CloudWatch.
	Email string
}

// Cell is one region's app behind a load balancer of Cloudflare.
type Cell struct {
	// Region is the AWS region, "eu-west-1" say, and Code its short name in
	// logical names, "euw1" say.
	Region, Code string
	// Host is the region's own load balancer. Like Origin, it answers for the
	// public domain.
	Host pulumi.StringInput
}

// monitorSeconds is the shortest interval that every plan has.
const monitorSeconds = 60

func (b *Balance) steering() Steering {
	if b.Steering == "" {
		return SteerLatency
	}
	return b.Steering
}

// checkRegion is where Cloudflare asks a cell from, one for each pool, as every
// plan has; empty where nobody knows.
func (c Cell) checkRegion() string {
	r, _ := region.Get(c.Region)
	return r.CheckedFrom
}

func (a Args) checkBalance() []error {
	b := a.Balance
	if b == nil {
		return nil
	}
	var errs []error
	if a.Kind != Cloudflare {
		errs = append(errs, errors.New("Balance: Cloudflare only; CloudFront takes Standby and a name that several regions "+
			"share"))
	}
	if b.AccountID == nil {
		errs = append(errs, errors.New("Balance.AccountID: required"))
	}
	if !slices.Contains(Steerings(), b.steering()) {
		errs = append(errs, fmt.Errorf("Balance.Steering: got %q, want one of %v", b.Steering, Steerings()))
	}
	if len(b.Cells) == 0 {
		errs = append(errs, errors.New("Balance.Cells: got none, want at least one"))
	}
	seen := map[string]bool{}
	for i, c := range b.Cells {
		switch {
		case c.Code == "" || seen[c.Code]:
			errs = append(errs, fmt.Errorf("Balance.Cells[%d].Code: got %q, want each region once, with its code", i, c.Code))
		case c.checkRegion() == "":
			errs = append(errs, fmt.Errorf("Balance.Cells[%d].Region: got %q, want an AWS region", i, c.Region))
		case c.Host == nil:
			errs = append(errs, fmt.Errorf("Balance.Cells[%d].Host: required", i))
		}
		seen[c.Code] = true
	}
	return errs
}

// balance puts a load balancer before the regions. It takes the domain over from
// the record of the one origin, which stays beneath it: the domain is never
// without an answer, neither on the way here nor back.
func (c *CDN) balance(ctx *pulumi.Context, name string, args Args) error {
	if args.Balance == nil {
		return nil
	}
	monitor, err := c.monitor(ctx, name, args)
	if err != nil {
		return err
	}
	var pools pulumi.StringArray
	for _, cell := range args.Balance.Cells {
		pool, err := c.pool(ctx, name, args, cell, monitor.ID().ToStringOutput())
		if err != nil {
			return err
		}
		pools = append(pools, pool.ID())
	}
	_, err = cloudflare.NewLoadBalancer(ctx, name+"-balancer", &cloudflare.LoadBalancerArgs{
		ZoneId:         args.ZoneID.ToStringOutput(),
		Name:           pulumi.String(args.Domain),
		Description:    pulumi.String("rung " + ctx.Stack() + " " + name),
		DefaultPoolIds: pools,
		FallbackPoolId: pools[0],
		Proxied:        pulumi.Bool(true),
		SteeringPolicy: pulumi.String(string(args.Balance.steering())),
		AdaptiveRoutings: cloudflare.LoadBalancerAdaptiveRoutingArray{cloudflare.LoadBalancerAdaptiveRoutingArgs{
			FailoverAcrossPools: pulumi.Bool(true), // at once, where a region does not even connect
		}},
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the load balancer: %w", err)
	}
	return nil
}

// monitor asks each region whether it can serve, as the CDN would: under the
// public name and with the secret.
func (c *CDN) monitor(ctx *pulumi.Context, name string, args Args) (*cloudflare.LoadBalancerMonitor, error) {
	header := func(name string, value pulumi.StringInput) cloudflare.LoadBalancerMonitorHeaderArgs {
		return cloudflare.LoadBalancerMonitorHeaderArgs{Header: pulumi.String(name), Values: pulumi.StringArray{value}}
	}
	monitor, err := cloudflare.NewLoadBalancerMonitor(ctx, name+"-monitor", &cloudflare.LoadBalancerMonitorArgs{
		AccountId:     args.Balance.AccountID.ToStringOutput(),
		Description:   pulumi.String("rung " + ctx.Stack() + " " + name),
		Type:          pulumi.String(map[bool]string{true: "https", false: "http"}[args.Origin.HTTPS]),
		Port:          pulumi.Int(args.Origin.Port),
		Method:        pulumi.String("GET"),
		Path:          pulumi.String(cmp.Or(args.Balance.StatusPath, contract.StatusPath)),
		ExpectedCodes: pulumi.String("200"),
		Interval:      pulumi.Int(monitorSeconds),
		Timeout:       pulumi.Int(5),
		Retries:       pulumi.Int(2),
		Headers: cloudflare.LoadBalancerMonitorHeaderArray{
			header("Host", pulumi.String(args.Domain)), header(contract.OriginHeader, args.OriginSecret),
		},
	}, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("create the monitor: %w", err)
	}
	return monitor, nil
}

// poolName is what Cloudflare takes as a pool's name, which its account has once.
var poolName = names.Form{Max: 64, Refused: regexp.MustCompile(`[^A-Za-z0-9_-]+`), Alone: true}

func (c *CDN) pool(ctx *pulumi.Context, name string, args Args, cell Cell,
	monitor pulumi.StringOutput) (*cloudflare.LoadBalancerPool, error) {
	pool := &cloudflare.LoadBalancerPoolArgs{
		AccountId:      args.Balance.AccountID.ToStringOutput(),
		Name:           pulumi.String(poolName.Of("rung-"+ctx.Stack(), cell.Code, "")),
		Description:    pulumi.String("rung " + ctx.Stack() + " in " + cell.Region),
		Enabled:        pulumi.Bool(true),
		MinimumOrigins: pulumi.Int(1),
		Monitor:        monitor,
		CheckRegions:   pulumi.StringArray{pulumi.String(cell.checkRegion())},
		Origins: cloudflare.LoadBalancerPoolOriginArray{cloudflare.LoadBalancerPoolOriginArgs{
			Name: pulumi.String(cell.Code), Address: cell.Host.ToStringOutput(), Enabled: pulumi.Bool(true), Weight: pulumi.Float64(1),
		}},
	}
	if args.Balance.Email != "" {
		pool.NotificationEmail = pulumi.String(args.Balance.Email)
	}
	made, err := cloudflare.NewLoadBalancerPool(ctx, name+"-pool-"+cell.Code, pool, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("create the pool of %s: %w", cell.Region, err)
	}
	return made, nil
}
