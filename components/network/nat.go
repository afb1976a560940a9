package network

import (
	_ "embed"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

// natInstanceType is the smallest Graviton instance: masquerading needs no
// memory, and its burst of 5 Gbit/s is more than stage 3 sends.
const natInstanceType = "t4g.nano"

//go:embed nat.sh
var natScript string

// buildNATs makes the way out and returns, by slot, the route that leads to it.
func (b *builder) buildNATs() (map[int]ec2.RouteArgs, error) {
	routes := map[int]ec2.RouteArgs{}
	for _, slot := range b.args.natSlots() {
		route, err := b.nat(slot)
		if err != nil {
			return nil, err
		}
		route.DestinationCidrBlock = pulumi.String(anywhere)
		routes[slot] = route
	}
	return routes, nil
}

// nat makes the address of a slot and what uses it. The address is the same
// resource whatever uses it, so that it survives every change of NAT.
func (b *builder) nat(slot int) (ec2.RouteArgs, error) {
	if b.args.NAT == Instance {
		return b.natInstance(slot)
	}
	return b.natGateway(slot)
}

// address makes the elastic address of a slot. The instance is a property of
// the address, not an association of its own: that the address is released is
// then an update, which comes before the gateway that takes it over. The empty
// text is what releases it; leaving the property out would keep the instance.
func (b *builder) address(slot int, instance pulumi.StringInput) (*ec2.Eip, error) {
	name := fmt.Sprintf("%s-nat-%d", b.name, slot)
	eip, err := ec2.NewEip(b.ctx, name, &ec2.EipArgs{
		Domain:   pulumi.String("vpc"),
		Instance: instance.ToStringOutput(),
		Tags:     b.tags(name),
	}, b.child(), pulumi.DependsOn(b.internet))
	if err != nil {
		return nil, fmt.Errorf("create address %s: %w", name, err)
	}
	b.net.NATAddresses = append(b.net.NATAddresses, eip.PublicIp)
	return eip, nil
}

func (b *builder) natGateway(slot int) (ec2.RouteArgs, error) {
	eip, err := b.address(slot, pulumi.String(""))
	if err != nil {
		return ec2.RouteArgs{}, err
	}
	name := fmt.Sprintf("%s-nat-gateway-%d", b.name, slot)
	gateway, err := ec2.NewNatGateway(b.ctx, name, &ec2.NatGatewayArgs{
		AllocationId:     eip.ID(),
		SubnetId:         b.publicSubnet(slot).ID,
		ConnectivityType: pulumi.String("public"),
		Tags:             b.tags(name),
	}, b.child(), part.Ways(b.publicSubnet(slot)))
	if err != nil {
		return ec2.RouteArgs{}, fmt.Errorf("create NAT gateway %s: %w", name, err)
	}
	_, err = alarms.Create(b.ctx, b.net, b.name, b.args.Common, alarms.Alarm{
		Name: fmt.Sprintf("nat-gateway-%d-ports", slot),
		Why: "The NAT gateway ran out of ports towards one destination, so connections fail. " +
			"Reuse connections, or add an endpoint or a second address for that destination.",
		Namespace: "AWS/NATGateway", Metric: "ErrorPortAllocation",
		Dimensions: pulumi.StringMap{"NatGatewayId": gateway.ID()},
		Statistic:  "Sum", Missing: alarms.MissingIsGood,
	})
	return ec2.RouteArgs{NatGatewayId: gateway.ID()}, err
}

func (b *builder) natInstance(slot int) (ec2.RouteArgs, error) {
	group, open, err := b.natGroup()
	if err != nil {
		return ec2.RouteArgs{}, err
	}
	name := b.name + "-nat-instance"
	instance, err := ec2.NewInstance(b.ctx, name, &ec2.InstanceArgs{
		Ami:                 b.args.NATImage.ToStringOutput(),
		InstanceType:        pulumi.String(natInstanceType),
		SubnetId:            b.publicSubnet(slot).ID,
		VpcSecurityGroupIds: pulumi.StringArray{group},
		SourceDestCheck:     pulumi.Bool(false), // it forwards what is not its own
		UserData:            pulumi.String(natScript),
		CreditSpecification: &ec2.InstanceCreditSpecificationArgs{CpuCredits: pulumi.String("standard")},
		MetadataOptions: &ec2.InstanceMetadataOptionsArgs{
			HttpEndpoint:            pulumi.String("enabled"),
			HttpTokens:              pulumi.String("required"),
			HttpPutResponseHopLimit: pulumi.Int(1),
		},
		RootBlockDevice: &ec2.InstanceRootBlockDeviceArgs{
			VolumeType: pulumi.String("gp3"), VolumeSize: pulumi.Int(8), Encrypted: pulumi.Bool(true),
		},
		Tags: b.tags(name),
	}, b.child(), part.Ways(b.publicSubnet(slot)), pulumi.DependsOn(open),
		pulumi.IgnoreChanges([]string{"ami", "userData"}))
	if err != nil {
		return ec2.RouteArgs{}, fmt.Errorf("create NAT instance %s: %w", name, err)
	}
	if _, err := b.address(slot, instance.ID()); err != nil {
		return ec2.RouteArgs{}, err
	}
	return ec2.RouteArgs{NetworkInterfaceId: instance.PrimaryNetworkInterfaceId}, b.natAlarm(instance)
}

func (b *builder) natAlarm(instance *ec2.Instance) error {
	_, err := alarms.Create(b.ctx, b.net, b.name, b.args.Common, alarms.Alarm{
		Name: "nat-instance-status",
		Why: "The NAT instance failed its status checks: private subnets have no way out until it is back. " +
			"It is rebooted by itself; if that is not enough, set rung:nat to single.",
		Namespace: "AWS/EC2", Metric: "StatusCheckFailed",
		Dimensions: pulumi.StringMap{"InstanceId": instance.ID()},
		Statistic:  "Maximum", Compare: alarms.AtLeast, Threshold: 1, Periods: 3,
		Recover: pulumi.Sprintf("arn:aws:automate:%s:ec2:reboot", b.args.Region),
	})
	return err
}

// natGroup lets the VPC in and everything out. open are its rules, without which
// the instance cannot set itself up.
func (b *builder) natGroup() (id pulumi.StringOutput, open []pulumi.Resource, err error) {
	name := b.name + "-nat"
	group, err := ec2.NewSecurityGroup(b.ctx, name, &ec2.SecurityGroupArgs{
		Description: pulumi.String("NAT instance: private subnets to the internet"),
		VpcId:       b.net.VPCID,
		Tags:        b.tags(name),
	}, b.child())
	if err != nil {
		return id, nil, fmt.Errorf("create security group %s: %w", name, err)
	}
	id = group.ID().ToStringOutput()
	in, err := vpc.NewSecurityGroupIngressRule(b.ctx, name+"-from-vpc", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: id,
		Description:     pulumi.String("anything from the VPC, to be forwarded"),
		CidrIpv4:        pulumi.String(b.args.CIDR),
		IpProtocol:      pulumi.String("-1"),
		Tags:            b.tags(name + "-from-vpc"),
	}, b.child())
	if err != nil {
		return id, nil, fmt.Errorf("open %s to the VPC: %w", name, err)
	}
	out, err := vpc.NewSecurityGroupEgressRule(b.ctx, name+"-out", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: id,
		Description:     pulumi.String("to the internet"),
		CidrIpv4:        pulumi.String(anywhere),
		IpProtocol:      pulumi.String("-1"),
		Tags:            b.tags(name + "-out"),
	}, b.child())
	if err != nil {
		return id, nil, fmt.Errorf("open %s to the internet: %w", name, err)
	}
	return id, []pulumi.Resource{in, out}, nil
}

// publicSubnet is the public subnet of a slot that plan listed.
func (b *builder) publicSubnet(slot int) part.Subnet {
	zone := b.args.Zones[slot]
	for _, s := range b.net.Public {
		if s.Zone == zone {
			return s
		}
	}
	return part.Subnet{}
}
