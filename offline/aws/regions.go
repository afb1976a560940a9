package aws

import (
	"strings"

	"github.com/rung-dev/rung/region"
)

// Regions lists the regions that are simulated.
func Regions() []string {
	var names []string
	for _, r := range region.All() {
		names = append(names, r.Name)
	}
	return names
}

// zonesOf lists a region's availability zones, nil for a region that does not
// exist.
func zonesOf(name string) []string {
	r, _ := region.Get(name)
	return r.AllZones()
}

// zoneID gives the id of a zone ("use1-az1" of "us-east-1a"), "" for none.
func zoneID(zone string) string {
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

// zoneByID is the reverse of zoneID within a region.
func zoneByID(regionName, id string) string {
	for _, zone := range zonesOf(regionName) {
		if zoneID(zone) == id {
			return zone
		}
	}
	return ""
}
