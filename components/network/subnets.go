package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// anywhere is every IPv4 address.
const anywhere = "0.0.0.0/0"

func (b *builder) buildPublic() error {
	gateway, err := ec2.NewInternetGateway(b.ctx, b.name+"-internet", &ec2.InternetGatewayArgs{
		VpcId: b.net.VPCID,
		Tags:  b.tags(b.name),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the internet gateway: %w", err)
	}
	if b.public, err = b.table(b.name + "-public-routes"); err != nil {
		return err
	}
	route, err := ec2.NewRoute(b.ctx, b.name+"-public-internet", &ec2.RouteArgs{
		RouteTableId:         b.public.ID(),
		DestinationCidrBlock: pulumi.String(anywhere),
		GatewayId:            gateway.ID(),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the public route: %w", err)
	}
	b.internet = []pulumi.Resource{gateway, route}
	for _, s := range b.args.plan(Public) {
		made, err := b.subnet(s, b.public, b.internet...)
		if err != nil {
			return err
		}
		b.net.Public = append(b.net.Public, made)
	}
	return nil
}

// buildPrivate gives each zone a route table of its own from the start, so
// that a NAT for each zone later only changes a route.
func (b *builder) buildPrivate() error {
	if !b.args.Private {
		return nil
	}
	nats, err := b.buildNATs()
	if err != nil {
		return err
	}
	for _, s := range b.args.plan(Private) {
		table, err := b.table(fmt.Sprintf("%s-private-routes-%d", b.name, s.Slot))
		if err != nil {
			return err
		}
		var ways []pulumi.Resource
		if nat, ok := natFor(b.args.natSlots(), s.Slot); ok {
			args := nats[nat]
			args.RouteTableId = table.ID()
			route, err := ec2.NewRoute(b.ctx, fmt.Sprintf("%s-private-nat-%d", b.name, s.Slot), &args, b.child(),
				pulumi.DependsOn(b.internet))
			if err != nil {
				return fmt.Errorf("create the route of slot %d through NAT %d: %w", s.Slot, nat, err)
			}
			ways = append(ways, route)
		}
		made, err := b.subnet(s, table, ways...)
		if err != nil {
			return err
		}
		b.net.Private = append(b.net.Private, made)
	}
	return nil
}

func (b *builder) buildData() error {
	if !b.args.Data {
		return nil
	}
	table, err := b.table(b.name + "-data-routes")
	if err != nil {
		return err
	}
	for _, s := range b.args.plan(Data) {
		made, err := b.subnet(s, table)
		if err != nil {
			return err
		}
		b.net.Data = append(b.net.Data, made)
	}
	return nil
}

func (b *builder) table(name string) (*ec2.RouteTable, error) {
	table, err := ec2.NewRouteTable(b.ctx, name, &ec2.RouteTableArgs{VpcId: b.net.VPCID, Tags: b.tags(name)}, b.child())
	if err != nil {
		return nil, fmt.Errorf("create route table %s: %w", name, err)
	}
	b.tables = append(b.tables, table.ID())
	b.net.RouteTables = append(b.net.RouteTables, part.RouteTable{Name: b.tableKey(name), ID: table.ID().ToStringOutput()})
	return table, nil
}

// tableKey is what tells a table apart within its network: of
// "network-private-routes-0" it is "private-0".
func (b *builder) tableKey(name string) string {
	return strings.Replace(strings.TrimPrefix(name, b.name+"-"), "-routes", "", 1)
}

// subnet makes a subnet of a table; ways are the routes in it.
func (b *builder) subnet(s subnet, table *ec2.RouteTable, ways ...pulumi.Resource) (part.Subnet, error) {
	name := fmt.Sprintf("%s-%s-%d", b.name, s.Tier, s.Slot)
	made, err := ec2.NewSubnet(b.ctx, name, &ec2.SubnetArgs{
		VpcId:            b.net.VPCID,
		CidrBlock:        pulumi.String(s.CIDR),
		AvailabilityZone: pulumi.String(s.Zone),
		// What needs a public address asks for one; nothing gets one by accident.
		MapPublicIpOnLaunch: pulumi.Bool(false),
		Tags:                b.tags(name, map[string]string{tagTier: s.Tier.String()}),
	}, b.child())
	if err != nil {
		return part.Subnet{}, fmt.Errorf("create subnet %s: %w", name, err)
	}
	routes, err := ec2.NewRouteTableAssociation(b.ctx, name+"-routes", &ec2.RouteTableAssociationArgs{
		SubnetId:     made.ID(),
		RouteTableId: table.ID(),
	}, b.child())
	if err != nil {
		return part.Subnet{}, fmt.Errorf("attach the routes of %s: %w", name, err)
	}
	id := made.ID().ToStringOutput()
	return part.Subnet{
		ID: id, Zone: s.Zone, CIDR: s.CIDR, RouteTableID: table.ID().ToStringOutput(),
		Ways: append(slices.Clip(ways), routes),
	}, nil
}

// buildEndpoint keeps traffic to S3 inside AWS: free, and past the NAT.
func (b *builder) buildEndpoint() error {
	endpoint, err := ec2.NewVpcEndpoint(b.ctx, b.name+"-s3", &ec2.VpcEndpointArgs{
		VpcId:           b.net.VPCID,
		ServiceName:     pulumi.Sprintf("com.amazonaws.%s.s3", b.args.Region),
		VpcEndpointType: pulumi.String("Gateway"),
		RouteTableIds:   b.tables,
		Tags:            b.tags(b.name + "-s3"),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the S3 endpoint: %w", err)
	}
	for _, tier := range [][]part.Subnet{b.net.Public, b.net.Private, b.net.Data} {
		for i := range tier {
			tier[i].Ways = append(tier[i].Ways, endpoint)
		}
	}
	return nil
}

func (b *builder) buildFlowLog() error {
	if !b.args.FlowLogs {
		return nil
	}
	_, err := ec2.NewFlowLog(b.ctx, b.name+"-flow-log", &ec2.FlowLogArgs{
		VpcId:                  b.net.VPCID,
		TrafficType:            pulumi.String("ALL"),
		LogDestinationType:     pulumi.String("s3"),
		LogDestination:         b.args.LogBucketARN.ToStringOutput(),
		MaxAggregationInterval: pulumi.Int(600), // seconds; a minute would be ten times the records
		DestinationOptions: &ec2.FlowLogDestinationOptionsArgs{
			FileFormat:               pulumi.String("parquet"), // a fifth of the size, and Athena reads it
			PerHourPartition:         pulumi.Bool(true),
			HiveCompatiblePartitions: pulumi.Bool(false),
		},
		Tags: b.tags(b.name + "-flow-log"),
	}, b.child())
	if err != nil {
		return fmt.Errorf("create the flow log: %w", err)
	}
	return nil
}
