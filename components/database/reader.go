package database

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// readerTTL is how long clients may remember one answer of the reader name,
// in seconds: long enough to spare lookups, short enough that a new replica
// soon takes its share.
const readerTTL = 5

// zoneName is the database's private zone. ".internal" is reserved for
// private use by ICANN, so it can never be somebody's domain.
func zoneName(name string) string { return name + ".internal" }

// buildReaderName creates the private zone and the weighted records of the
// reader name.
func (b *builder) buildReaderName() error {
	zone, err := route53.NewZone(b.ctx, b.name+"-zone", &route53.ZoneArgs{
		Name:         pulumi.String(zoneName(b.name)),
		Comment:      pulumi.String("Internal names of the database"),
		Vpcs:         route53.ZoneVpcArray{route53.ZoneVpcArgs{VpcId: b.args.VPCID}},
		ForceDestroy: pulumi.Bool(false),
		Tags:         b.args.TagsFor(b.ctx, b.name),
	}, b.args.Data(b.db, b.name+"-zone")...)
	if err != nil {
		return fmt.Errorf("create the private zone: %w", err)
	}
	reader := "reader." + zoneName(b.name)
	weights := readerWeights(len(b.db.replicas), b.args.follows())
	for i, instance := range append([]*rds.Instance{b.db.primary}, b.db.replicas...) {
		if err := b.readerRecord(zone, reader, i, weights[i], instance); err != nil {
			return err
		}
	}
	// The name only answers once its zone is there.
	b.db.ReaderHost = zone.ZoneId.ApplyT(func(string) string { return reader }).(pulumi.StringOutput)
	return nil
}

func (b *builder) readerRecord(zone *route53.Zone, reader string, i, weight int, target *rds.Instance) error {
	which := "primary"
	if i > 0 {
		which = fmt.Sprintf("replica-%d", i)
	}
	_, err := route53.NewRecord(b.ctx, b.name+"-reader-"+which, &route53.RecordArgs{
		ZoneId:        zone.ZoneId,
		Name:          pulumi.String(reader),
		Type:          pulumi.String("CNAME"),
		Ttl:           pulumi.Int(readerTTL),
		Records:       pulumi.StringArray{target.Address},
		SetIdentifier: pulumi.String(which),
		WeightedRoutingPolicies: route53.RecordWeightedRoutingPolicyArray{
			route53.RecordWeightedRoutingPolicyArgs{Weight: pulumi.Int(weight)},
		},
	}, pulumi.Parent(b.db))
	if err != nil {
		return fmt.Errorf("create the reader record of the %s: %w", which, err)
	}
	return nil
}
