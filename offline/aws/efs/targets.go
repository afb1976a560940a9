package efs

import (
	"fmt"

	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// mountTarget is the address of a file system in a zone of a network.
func mountTarget() sim.Kind {
	return sim.Kind{
		Token: token.EFSMountTarget, Service: "EFS", API: "MountTarget", Noun: "EFS Mount Target", IDPrefix: "fsmt",
		Verbs:     map[sim.Verb]string{sim.Update: "ModifyMountTargetSecurityGroups"},
		ReplaceOn: []string{"fileSystemId", "ipAddress", "subnetId"},
		Outputs:   targetOutputs,
		Refs: []sim.Ref{
			ofSystem("FileSystemInUse"), refer.SecurityGroupOr("securityGroups", "SecurityGroupNotFound"),
			{Path: "subnetId", To: []sim.Target{{Token: token.EC2Subnet}}, Missing: "SubnetNotFound", InUse: refer.Dependency},
		},
		Rules: sim.Many(sim.Create, targetOncePerZone, targetInOneNetwork),
	}
}

func targetOutputs(o *sim.Op) sim.Props {
	system, subnet := o.In.Str("fileSystemId"), o.In.Str("subnetId")
	zone, host := place.ZoneOfSubnet(o, subnet), ".efs."+o.Region+".amazonaws.com"
	vpc, _ := o.Find(token.EC2Vpc, place.VPCOfSubnet(o, subnet))
	return sim.Props{
		"fileSystemArn": systemARN(o, system), "dnsName": system + host, "mountTargetDnsName": zone + "." + system + host,
		"availabilityZoneName": zone, "availabilityZoneId": place.ZoneID(zone), "networkInterfaceId": o.HexID("eni"),
		"ownerId": o.Account, "ipAddress": place.HostIn(o, subnet, "mount"),
		"securityGroups": sim.List(vpc.Str("defaultSecurityGroupId")),
	}
}

// siblings are the other mount targets of the same file system.
func siblings(o *sim.Op) (all []sim.Found) {
	for _, other := range o.Others() {
		if other.Props.Str("fileSystemId") == o.In.Str("fileSystemId") {
			all = append(all, other)
		}
	}
	return all
}

func targetOncePerZone(o *sim.Op) error {
	zone := place.ZoneOfSubnet(o, o.In.Str("subnetId"))
	for _, other := range siblings(o) {
		if zone != "" && other.Props.Str("availabilityZoneName") == zone {
			return sim.Refuse("MountTargetConflict", "mount target already exists in this AZ",
				fmt.Sprintf("%s is in %s: keep one mount target in each zone.", other.ID, zone))
		}
	}
	return nil
}

// targetInOneNetwork: the wording is from memory.
func targetInOneNetwork(o *sim.Op) error {
	own := place.VPCOfSubnet(o, o.In.Str("subnetId"))
	for _, other := range siblings(o) {
		if vpc := place.VPCOfSubnet(o, other.Props.Str("subnetId")); vpc != "" && own != "" && vpc != own {
			return sim.Refuse("MountTargetConflict", "requested subnet for new mount target is not in the same VPC as existing "+
				"mount targets", fmt.Sprintf("Use a subnet of %s, or delete %s first.", vpc, other.ID))
		}
	}
	return nil
}
