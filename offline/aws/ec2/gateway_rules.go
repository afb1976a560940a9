package ec2

import (
	"fmt"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

func oneGatewayPerVPC(o *sim.Op) error {
	vpc := o.In.Str("vpcId")
	for _, other := range o.Others() {
		if vpc != "" && other.Props.Str("vpcId") == vpc {
			return sim.Refuse("Resource.AlreadyAssociated",
				fmt.Sprintf("resource %s is already attached to internet gateway %s", vpc, other.ID),
				"Use the gateway that the VPC has.")
		}
	}
	return nil
}

// noMappedAddresses keeps a gateway attached while its VPC has public addresses.
func noMappedAddresses(o *sim.Op) error {
	vpc := o.In.Str("vpcId")
	holder := ""
	for _, nat := range o.All(token.EC2NatGateway) {
		if nat.Props.Str("publicIp") != "" && place.VPCOfSubnet(o, nat.Props.Str("subnetId")) == vpc {
			holder = nat.ID
		}
	}
	for _, instance := range o.All(token.EC2Instance) {
		if place.VPCOfSubnet(o, instance.Props.Str("subnetId")) == vpc && hasPublicAddress(o, instance) {
			holder = instance.ID
		}
	}
	if vpc == "" || holder == "" {
		return nil
	}
	return sim.Refuse(refer.Dependency, fmt.Sprintf("Network %s has some mapped public address(es)", vpc)+
		". Please unmap those public address(es) before detaching the gateway",
		"Delete "+holder+", or take its public address away, first.")
}

func hasPublicAddress(o *sim.Op, instance sim.Found) bool {
	if instance.Props.Str("publicIp") != "" {
		return true
	}
	for _, a := range o.All(token.EC2EipAssociation) {
		if a.Props.Str("instanceId") == instance.ID {
			return true
		}
	}
	_, ok := o.FindBy(token.EC2Eip, "instance", instance.ID)
	return ok
}

// GatewayAttached reports whether a VPC has an internet gateway.
func GatewayAttached(o *sim.Op, vpc string) bool {
	_, ok := o.FindBy(token.EC2InternetGateway, "vpcId", vpc)
	return ok
}

func notAttached(vpc string) error {
	return sim.Refuse("Gateway.NotAttached", fmt.Sprintf("Network %s is not attached to any internet gateway", vpc),
		"Attach an internet gateway to the VPC first; where the program has one, let this depend on it.")
}

func instanceHasGateway(property string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		instance, ok := o.Find(token.EC2Instance, o.In.Str(property))
		vpc := place.VPCOfSubnet(o, instance.Str("subnetId"))
		if !ok || vpc == "" || GatewayAttached(o, vpc) {
			return nil
		}
		return notAttached(vpc)
	}
}

// interfaceHasGateway is the same for an interface, be it a machine's first one or one
// of its own.
func interfaceHasGateway(property string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		id := o.In.Str(property)
		owner, ok := o.Find(token.EC2NetworkInterface, id)
		if !ok {
			owner, ok = o.FindBy(token.EC2Instance, "primaryNetworkInterfaceId", id)
		}
		vpc := place.VPCOfSubnet(o, owner.Str("subnetId"))
		if !ok || vpc == "" || GatewayAttached(o, vpc) {
			return nil
		}
		return notAttached(vpc)
	}
}

func natNeedsGateway(o *sim.Op) error {
	vpc := place.VPCOfSubnet(o, o.In.Str("subnetId"))
	if o.In.Str("connectivityType") == "private" || GatewayAttached(o, vpc) {
		return nil
	}
	return notAttached(vpc)
}

func natAddressFree(o *sim.Op) error {
	id := o.In.Str("allocationId")
	for _, other := range o.Others() {
		if id != "" && other.Props.Str("allocationId") == id {
			return sim.Refuse("Resource.AlreadyAssociated", fmt.Sprintf("Elastic IP address [%s] is already associated", id),
				"Give every NAT gateway an address of its own; this one belongs to "+other.ID+".")
		}
	}
	return nil
}
