package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Shape is how the schema of a side is defined: what each thing is called, and its
// definition.
type Shape map[string]string

// sqlShape are the things of a schema whose change does not travel with the rows.
var sqlShape = `
	SELECT format('column %I.%I.%I', n.nspname, c.relname, a.attname) AS name,
		format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END ||
		a.attidentity::text || a.attgenerated::text || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS text
	FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
	LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
	WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND a.attnum > 0 AND NOT a.attisdropped AND` + outside +
	` AND` + notOfExtension + ` AND` + moves("c.oid") + `
	UNION ALL SELECT format('constraint %I of %I.%I', k.conname, n.nspname, c.relname), pg_get_constraintdef(k.oid)
	FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE` +
	outside + ` AND` + moves("c.oid") + `
	UNION ALL SELECT format('index %I.%I', n.nspname, c.relname), pg_get_indexdef(c.oid)
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('i', 'I') AND c.relpersistence
		<> 't' AND` +
	outside + ` AND` + notOfExtension + ` AND` +
	moves("(SELECT i.indrelid FROM pg_index i WHERE i.indexrelid = c.oid)") + `
	UNION ALL SELECT format('value %L of the type %I.%I', e.enumlabel, n.nspname, t.typname), ''
	FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace WHERE` + outside + `
		AND (` + chosen + ` IS NULL OR t.oid IN (SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid IN (` + members + `)))
	UNION ALL SELECT format('sequence %I.%I', n.nspname, c.relname), ''
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND c.relpersistence <> 't'
		AND` + outside + ` AND` + sequenceMoves

// Shape reads the definitions of a side.
func (s *Side) Shape(ctx context.Context) (Shape, error) {
	rows, err := structs[struct{ Name, Text string }](ctx, s, sqlShape)
	if err != nil {
		return nil, err
	}
	shape := Shape{}
	for _, r := range rows {
		shape[r.Name] = r.Text
	}
	return shape, nil
}

// Diverged says what one schema has and the other has not, or has otherwise, in the
// order of names: what somebody changed during a move. It is pure.
func Diverged(from, to Shape) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(from)) {
		text, has := to[name]
		switch {
		case !has:
			all = append(all, fmt.Sprintf("%s is only on the old side", name))
		case text != from[name]:
			all = append(all, fmt.Sprintf("%s is %q on the old side and %q on the new one", name, from[name], text))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(to)) {
		if _, has := from[name]; !has {
			all = append(all, fmt.Sprintf("%s is only on the new side", name))
		}
	}
	return all
}

// CheckShape fails when the schemas of two sides are not the same.
func CheckShape(ctx context.Context, from, to *Side) error {
	had, err := from.Shape(ctx)
	if err != nil {
		return err
	}
	has, err := to.Shape(ctx)
	if err != nil {
		return err
	}
	if all := Diverged(had, has); len(all) > 0 {
		return fmt.Errorf("the schema was changed during the move, which does not travel with the rows: %s; make the same "+
			"change on the other side, in a session that has said SET rung_handover.mover = 'on', then run `rung handover start` "+
			"again", listed(all))
	}
	return nil
}
