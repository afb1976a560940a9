package dns

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Policy is how a name that several regions serve is answered.
type Policy string

const (
	// Latency answers with the healthy region that is nearest to the resolver.
	Latency Policy = "latency"
	// Failover answers with the first region, and with the second one only
	// while the first is not healthy.
	Failover Policy = "failover"
)

// Policies lists both.
func Policies() []Policy { return []Policy{Latency, Failover} }

// Cell is one region's answer for a name.
type Cell struct {
	// Region is the AWS region, "eu-west-1" say, and Code its short name in
	// logical names, "euw1" say. Both are required.
	Region, Code string
	// Target is what serves there.
	Target Target
	// Check asks the region from outside. Nil goes by the target's own health.
	Check *HealthCheck
}

// Global gives a public host to several regions: one record for each, told
// apart by its region. A region that joins is creates only.
//
// A name has one policy for ever: Route 53 takes no two policies under one
// name, not even while one gives way to the other. Another policy is another
// host. Nor may the host have a plain record ([DNS.Alias], [DNS.Address]).
func (d *DNS) Global(host string, policy Policy, cells []Cell) error {
	if err := validateCells(policy, cells); err != nil {
		return fmt.Errorf("dns %s: global name %s: %w", d.name, host, err)
	}
	for i, c := range cells {
		if err := d.cell(host, policy, i, c); err != nil {
			return fmt.Errorf("dns %s: %s in %s: %w", d.name, host, c.Region, err)
		}
	}
	return nil
}

// Own is a host of the zone as the target of an alias: a name that users keep
// may lead to one whose policy changes. It comes after the host's records,
// without which Route 53 refuses an alias. It fails for a host without records.
func (d *DNS) Own(host string) (Target, error) {
	made := d.made[host]
	if len(made) == 0 {
		return Target{}, fmt.Errorf("dns %s: %s has no records of its own, which an alias could lead to: make them first",
			d.name, host)
	}
	name := made.ToStringArrayOutput().ApplyT(func([]string) string { return host }).(pulumi.StringOutput)
	return Target{Name: name, ZoneID: d.ZoneID, Health: true}, nil
}

// Records are the records of a public host, for what must not come before them.
func (d *DNS) Records(host string) []pulumi.Resource { return d.records[host] }

func (d *DNS) cell(host string, policy Policy, nth int, c Cell) error {
	kinds := []string{"A"}
	if c.Target.IPv6 {
		kinds = append(kinds, "AAAA")
	}
	health := pulumi.StringPtrInput(nil)
	if c.Check != nil {
		id, err := d.check(slug(host, d.Domain)+"-"+c.Code, c)
		if err != nil {
			return err
		}
		health = id.ToStringPtrOutput()
	}
	for _, kind := range kinds {
		args := &route53.RecordArgs{
			Aliases:       c.Target.alias(),
			SetIdentifier: pulumi.String(c.Region),
			HealthCheckId: health,
		}
		policy.apply(args, nth, c.Region)
		if err := d.publicAs("-"+c.Code, host, kind, args); err != nil {
			return err
		}
	}
	return nil
}

// apply sets the policy of the nth record of a name.
func (p Policy) apply(args *route53.RecordArgs, nth int, region string) {
	if p == Latency {
		args.LatencyRoutingPolicies = route53.RecordLatencyRoutingPolicyArray{
			route53.RecordLatencyRoutingPolicyArgs{Region: pulumi.String(region)},
		}
		return
	}
	role := []string{"PRIMARY", "SECONDARY"}[nth]
	args.FailoverRoutingPolicies = route53.RecordFailoverRoutingPolicyArray{
		route53.RecordFailoverRoutingPolicyArgs{Type: pulumi.String(role)},
	}
}

func (t Target) alias() route53.RecordAliasArray {
	return route53.RecordAliasArray{&route53.RecordAliasArgs{
		Name:                 t.Name.ToStringOutput(),
		ZoneId:               t.ZoneID.ToStringOutput(),
		EvaluateTargetHealth: pulumi.Bool(t.Health),
	}}
}

func validateCells(policy Policy, cells []Cell) error {
	var errs []error
	if !slices.Contains(Policies(), policy) {
		errs = append(errs, fmt.Errorf("policy: got %q, want one of %v", policy, Policies()))
	}
	switch n := len(cells); {
	case n == 0:
		errs = append(errs, errors.New("no cells, want at least one"))
	case policy == Failover && n != 2:
		errs = append(errs, fmt.Errorf("got %d cells, want two for a failover: the one that serves and the one that stands "+
			"by", n))
	}
	seen := map[string]bool{}
	for i, c := range cells {
		if c.Region == "" || c.Code == "" || seen[c.Region] || seen[c.Code] {
			errs = append(errs, fmt.Errorf("cell %d: got region %q (%q), want each region once, with its code", i, c.Region,
				c.Code))
		}
		if c.Target.Name == nil || c.Target.ZoneID == nil {
			errs = append(errs, fmt.Errorf("cell %d: Target: Name and ZoneID are required", i))
		}
		if policy == Failover && i == 0 && c.Check == nil && !c.Target.Health {
			errs = append(errs, fmt.Errorf("cell %d: Check: without it, and without the target's own health, it would never "+
				"fail over", i))
		}
		if c.Check != nil {
			errs = append(errs, c.Check.withDefaults().validate(fmt.Sprintf("cell %d: Check", i)))
		}
		seen[c.Region], seen[c.Code] = true, true
	}
	return errors.Join(errs...)
}
