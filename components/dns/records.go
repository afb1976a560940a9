package dns

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Target is what an alias points to: a load balancer or a distribution.
type Target struct {
	// Name is the target's DNS name and ZoneID the hosted zone that AWS gives
	// for it. Both are required.
	Name, ZoneID pulumi.StringInput
	// Health answers only while the target is healthy. CloudFront has no health
	// that Route 53 could see.
	Health bool
	// IPv6 adds an AAAA record; for targets that have both.
	IPv6 bool
}

// Member is one of several answers for a weighted name.
type Member struct {
	// Name tells the members apart, "replica-1" say. It is part of the record's
	// logical name.
	Name string
	// Host is the DNS name that is answered.
	Host pulumi.StringInput
	// Weight is the member's share of the answers, 0 to 255; 0 is never
	// answered while another member has more.
	Weight int
}

// Origin is the host name under which a CDN reaches the system: below the
// domain, and never the name that users type.
func (d *DNS) Origin() string { return "origin." + d.Domain }

// Alias points a public host at one of AWS's own targets. It costs nothing for
// queries, and works for the domain itself, where a CNAME is not allowed.
func (d *DNS) Alias(host string, t Target) error {
	if t.Name == nil || t.ZoneID == nil {
		return fmt.Errorf("alias %s: Name and ZoneID of the target are required", host)
	}
	kinds := []string{"A"}
	if t.IPv6 {
		kinds = append(kinds, "AAAA")
	}
	for _, kind := range kinds {
		if err := d.public(host, kind, &route53.RecordArgs{Aliases: t.alias()}); err != nil {
			return err
		}
	}
	return nil
}

// Address points a public host at an IPv4 address.
func (d *DNS) Address(host string, ip pulumi.StringInput) error {
	if known, ok := ip.(pulumi.String); ok {
		if a, err := netip.ParseAddr(string(known)); err != nil || !a.Is4() {
			return fmt.Errorf("address of %s: got %q, want an IPv4 address", host, known)
		}
	}
	return d.public(host, "A", &route53.RecordArgs{
		Ttl:     pulumi.Int(d.args.TTLSeconds),
		Records: pulumi.StringArray{ip.ToStringOutput()},
	})
}

// public makes the public record of a host. An A record has one logical name
// whether it is an alias or an address: the one is updated into the other.
func (d *DNS) public(host, kind string, args *route53.RecordArgs) error {
	return d.publicAs("", host, kind, args)
}

// publicAs is public for one of several records of a host.
func (d *DNS) publicAs(suffix, host, kind string, args *route53.RecordArgs) error {
	if err := checkHost(host, d.Domain); err != nil {
		return fmt.Errorf("dns %s: record: %w", d.name, err)
	}
	if d.args.CloudflareZone != nil {
		return fmt.Errorf("dns %s: record %s: the domain is at Cloudflare, where the CDN makes its records", d.name, host)
	}
	name := d.name + "-" + slug(host, d.Domain) + suffix
	if kind == "AAAA" {
		name += "-ipv6"
	}
	args.ZoneId, args.Name, args.Type = d.ZoneID, pulumi.String(host), pulumi.String(kind)
	made, err := route53.NewRecord(d.ctx, name, args, d.child())
	if err != nil {
		return fmt.Errorf("dns %s: create the %s record of %s: %w", d.name, kind, host, err)
	}
	d.records[host] = append(d.records[host], made)
	if kind == "A" {
		d.made[host] = append(d.made[host], made.ID().ToStringOutput())
	}
	return nil
}

// Inside gives a host an internal name, label before the internal zone, and
// returns the whole name.
func (d *DNS) Inside(label string, host pulumi.StringInput) (string, error) {
	return d.internal(label, "", &route53.RecordArgs{Records: pulumi.StringArray{host.ToStringOutput()}})
}

// Weighted gives several hosts one internal name and returns it. Each query is
// answered with one of them, in proportion to their weights.
func (d *DNS) Weighted(label string, members []Member) (string, error) {
	if err := validateMembers(members); err != nil {
		return "", fmt.Errorf("dns %s: weighted name %s: %w", d.name, label, err)
	}
	full := ""
	for _, m := range members {
		var err error
		full, err = d.internal(label, "-"+m.Name, &route53.RecordArgs{
			Records:                 pulumi.StringArray{m.Host.ToStringOutput()},
			SetIdentifier:           pulumi.String(m.Name),
			WeightedRoutingPolicies: route53.RecordWeightedRoutingPolicyArray{&route53.RecordWeightedRoutingPolicyArgs{Weight: pulumi.Int(m.Weight)}},
		})
		if err != nil {
			return "", err
		}
	}
	return full, nil
}

func validateMembers(members []Member) error {
	if len(members) == 0 {
		return errors.New("no members, want at least one")
	}
	var errs []error
	seen := map[string]bool{}
	for i, m := range members {
		if m.Name == "" || seen[m.Name] {
			errs = append(errs, fmt.Errorf("member %d: got name %q, want one of its own", i, m.Name))
		}
		if m.Host == nil {
			errs = append(errs, fmt.Errorf("member %d: Host: required", i))
		}
		if m.Weight < 0 || m.Weight > 255 {
			errs = append(errs, fmt.Errorf("member %d: Weight: got %d, want 0 to 255", i, m.Weight))
		}
		seen[m.Name] = true
	}
	return errors.Join(errs...)
}

func (d *DNS) internal(label, suffix string, args *route53.RecordArgs) (string, error) {
	full := label + "." + d.Internal
	if err := checkHost(full, d.Internal); err != nil {
		return "", fmt.Errorf("dns %s: internal name: %w", d.name, err)
	}
	args.ZoneId, args.Name, args.Type = d.InternalZoneID, pulumi.String(full), pulumi.String("CNAME")
	args.Ttl = pulumi.Int(d.args.TTLSeconds)
	name := d.name + "-internal-" + slug(full, d.Internal) + suffix
	if _, err := route53.NewRecord(d.ctx, name, args, d.child()); err != nil {
		return "", fmt.Errorf("dns %s: create the internal name %s: %w", d.name, full, err)
	}
	return full, nil
}

// buildCAA says which authorities may issue certificates for the domain.
func (d *DNS) buildCAA() error {
	if len(d.args.Issuers) == 0 {
		return nil
	}
	var values pulumi.StringArray
	for _, issuer := range d.args.Issuers {
		values = append(values, pulumi.Sprintf("0 issue %q", issuer))
	}
	_, err := route53.NewRecord(d.ctx, d.name+"-caa", &route53.RecordArgs{
		ZoneId: d.ZoneID, Name: pulumi.String(d.Domain), Type: pulumi.String("CAA"),
		Ttl: pulumi.Int(d.args.TTLSeconds), Records: values,
	}, d.child())
	if err != nil {
		return fmt.Errorf("create the CAA record: %w", err)
	}
	return nil
}
