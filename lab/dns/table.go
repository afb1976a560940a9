package dns

import (
	"net/netip"
	"slices"
	"strings"
)

// Table is what names stand for. Names are written without the last dot, in any
// case; one that begins with "*." is for all below it that are not named.
type Table struct {
	Records map[string]Record
	// Zones are the names below which the table is all that there is: what it
	// does not have there does not exist, also where others are forwarded.
	Zones []string
}

// Record is what one name stands for: addresses, or another name. One with
// neither exists and has no address, as a service without healthy machines.
type Record struct {
	Addresses []netip.Addr
	Alias     string
}

// Found is what a name leads to.
type Found struct {
	// Exists is false for a name that nobody knows.
	Exists bool
	// Aliases are the names on the way, in order.
	Aliases []string
	// Addresses are of IPv4.
	Addresses []netip.Addr
}

// maxAliases bounds chains of aliases, which may be circles.
const maxAliases = 8

// Find follows a name to its addresses.
func (t *Table) Find(name string) Found {
	var f Found
	name = plain(name)
	for range maxAliases {
		r, ok := t.record(name)
		if !ok {
			return f
		}
		f.Exists = true
		if r.Alias == "" {
			for _, a := range r.Addresses {
				if a = a.Unmap(); a.Is4() {
					f.Addresses = append(f.Addresses, a)
				}
			}
			return f
		}
		name = plain(r.Alias)
		f.Aliases = append(f.Aliases, name)
	}
	return f
}

// record is that of a name, or of the nearest star above it. A name that only
// has others below it exists, too.
func (t *Table) record(name string) (Record, bool) {
	below := false
	for n, r := range t.Records {
		if plain(n) == name {
			return r, true
		}
		below = below || strings.HasSuffix(plain(n), "."+name)
	}
	if below {
		return Record{}, true
	}
	for rest := name; ; {
		_, above, ok := strings.Cut(rest, ".")
		if !ok {
			return Record{}, false
		}
		for n, r := range t.Records {
			if plain(n) == "*."+above {
				return r, true
			}
		}
		rest = above
	}
}

// knows reports whether the table alone speaks for a name.
func (t *Table) knows(name string) bool {
	name = plain(name)
	if t.Find(name).Exists {
		return true
	}
	return slices.ContainsFunc(t.Zones, func(zone string) bool {
		zone = plain(zone)
		return name == zone || strings.HasSuffix(name, "."+zone)
	})
}

func plain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
