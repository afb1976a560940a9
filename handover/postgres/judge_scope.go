package postgres

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/outside/nearest"
)

// scope is what stands in the way where some tables move and the others stay.
func (j *judge) scope() {
	for _, name := range j.from.Unknown {
		do := "name tables of the old database, as schema.table"
		plain := strings.TrimPrefix(strings.ReplaceAll(name, `"`, ""), "public.")
		if near := nearest.Question(plain, j.from.All, ""); near != "" {
			do += "; " + near
		}
		j.add(Stops, "no-table", "the old database has no table "+name, do)
	}
	for _, k := range j.from.Keys {
		j.foreignKey(k)
	}
	for _, h := range j.from.Heirs {
		j.add(Stops, "inheritance", fmt.Sprintf("%s is a part of %s, and only one of them would move", h.Table, h.Other),
			"name both in --tables; of a partitioned table it is enough to name that")
	}
	if len(j.from.Shared) > 0 {
		j.add(Stops, "sequence-shared", "the tables count by sequences that belong to no column of theirs: "+
			listed(j.from.Shared)+": those would not move", "ALTER SEQUENCE "+j.from.Shared[0]+" OWNED BY …, the column that "+
			"counts by it; or give the column a sequence of its own")
	}
	if len(j.from.Over) > 0 {
		j.add(Warns, "views-left", "views read the tables that move: "+listed(j.from.Over)+": they stay, and after finish "+
			"they show what was there before", "see who uses them, and make them on the new side where they are wanted")
	}
}

// foreignKey is one that would be torn: it refers to rows in another database then.
func (j *judge) foreignKey(k Tie) {
	found, other := fmt.Sprintf("the foreign key %s of %s refers to %s, which stays", k.Name, k.Table, k.Other), k.Other
	if !k.Leaves {
		found, other = fmt.Sprintf("the foreign key %s of %s, which stays, refers to %s", k.Name, k.Table, k.Other), k.Table
	}
	j.add(Stops, "foreign-key", found, fmt.Sprintf("move %s as well, in --tables; or let the application look after it: "+
		"ALTER TABLE %s DROP CONSTRAINT %s", other, k.Table, ident(k.Name)))
}

// chosen asks the new database for none of the tables that move, and all that they
// use; or for all of them, as they are in the old one, without rows.
func (j *judge) chosen() {
	if len(j.to.Lacks) > 0 {
		var all []string
		for _, t := range j.to.Lacks {
			all = append(all, t.String())
		}
		j.add(Stops, "needs", "the tables use what the new database has not: "+listed(all), "make it there first, such as "+
			"by the application's migrations, or CREATE EXTENSION")
	}
	if len(j.to.Diverged) > 0 {
		j.add(Stops, "schema", "the new database has the tables already, and not as the old one has them: "+
			listed(j.to.Diverged), "bring both to the same version of the application's schema; or drop the tables there, and "+
			"they are made anew")
	}
	if len(j.to.Filled) > 0 {
		j.add(Stops, NotEmpty, "the tables have rows in the new database already: "+listed(j.to.Filled),
			"see whose they are; or let the rows go that an application has made where it started")
	}
}
