package postgres

import "context"

// Progress is how far the first copy is.
type Progress struct {
	// Bytes and Rows are those copied of all, by the sizes of the old side's tables and
	// its planner's numbers.
	Bytes, AllBytes, Rows, AllRows int64
	// Tables is how many have arrived whole, of AllTables.
	Tables, AllTables int
}

// Progress asks both sides how far the first copy is.
func (s Stream) Progress(ctx context.Context) (Progress, error) {
	tables, err := s.Pub.Tables(ctx)
	if err != nil {
		return Progress{}, err
	}
	states, err := structs[struct {
		Schema, Name, State string
		Rows                int64
	}](ctx, s.Sub, `SELECT n.nspname AS schema, c.relname AS name, r.srsubstate::text AS state,
		coalesce(p.tuples_processed, 0) AS rows FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid
		JOIN pg_class c ON c.oid = r.srrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		LEFT JOIN pg_stat_progress_copy p ON p.relid = c.oid WHERE s.subname = $1 AND n.nspname <> '`+Schema+`'`, s.Name)
	if err != nil {
		return Progress{}, err
	}
	at := map[string]int64{} // rows copied; -1 means all
	for _, one := range states {
		at[ident(one.Schema, one.Name)] = one.Rows
		if one.State != "i" && one.State != "d" {
			at[ident(one.Schema, one.Name)] = -1
		}
	}
	return progressOf(tables, at), nil
}

// progressOf adds up. A table's bytes are counted by the part of its rows.
func progressOf(tables []Table, at map[string]int64) Progress {
	var p Progress
	for _, t := range tables {
		rows, known := at[t.String()]
		p.AllTables, p.AllBytes, p.AllRows = p.AllTables+1, p.AllBytes+t.Bytes, p.AllRows+t.Rows
		switch {
		case !known:
		case rows < 0:
			p.Tables, p.Bytes, p.Rows = p.Tables+1, p.Bytes+t.Bytes, p.Rows+t.Rows
		default:
			rows = min(rows, t.Rows)
			p.Rows += rows
			p.Bytes += int64(float64(t.Bytes) * float64(rows) / float64(max(t.Rows, 1)))
		}
	}
	return p
}
