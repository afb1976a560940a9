package place

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// ZonesOfSubnets are the different availability zones of subnets, sorted.
func ZonesOfSubnets(o *sim.Op, ids []string) []string {
	var zones []string
	for _, id := range ids {
		if zone := ZoneOfSubnet(o, id); zone != "" && !slices.Contains(zones, zone) {
			zones = append(zones, zone)
		}
	}
	slices.Sort(zones)
	return zones
}

// OneVPC gives the VPC of subnets; an error when they lie in several.
func OneVPC(o *sim.Op, ids []string) (string, error) {
	vpc := ""
	for _, id := range ids {
		v := VPCOfSubnet(o, id)
		if vpc != "" && v != "" && v != vpc {
			return "", fmt.Errorf("subnet %s is in %s, the others are in %s", id, v, vpc)
		}
		vpc = cmp.Or(vpc, v)
	}
	return vpc, nil
}

// VPCOfSubnet is the VPC that a subnet is in.
func VPCOfSubnet(o *sim.Op, id string) string {
	subnet, _ := o.Find(token.EC2Subnet, id)
	return subnet.Str("vpcId")
}

// ZoneOfSubnet is the availability zone that a subnet is in.
func ZoneOfSubnet(o *sim.Op, id string) string {
	subnet, _ := o.Find(token.EC2Subnet, id)
	return subnet.Str("availabilityZone")
}

// ZoneInRegion refuses an availability zone that the region does not have.
func ZoneInRegion(property string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		zone := o.In.Str(property)
		if zone == "" || ZoneOK(o, zone) {
			return nil
		}
		return sim.Refuse("InvalidParameterValue",
			fmt.Sprintf("Value (%s) for parameter availabilityZone is invalid. It can currently only be one of: %s",
				zone, strings.Join(ZonesOf(o.Region), ", ")),
			"Choose a zone of "+o.Region+".")
	}
}

// ZoneOK reports whether the region has a zone.
func ZoneOK(o *sim.Op, zone string) bool {
	for _, z := range ZonesOf(o.Region) {
		if z == zone {
			return true
		}
	}
	return false
}

// HostIn gives an address within a subnet, past the four that AWS keeps.
func HostIn(o *sim.Op, subnetID, salt string) string {
	subnet, _ := o.Find(token.EC2Subnet, subnetID)
	prefix, err := netip.ParsePrefix(subnet.Str("cidrBlock"))
	if err != nil || !prefix.Addr().Is4() {
		return ""
	}
	size := 1<<(32-prefix.Bits()) - 5
	n := uint32(4 + o.Pick(size, "host "+salt))
	b := prefix.Masked().Addr().As4()
	sum := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	sum += n
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}).String()
}
