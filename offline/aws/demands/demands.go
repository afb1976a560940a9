// Package demands holds what AWS needs beside what a resource's properties name: policies of whoever
// is written, read or published to, certificates behind a CDN, and whatever else must stand first. [Survey]
// is the table, with a row for each simulated type. The rules read the resources of several services,
// and so stand above the tables of these.
package demands

import (
	"maps"

	"github.com/rung-dev/rung/offline/sim"
)

// Row says what AWS wants to stand before a resource of a type, beyond what its
// properties name. The zero value is that nothing is known beyond them: AWS takes the
// rest afterwards, or makes it by itself, as it makes most service-linked roles.
type Row struct {
	// First is what must stand first, in words.
	First string
	// Codes are what AWS answers without it, at once or later, and the offline
	// cloud at once, but for the row's late rules.
	Codes []string
	// rules refuse what lacks it. A demand that was found while the table of a
	// service was written has its rules there, and none here.
	rules []func(*sim.Op) error
	// late are against what AWS takes in any order, and drops for as long as the other
	// side does not let it in. They refuse nothing: they tell of what stands at the end.
	late []func(*sim.Op) error
}

// nothing is the row of a type whose properties name all that it needs.
var nothing = Row{}

// needs is a row whose rules stand in the table of the type's service.
func needs(first string, codes ...string) Row { return Row{First: first, Codes: codes} }

// with adds the rules of a row that has them here.
func (r Row) with(rules ...func(*sim.Op) error) Row {
	r.rules = rules
	return r
}

// dropping adds the late rules of a row.
func (r Row) dropping(rules ...func(*sim.Op) error) Row {
	r.late = rules
	return r
}

// Survey is the whole table, by type token. Types that are not simulated have no
// row: the offline cloud refuses them as unknown.
func Survey() map[string]Row {
	all := map[string]Row{}
	for _, rows := range []map[string]Row{networkRows, machineRows, storeRows, edgeRows, watchRows, identityRows} {
		maps.Copy(all, rows)
	}
	return all
}

// onCreate asks a demand of what comes, and not of what changes.
func onCreate(demand func(*sim.Op) error) func(*sim.Op) error {
	return func(o *sim.Op) error {
		if o.Verb != sim.Create {
			return nil
		}
		return demand(o)
	}
}

// AddTo adds the demands to the tables, after the rules of each kind.
func AddTo(kinds []sim.Kind) []sim.Kind {
	survey := Survey()
	for i, k := range kinds {
		row := survey[k.Token]
		kinds[i].Rules = append(k.Rules[:len(k.Rules):len(k.Rules)], sim.Many(sim.Create|sim.Update, row.rules...)...)
		for _, is := range row.late {
			kinds[i].Rules = append(kinds[i].Rules, sim.Rule{Is: is, Late: true})
		}
	}
	return kinds
}
