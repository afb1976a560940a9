// Package region is the one table of AWS's commercial regions: their zones, their
// place in rung's address plan, and what CloudFront, load balancers and Cloudflare
// have for each.
//
// Whoever needs a fact about a region reads it here; a region that AWS adds is one
// row at the end. The package imports nothing of rung's and knows no prices.
package region

import "slices"

// Region is one row of the table.
type Region struct {
	// Name is AWS's, "eu-west-1".
	Name string
	// Code begins the ids of the region's zones, "euw1" of "euw1-az1". It ends the
	// names of what a further region of a stack has, so it is frozen.
	Code string
	// Zones are the letters of the availability zones that accounts see, in the
	// order of their ids. Which letters an account sees varies where a region has
	// more zones than accounts are shown.
	Zones string
	// Slots are the letters of the zones that stacks use, by slot. The order is
	// frozen: a zone that AWS adds goes to the end, so that no subnet ever moves.
	// They are those that new accounts can use: us-east-1e has no current machine
	// types, ap-northeast-1b is closed to new accounts. Empty where rung offers no
	// stacks.
	Slots string
	// EdgeArea is the area by which CloudFront bills what is served nearby.
	EdgeArea string
	// Shield is the region of the nearest Origin Shield; the region itself where
	// it has one, empty where AWS names none.
	// Source: CloudFront developer guide, "Using Amazon CloudFront Origin Shield".
	Shield string
	// BalancerAccount is the account by which load balancers write access logs, in
	// the regions that existed before August 2022; elsewhere the service itself is
	// the principal and it is empty.
	// Source: Elastic Load Balancing user guide, "Enable access logs".
	BalancerAccount string
	// CheckedFrom is Cloudflare's code of the part of the world that asks for the
	// region's health.
	// Source: developers.cloudflare.com/load-balancing/reference/region-mapping-api.
	CheckedFrom string
}

// All are the regions, by their place in the address plan: the order is frozen,
// since the n-th has 10.n.0.0/16 and addresses cannot be changed later.
func All() []Region { return slices.Clone(table) }

// Supported are the names of the regions in which rung offers stacks, home first.
func Supported() []string {
	var names []string
	for _, r := range table {
		if r.Slots != "" {
			names = append(names, r.Name)
		}
	}
	return names
}

// Get finds a region by its name.
func Get(name string) (Region, bool) { return find(func(r Region) bool { return r.Name == name }) }

// ByCode finds a region by its code.
func ByCode(code string) (Region, bool) { return find(func(r Region) bool { return r.Code == code }) }

func find(is func(Region) bool) (Region, bool) {
	if i := slices.IndexFunc(table, is); i >= 0 {
		return table[i], true
	}
	return Region{}, false
}

// Slot is the region's place in the address plan, and whether it has one.
func Slot(name string) (int, bool) {
	i := slices.IndexFunc(table, func(r Region) bool { return r.Name == name })
	return i, i >= 0
}

// AllZones are the names of the zones that accounts see.
func (r Region) AllZones() []string { return r.named(r.Zones) }

// SlotZones are the names of the zones that stacks use, by slot.
func (r Region) SlotZones() []string { return r.named(r.Slots) }

func (r Region) named(letters string) []string {
	var zones []string
	for _, letter := range letters {
		zones = append(zones, r.Name+string(letter))
	}
	return zones
}
