package polyglot

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/part"
)

// Way is how private subnets reach the world.
type Way string

// values are the ways.
func (Way) values() []enumValue {
	return []enumValue{
		{Name: "None", Value: string(network.None), Description: "Not; only AWS services with an endpoint are reached."},
		{Name: "Single", Value: string(network.Single), Description: "One NAT gateway for all zones."},
		{Name: "PerZone", Value: string(network.PerZone), Description: "A NAT gateway in each zone."},
	}
}

// NetworkArgs are the inputs of a network.
type NetworkArgs struct {
	Region          string             `pulumi:"region"`
	CIDR            string             `pulumi:"cidr,optional"`
	Zones           []string           `pulumi:"zones"`
	Private         bool               `pulumi:"private,optional"`
	Data            bool               `pulumi:"data,optional"`
	NAT             Way                `pulumi:"nat,optional"`
	FlowLogs        bool               `pulumi:"flowLogs,optional"`
	LogBucketARN    pulumi.StringInput `pulumi:"logBucketArn,optional"`
	Tags            map[string]string  `pulumi:"tags,optional"`
	Alerts          pulumi.StringInput `pulumi:"alerts,optional"`
	ConfirmDataLoss []string           `pulumi:"confirmDataLoss,optional"`
}

// Network is the outer component of a network.
type Network struct {
	pulumi.ResourceState
	VPCID            pulumi.StringOutput      `pulumi:"vpcId"`
	CIDR             pulumi.StringOutput      `pulumi:"cidr"`
	PublicSubnetIDs  pulumi.StringArrayOutput `pulumi:"publicSubnetIds"`
	PrivateSubnetIDs pulumi.StringArrayOutput `pulumi:"privateSubnetIds"`
	DataSubnetIDs    pulumi.StringArrayOutput `pulumi:"dataSubnetIds"`
	NATAddresses     pulumi.StringArrayOutput `pulumi:"natAddresses"`
	RouteTableIDs    pulumi.StringMapOutput   `pulumi:"routeTableIds"`
}

func networkComponent() component {
	return component{
		kind: "Network", folder: "network", args: NetworkArgs{}, outputs: Network{}, construct: constructs(NewNetwork),
		says: map[string]string{
			"publicSubnetIds":  "The ids of the subnets that the world reaches, in the order of zones.",
			"privateSubnetIds": "The ids of the subnets that reach the world by NAT; empty without private.",
			"dataSubnetIds":    "The ids of the subnets without any way to the internet; empty without data.",
			"routeTableIds":    "The ids of the tables of routes by name: public, private-0 and on (one for each way out), data; what a Peering joins.",
			"cidr":             "The range of addresses, a private one of /16 to /24; else the region's own. It cannot be changed.",
		},
	}
}

// NewNetwork builds a network.
func NewNetwork(ctx *pulumi.Context, name string, args NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	n := &Network{}
	c, err := register(ctx, "Network", name, n, common{args.Tags, args.Alerts, args.ConfirmDataLoss}, opts)
	if err != nil {
		return nil, err
	}
	made, err := network.New(ctx, name, network.Args{
		Common: c, Region: args.Region, CIDR: args.CIDR, Zones: args.Zones, Private: args.Private, Data: args.Data,
		NAT: network.NAT(args.NAT), FlowLogs: args.FlowLogs, LogBucketARN: args.LogBucketARN,
	}, pulumi.Parent(n))
	if err != nil {
		return nil, err
	}
	n.VPCID, n.CIDR = made.VPCID, pulumi.String(made.CIDR).ToStringOutput()
	n.PublicSubnetIDs, n.PrivateSubnetIDs = ids(made.Public), ids(made.Private)
	n.DataSubnetIDs, n.NATAddresses = ids(made.Data), made.NATAddresses.ToStringArrayOutput()
	n.RouteTableIDs = tables(made.RouteTables)
	return n, nil
}

func tables(of []part.RouteTable) pulumi.StringMapOutput {
	all := pulumi.StringMap{}
	for _, t := range of {
		all[t.Name] = t.ID
	}
	return all.ToStringMapOutput()
}

func ids(of []part.Subnet) pulumi.StringArrayOutput { return part.IDs(of).ToStringArrayOutput() }
