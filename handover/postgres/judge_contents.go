package postgres

import (
	"fmt"
	"slices"
	"strings"
)

func (j *judge) extensions() {
	if len(j.from.Only) > 0 {
		return // what the tables need is asked for by name
	}
	for _, e := range j.from.Extensions {
		version, has := j.to.Available[e.Name]
		switch {
		case !has:
			j.add(Stops, "extension", fmt.Sprintf("the new server has no extension %s", e.Name),
				"install it there, or DROP EXTENSION "+ident(e.Name)+" in the old database if nothing uses it")
		case version != e.Version:
			j.add(Warns, "extension-version", fmt.Sprintf("the extension %s is %s in the old database and would be %s in the "+
				"new one", e.Name, e.Version, version), "read the extension's notes on what changed")
		}
	}
}

func (j *judge) keys() {
	var without []string
	for _, t := range j.from.Tables {
		if !t.Key && !t.Unlogged {
			without = append(without, t.String())
		}
	}
	if len(without) > 0 {
		j.add(Stops, "key", "tables without a key: "+listed(without)+": changes of their rows cannot be carried over",
			"give each a primary key, or let rows be told apart by all columns, which is slow: ALTER TABLE "+without[0]+
				" REPLICA IDENTITY FULL")
	}
}

// leftBehind is what logical replication does not carry.
func (j *judge) leftBehind() {
	if n := j.from.LargeObjects; n > 0 {
		j.add(Stops, "large-objects", fmt.Sprintf("%d large objects, which are not carried over", n),
			"turn them into bytea or files, or move them by hand with pg_dump --large-objects while the site is closed")
	}
	var unlogged []string
	for _, t := range j.from.Tables {
		if t.Unlogged {
			unlogged = append(unlogged, t.String())
		}
	}
	if len(unlogged) > 0 {
		j.add(Stops, "unlogged", "unlogged tables: "+listed(unlogged)+": their rows are not carried over",
			"ALTER TABLE "+unlogged[0]+" SET LOGGED")
	}
	if len(j.from.Foreign) > 0 {
		j.add(Stops, "foreign-tables", "foreign tables: "+listed(j.from.Foreign)+": their rows lie elsewhere",
			"see that the new server reaches where they lie")
	}
	if len(j.from.Views) > 0 {
		j.add(Warns, "views", "materialised views: "+listed(j.from.Views)+": their rows are not carried over",
			"the move fills them anew before the switch; see that the time is there")
	}
	if len(j.from.AlwaysTriggers) > 0 {
		j.add(Stops, "triggers", "triggers that run for replicated rows as well: "+
			listed(j.from.AlwaysTriggers)+": on the new side they would run a second time",
			"ALTER TABLE … ENABLE TRIGGER …, without ALWAYS or REPLICA, before the move")
	}
}

func (j *judge) sequences() {
	for _, s := range j.from.Sequences {
		if s.Last == nil {
			continue
		}
		used, left := s.used(), s.left()
		switch {
		case left < j.o.Margin:
			j.add(Stops, "sequence", fmt.Sprintf("the sequence %s has %d values left, and the new side begins %d further", s,
				left, j.o.Margin), "widen it and its column: ALTER SEQUENCE "+s.String()+" AS bigint, ALTER TABLE … TYPE bigint; "+
				"or take a smaller --margin")
		case used > nearEnd:
			j.add(Warns, "sequence", fmt.Sprintf("the sequence %s has used up %.0f %% of its values", s, used*100),
				"widen it and its column before it ends")
		}
	}
}

// left is how often the sequence can still be asked.
func (s Sequence) left() int64 {
	if s.Step < 0 {
		return (*s.Last - s.Lowest) / -s.Step
	}
	return (s.Limit - *s.Last) / s.Step
}

// used is the part of the sequence that is used up, 0 to 1.
func (s Sequence) used() float64 {
	span := float64(s.Limit) - float64(s.Lowest)
	if s.Step < 0 {
		return (float64(s.Limit) - float64(*s.Last)) / span
	}
	return (float64(*s.Last) - float64(s.Lowest)) / span
}

func (j *judge) target() {
	j.contents()
	var missing []string
	for _, r := range j.from.Owners {
		if !slices.Contains(j.to.Roles, r) {
			missing = append(missing, r)
		}
	}
	if len(missing) > 0 && !j.to.Superuser {
		j.add(Warns, "roles", "roles that the new server lacks: "+listed(missing),
			"the move makes them; where it may not read their passwords, set these on the new server")
	}
}

// contents asks for an empty database. Tables that the old one has, too, may be those
// that the application makes where it starts: whoever says so lets them go. Others are
// somebody's, and stay.
func (j *judge) contents() {
	if len(j.from.Only) > 0 {
		j.chosen()
		return
	}
	ours := map[string]bool{}
	for _, t := range j.from.Tables {
		ours[t.String()] = true
	}
	var same, others []string
	var bytes int64
	for _, t := range j.to.Tables {
		if ours[t.String()] {
			same, bytes = append(same, t.String()), bytes+t.Bytes
		} else {
			others = append(others, t.String())
		}
	}
	if len(others) > 0 {
		j.add(Stops, "others", "the new database has tables that the old one does not have: "+listed(others),
			"give an empty database; nothing that is there is overwritten")
	}
	if len(same) > 0 {
		j.add(Stops, NotEmpty, fmt.Sprintf("the new database has tables of the old one already, %s of rows: %s", sized(bytes),
			listed(same)), "give an empty database, or let those go that an application has made where it started")
	}
}

func (j *judge) busy() {
	if len(j.from.Prepared) > 0 {
		j.add(Stops, "prepared", "prepared transactions: "+listed(j.from.Prepared)+": the copy would wait for them",
			"COMMIT PREPARED or ROLLBACK PREPARED each")
	}
	if len(j.from.Busy) > 0 {
		var all []string
		for _, b := range j.from.Busy {
			all = append(all, fmt.Sprintf("%d for %d s (%s)", b.PID, b.Seconds, strings.Join(strings.Fields(b.What), " ")))
		}
		j.add(Stops, "long-transaction", "transactions that have been open for long: "+listed(all)+": the copy begins when "+
			"they have ended", fmt.Sprintf("let them end, or SELECT pg_terminate_backend(%d)", j.from.Busy[0].PID))
	}
}

func (j *judge) rights() {
	if !j.from.Superuser && !j.from.Replicates {
		j.add(Stops, "rights-from", "the mover's role on the old server may not replicate",
			"ALTER ROLE … REPLICATION (on RDS: GRANT rds_replication TO …)")
	}
	if !j.to.Superuser && !slices.Contains(j.to.Roles, "rds_superuser") && j.to.Version < 160000 {
		j.add(Stops, "rights-to", "the mover's role on the new server may not subscribe", "take a superuser there")
	}
}

// listed names the first few of a list.
func listed(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
