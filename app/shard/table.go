package shard

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Table is one whose rows are people's. It has a column slot, and an index on
// that with the key.
type Table struct {
	Name string
	// Key are the columns of the primary key, and Columns all others but those
	// that the database reckons; both with spaces between.
	Key, Columns string
}

// Users is the table of people.
var Users = Table{"users", "id", "slot email name password_hash created_at about confirmed_at operator"}

// prepare has changes noted while a slot is copied, and finds a slot's rows. Twice is once.
func (t Table) prepare(ctx context.Context, conn *pgx.Conn) error {
	trigger, keys := t.Name+"_note_change", strings.Fields(t.Key)
	var there bool
	if err := conn.QueryRow(ctx, hasTrigger, trigger).Scan(&there); err != nil || there {
		return err
	}
	_, err := conn.Exec(ctx,
		"CREATE INDEX IF NOT EXISTS "+t.Name+"_slot ON "+t.Name+" (slot, "+strings.Join(keys, ", ")+");"+
			"CREATE OR REPLACE TRIGGER "+trigger+" AFTER INSERT OR UPDATE OR DELETE ON "+t.Name+
			" FOR EACH ROW EXECUTE FUNCTION note_change('"+strings.Join(keys, "', '")+"')")
	return err
}

// table has the statements that carry a table's rows as JSON. They are made once,
// from the constants of a [Table].
type table struct {
	name string
	// next reads some rows of a slot after a key, one reads rows by keys.
	next, one string
	// put writes rows, drop removes rows by keys.
	put, drop string
	// clean removes some rows of a slot, remove all.
	clean, remove string
}

func newTable(t Table) table {
	name, others := t.Name, strings.Fields(t.Columns)
	keys := strings.Join(strings.Fields(t.Key), ", ")
	list := keys + ", " + strings.Join(others, ", ")
	set := make([]string, len(others))
	for i, c := range others {
		set[i] = c + " = excluded." + c
	}
	given := " FROM jsonb_populate_recordset(null::" + name + ", $1)"
	match := " WHERE (" + keys + ") IN (SELECT " + keys + given + ")"
	return table{
		name: name,
		next: "SELECT to_jsonb(t) FROM (SELECT " + list + " FROM " + name + " WHERE slot = $1 AND ($2::jsonb IS NULL OR (" + keys + ") > (SELECT " + keys +
			" FROM jsonb_populate_record(null::" + name + ", $2))) ORDER BY " + keys + " LIMIT $3) t",
		one: "SELECT to_jsonb(t) FROM (SELECT " + list + " FROM " + name + match + ") t",
		put: "INSERT INTO " + name + " (" + list + ") SELECT " + list + given +
			" ON CONFLICT (" + keys + ") DO UPDATE SET " + strings.Join(set, ", "),
		drop:   "DELETE FROM " + name + match,
		clean:  "DELETE FROM " + name + " WHERE (" + keys + ") IN (SELECT " + keys + " FROM " + name + " WHERE slot = $1 LIMIT $2)",
		remove: "DELETE FROM " + name + " WHERE slot = $1",
	}
}

// Queries are the statements by name, for a test of their plans.
func (t Table) Queries() map[string]string {
	own := newTable(t)
	return map[string]string{"next " + t.Name: own.next, "one " + t.Name: own.one, "put " + t.Name: own.put,
		"drop " + t.Name: own.drop, "clean " + t.Name: own.clean, "remove " + t.Name: own.remove}
}
