package unit

import (
	"slices"
	"strings"
)

// Part is what some resources become.
type Part struct {
	Units []Unit
	// Keep are the directories of what still exists: others are removed.
	Keep []Kept
	// Hosts are names of the cloud and what they are here.
	Hosts []Host
	// Notes say what stands in for what, and what does not.
	Notes []Note
}

// Kept is a directory of data that belongs to a resource.
type Kept struct {
	Dir string
	// Snapshot is the name under which the data stays when the resource is gone; empty
	// keeps nothing.
	Snapshot string
}

// Host is a name of the cloud, with the address that it has in the lab.
type Host struct {
	Name, Address string
	// Region is where the name is known, for a network's own; empty is everywhere.
	Region string `json:"Region,omitempty"`
}

// Near are the hosts that are known in a region, its own names first.
func Near(hosts []Host, region string) (near []Host) {
	for _, own := range []bool{true, false} {
		for _, h := range hosts {
			if (h.Region == region) == own && (h.Region == region || h.Region == "") {
				near = append(near, h)
			}
		}
	}
	return near
}

// Note is a sentence about a resource for people.
type Note struct {
	// About is the resource's logical name and type, or what it is a part of.
	About string `json:"about"`
	Text  string `json:"text"`
	// Missing is true for what the lab cannot stand in for.
	Missing bool `json:"missing,omitempty"`
}

// Add lays another part beside this one.
func (p *Part) Add(o Part) {
	p.Units = append(p.Units, o.Units...)
	p.Keep = append(p.Keep, o.Keep...)
	p.Hosts = append(p.Hosts, o.Hosts...)
	p.Notes = append(p.Notes, o.Notes...)
}

// Translator writes a text with the cloud's names replaced by what they are in the
// lab. A name is taken whole: longer ones go first.
func Translator(hosts []Host) *strings.Replacer {
	sorted := slices.Clone(hosts)
	slices.SortStableFunc(sorted, func(a, b Host) int { return len(b.Name) - len(a.Name) })
	var pairs []string
	for _, h := range sorted {
		if h.Name != "" {
			pairs = append(pairs, h.Name, h.Address)
		}
	}
	return strings.NewReplacer(pairs...)
}

// In is a part whose units are in a region.
func (p Part) In(region string) Part {
	p.Units = slices.Clone(p.Units)
	for i := range p.Units {
		p.Units[i].Region = region
	}
	return p
}
