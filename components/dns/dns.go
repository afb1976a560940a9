// Package dns gives a stack its names: a public zone for the domain with
// certificates, and a private zone for names inside the network, behind which
// data stores can change without the app noticing.
//
// A stage needs the public part as soon as there is a domain, and the private
// part from stage 3, where readers share one weighted name. A zone costs $0.50 a
// month, queries $0.40 for each million (aliases of AWS's own targets none);
// certificates are free.
//
// A host that several regions serve (stage 5) has one record for each, answered
// by latency or as a failover, with health checks and their alarms.
//
// A record's logical name follows from its host. So when a host moves from a
// server's address to a CDN, its record is updated in place and never missing.
// The package overwrites no record that it did not make. It refuses hosts
// outside its zone. The records of a domain that is at Cloudflare are the CDN's;
// there the package only proves the domain for certificates. Where the domain has CAA records they must allow
// amazon.com, or no certificate is issued: see Args.Issuers.
package dns

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It is in every stack's state, so it is frozen.
const Token = "rung:components:DNS"

// Args describe the zones. At least one of Domain and Internal is required.
type Args struct {
	part.Common
	// Domain is the public domain, "example.com" say. Empty means no public names.
	Domain string
	// CloudflareZone is the Cloudflare zone that has the domain's records, for
	// a site behind Cloudflare. The component then only proves the domain for
	// certificates; all other public names are the CDN's. Nil means Route 53.
	CloudflareZone pulumi.StringInput
	// ZoneID is the existing public hosted zone of the domain. Empty creates
	// one; its name servers must then be entered at the registrar, and until
	// they are, certificates wait.
	ZoneID string
	// TTLSeconds is how long resolvers keep a record that is no alias. Zero
	// means DefaultTTLSeconds; 1 to 86,400.
	TTLSeconds int
	// Issuers are the certificate authorities that a CAA record of the domain
	// allows, "amazon.com" among them. Nil makes no such record, which allows all.
	Issuers []string
	// Internal is the private zone's name, "dev.internal" say. Empty makes none.
	Internal string
	// Region is the stack's home region. Empty means us-east-1. Route 53's
	// metrics are in us-east-1, and an alarm must be where its metric is.
	Region string
	// USEast1 is a provider for us-east-1, for the alarms of a stack that is
	// at home elsewhere. Nil leaves them out there.
	USEast1 pulumi.ProviderResource
	// USEast1Alerts is the SNS topic in us-east-1 that those alarms notify.
	// Nil notifies nobody.
	USEast1Alerts pulumi.StringInput
	// VPCID is the network in which internal names are known. Required with Internal.
	VPCID pulumi.StringInput
}

// DNS is the stack's zones. Its methods add records and certificates.
type DNS struct {
	pulumi.ResourceState

	// Domain and Internal are the zones' names; empty for one that there is not.
	Domain, Internal string
	// ZoneID and InternalZoneID are their ids.
	ZoneID, InternalZoneID pulumi.StringOutput
	// NameServers are the public zone's, to be entered at the registrar. Set
	// only for a zone that was created here.
	NameServers pulumi.StringArrayOutput

	ctx         *pulumi.Context
	name        string
	args        Args
	checks      []checked
	watchers    pulumi.Resource                // the parent of the alarms; nil before there are any
	validations map[string]pulumi.StringOutput // their records' names, by validated name
	made        map[string]pulumi.StringArray  // the ids of the public A records, by host
	records     map[string][]pulumi.Resource   // the public A and AAAA records, by host
}

var _ pulumi.ComponentResource = (*DNS)(nil)

// New builds the zones. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*DNS, error) {
	args = args.withDefaults()
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("dns %s: %w", name, err)
	}
	d := &DNS{
		Domain: args.Domain, Internal: args.Internal,
		ctx: ctx, name: name, args: args, validations: map[string]pulumi.StringOutput{}, made: map[string]pulumi.StringArray{},
		records: map[string][]pulumi.Resource{},
	}
	if err := ctx.RegisterComponentResource(Token, name, d, opts...); err != nil {
		return nil, fmt.Errorf("register dns %s: %w", name, err)
	}
	for _, step := range []func() error{d.buildPublic, d.buildCAA, d.buildInternal} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("dns %s: %w", name, err)
		}
	}
	return d, ctx.RegisterResourceOutputs(d, d.outputs())
}

func (d *DNS) outputs() pulumi.Map {
	out := pulumi.Map{"domain": pulumi.String(d.Domain), "internal": pulumi.String(d.Internal)}
	if d.ZoneID.OutputState != nil {
		out["zoneId"] = d.ZoneID
	}
	if d.Internal != "" {
		out["internalZoneId"] = d.InternalZoneID
	}
	if d.NameServers.OutputState != nil {
		out["nameServers"] = d.NameServers
	}
	return out
}

func (d *DNS) child() pulumi.ResourceOption { return pulumi.Parent(d) }

func (d *DNS) buildPublic() error {
	if d.args.Domain == "" || d.args.CloudflareZone != nil {
		return nil
	}
	if d.args.ZoneID != "" {
		d.ZoneID = pulumi.String(d.args.ZoneID).ToStringOutput()
		return nil
	}
	name := d.name + "-zone"
	zone, err := route53.NewZone(d.ctx, name, &route53.ZoneArgs{
		Name:         pulumi.String(d.args.Domain),
		Comment:      pulumi.Sprintf("public names of stack %s", d.ctx.Stack()),
		ForceDestroy: pulumi.Bool(false),
		Tags:         d.args.TagsFor(d.ctx, d.name),
	}, d.args.Data(d, name)...)
	if err != nil {
		return fmt.Errorf("create the public zone: %w", err)
	}
	d.ZoneID, d.NameServers = zone.ZoneId, zone.NameServers
	return nil
}

func (d *DNS) buildInternal() error {
	if d.args.Internal == "" {
		return nil
	}
	name := d.name + "-internal"
	zone, err := route53.NewZone(d.ctx, name, &route53.ZoneArgs{
		Name:         pulumi.String(d.args.Internal),
		Comment:      pulumi.Sprintf("internal names of stack %s", d.ctx.Stack()),
		ForceDestroy: pulumi.Bool(false),
		Vpcs:         route53.ZoneVpcArray{&route53.ZoneVpcArgs{VpcId: d.args.VPCID.ToStringOutput()}},
		Tags:         d.args.TagsFor(d.ctx, d.name),
	}, d.args.Data(d, name)...)
	if err != nil {
		return fmt.Errorf("create the internal zone: %w", err)
	}
	d.InternalZoneID = zone.ZoneId
	return nil
}
