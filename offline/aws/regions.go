package aws

import (
	"slices"
	"strings"
)

// region is a commercial region: the prefix of its zone ids, and the letters of
// the availability zones that a new account sees.
type region struct{ name, prefix, zones string }

// regions follows the AWS documentation of regions and zones, November 2026.
// Which letters an account sees varies where a region has more zones than
// accounts are shown.
var regions = []region{
	{"af-south-1", "afs1", "abc"}, {"ap-east-1", "ape1", "abc"},
	{"ap-northeast-1", "apne1", "acd"}, {"ap-northeast-2", "apne2", "abcd"}, {"ap-northeast-3", "apne3", "abc"},
	{"ap-south-1", "aps1", "abc"}, {"ap-south-2", "aps2", "abc"},
	{"ap-southeast-1", "apse1", "abc"}, {"ap-southeast-2", "apse2", "abc"}, {"ap-southeast-3", "apse3", "abc"},
	{"ap-southeast-4", "apse4", "abc"}, {"ap-southeast-5", "apse5", "abc"}, {"ap-southeast-7", "apse7", "abc"},
	{"ca-central-1", "cac1", "abd"}, {"ca-west-1", "caw1", "abc"},
	{"eu-central-1", "euc1", "abc"}, {"eu-central-2", "euc2", "abc"}, {"eu-north-1", "eun1", "abc"},
	{"eu-south-1", "eus1", "abc"}, {"eu-south-2", "eus2", "abc"},
	{"eu-west-1", "euw1", "abc"}, {"eu-west-2", "euw2", "abc"}, {"eu-west-3", "euw3", "abc"},
	{"il-central-1", "ilc1", "abc"}, {"me-central-1", "mec1", "abc"}, {"me-south-1", "mes1", "abc"},
	{"mx-central-1", "mxc1", "abc"}, {"sa-east-1", "sae1", "abc"},
	{"us-east-1", "use1", "abcdef"}, {"us-east-2", "use2", "abc"},
	{"us-west-1", "usw1", "ac"}, {"us-west-2", "usw2", "abcd"},
}

// Regions lists the regions that are simulated.
func Regions() []string {
	var names []string
	for _, r := range regions {
		names = append(names, r.name)
	}
	return names
}

// zonesOf lists a region's availability zones, nil for a region that does not
// exist.
func zonesOf(name string) []string {
	var zones []string
	for _, r := range regions {
		if r.name != name {
			continue
		}
		for _, letter := range r.zones {
			zones = append(zones, name+string(letter))
		}
	}
	return zones
}

// zoneID gives the id of a zone ("use1-az1" of "us-east-1a"), "" for none.
func zoneID(zone string) string {
	i := slices.IndexFunc(regions, func(r region) bool { return len(zone) > 0 && r.name == zone[:len(zone)-1] })
	if i < 0 {
		return ""
	}
	n := strings.IndexByte(regions[i].zones, zone[len(zone)-1])
	if n < 0 {
		return ""
	}
	return regions[i].prefix + "-az" + string(rune('1'+n))
}

// zoneByID is the reverse of zoneID within a region.
func zoneByID(regionName, id string) string {
	for _, zone := range zonesOf(regionName) {
		if zoneID(zone) == id {
			return zone
		}
	}
	return ""
}
