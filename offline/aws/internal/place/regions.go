// Package place knows where things are: the account, the regions and their zones, and the networks of
// subnets.
package place

import (
	"strings"

	"github.com/rung-dev/rung/region"
)

// AccountID is the account that a new state file is of.
const AccountID = "123456789012"

// Regions lists the regions that are simulated.
func Regions() []string {
	var names []string
	for _, r := range region.All() {
		names = append(names, r.Name)
	}
	return names
}

// ZonesOf lists a region's availability zones, nil for a region that does not
// exist.
func ZonesOf(name string) []string {
	r, _ := region.Get(name)
	return r.AllZones()
}

// ZoneID gives the id of a zone ("use1-az1" of "us-east-1a"), "" for none.
func ZoneID(zone string) string {
	if zone == "" {
		return ""
	}
	r, _ := region.Get(zone[:len(zone)-1])
	n := strings.IndexByte(r.Zones, zone[len(zone)-1])
	if n < 0 {
		return ""
	}
	return r.Code + "-az" + string(rune('1'+n))
}

// ZoneByID is the reverse of ZoneID within a region.
func ZoneByID(regionName, id string) string {
	for _, zone := range ZonesOf(regionName) {
		if ZoneID(zone) == id {
			return zone
		}
	}
	return ""
}
