package postgres

import "context"

// Thing is something that tables use and that does not travel with some of them: a
// schema, a type, a function, a collation or an extension.
type Thing struct{ Kind, Name string }

// String names it for people.
func (t Thing) String() string { return "the " + t.Kind + " " + t.Name }

// Tie is what holds a table that moves to one that stays.
type Tie struct {
	// Name is the foreign key's; empty for an inheritance.
	Name string
	// Table refers to Other, or inherits from it.
	Table, Other string
	// Leaves says that Table moves and Other stays.
	Leaves bool
}

// Scope is what a survey finds where some tables move and not all.
type Scope struct {
	// Only are the tables that were named; none means that all move.
	Only []string
	// Unknown are those that are not there, and All the tables that are.
	Unknown, All []string
	// Needs are what the tables use, and Lacks what the other side needs and this one
	// has not.
	Needs, Lacks []Thing
	// Keys and Heirs are the foreign keys and inheritances that would be torn.
	Keys, Heirs []Tie
	// Shared are the sequences that the tables count by and that belong to none of them.
	Shared []string
	// Over are the views that read the tables.
	Over []string
	// Filled are the tables that have rows, on the new side.
	Filled []string
	// Diverged is what the tables that both sides have already differ in.
	Diverged []string
}

// sqlUnknown are the names of which there is no table that holds rows or parts of them.
const sqlUnknown = `SELECT o FROM unnest(` + chosen + `) o WHERE NOT EXISTS (SELECT FROM pg_class c
	WHERE c.oid = to_regclass(o) AND c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't') ORDER BY 1`

const sqlAll = `SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND` + outside +
	` ORDER BY 1`

var sqlForeignKeys = `SELECT k.conname AS name, format('%I.%I', n.nspname, c.relname) AS "table",
	format('%I.%I', fn.nspname, f.relname) AS other, k.conrelid IN (` + members + `) AS leaves
	FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
	JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
	WHERE k.contype = 'f' AND k.conparentid = 0 AND (k.conrelid IN (` + members + `)) <> (k.confrelid IN (` + members +
	`)) ORDER BY 2, 1`

var sqlHeirs = `SELECT '' AS name, format('%I.%I', n.nspname, c.relname) AS "table",
	format('%I.%I', fn.nspname, f.relname) AS other, c.oid IN (` + members + `) AS leaves
	FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
	JOIN pg_class f ON f.oid = i.inhparent JOIN pg_namespace fn ON fn.oid = f.relnamespace
	WHERE c.relkind IN ('r', 'p', 'f') AND (c.oid IN (` + members + `)) <> (f.oid IN (` + members + `)) ORDER BY 2, 3`

// uses are what the tables and their parts are made with, by pg_depend.
var uses = `WITH members(id) AS (` + members + `), parts AS (
		SELECT 'pg_class'::regclass::oid AS classid, id AS objid FROM members
		UNION ALL SELECT 'pg_attrdef'::regclass, d.oid FROM pg_attrdef d WHERE d.adrelid IN (SELECT id FROM members)
		UNION ALL SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint k WHERE k.conrelid IN (SELECT id FROM members)
		UNION ALL SELECT 'pg_trigger'::regclass, t.oid FROM pg_trigger t WHERE t.tgrelid IN (SELECT id FROM members)
			AND NOT t.tgisinternal AND t.tgname <> '` + fenceName + `'
		UNION ALL SELECT 'pg_policy'::regclass, p.oid FROM pg_policy p WHERE p.polrelid IN (SELECT id FROM members)
		UNION ALL SELECT 'pg_class'::regclass, i.indexrelid FROM pg_index i WHERE i.indrelid IN (SELECT id FROM members)),
	used AS (SELECT DISTINCT d.refclassid, d.refobjid FROM pg_depend d JOIN parts p ON p.classid = d.classid
		AND p.objid = d.objid)
	`

// sqlNeeds are the things that they use. What belongs to an extension is that.
var sqlNeeds = uses + `SELECT DISTINCT CASE WHEN e.oid IS NOT NULL THEN 'extension' ELSE i.type END AS kind,
		coalesce(e.extname::text, i.identity) AS name
	FROM used u CROSS JOIN LATERAL pg_identify_object(u.refclassid, u.refobjid, 0) i
	LEFT JOIN pg_depend x ON x.classid = u.refclassid AND x.objid = u.refobjid AND x.deptype = 'e'
	LEFT JOIN pg_extension e ON e.oid = x.refobjid
	WHERE e.oid IS NOT NULL OR u.refclassid IN ('pg_type'::regclass, 'pg_proc'::regclass, 'pg_collation'::regclass,
		'pg_namespace'::regclass) ORDER BY 1, 2`

var sqlShared = uses + `SELECT DISTINCT format('%I.%I', n.nspname, c.relname) FROM used u
	JOIN pg_class c ON u.refclassid = 'pg_class'::regclass AND c.oid = u.refobjid AND c.relkind = 'S'
	JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT` + sequenceMoves + ` ORDER BY 1`

var sqlOver = `SELECT DISTINCT format('%I.%I', n.nspname, c.relname) FROM pg_depend d
	JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid JOIN pg_class c ON c.oid = r.ev_class
	JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND d.refclassid = 'pg_class'::regclass
	AND d.refobjid IN (` + members + `) ORDER BY 1`

// lookScope reads what holds the tables that move to those that stay.
func (s *Side) lookScope(ctx context.Context, v *Survey) (err error) {
	if len(s.Only) == 0 {
		return nil
	}
	v.Only = s.Only
	for _, read := range []struct {
		sql string
		to  *[]string
	}{{sqlUnknown, &v.Unknown}, {sqlAll, &v.All}, {sqlShared, &v.Shared}, {sqlOver, &v.Over}} {
		if *read.to, err = column[string](ctx, s, read.sql); err != nil {
			return err
		}
	}
	if v.Keys, err = structs[Tie](ctx, s, sqlForeignKeys); err != nil {
		return err
	}
	if v.Heirs, err = structs[Tie](ctx, s, sqlHeirs); err != nil {
		return err
	}
	if v.Needs, err = structs[Thing](ctx, s, sqlNeeds); err != nil {
		return err
	}
	v.Filled, err = s.filled(ctx, v.Tables)
	return err
}

// filled are the tables in which there is a row.
func (s *Side) filled(ctx context.Context, tables []Table) (all []string, err error) {
	for _, t := range tables {
		there, err := value[bool](ctx, s, "SELECT EXISTS (SELECT FROM "+t.String()+")")
		if err != nil {
			return nil, err
		}
		if there {
			all = append(all, t.String())
		}
	}
	return all, nil
}

// sqlLacks are the things of a list that a database has not.
const sqlLacks = `SELECT kind, name FROM unnest($1::text[], $2::text[]) AS thing(kind, name) WHERE CASE kind
	WHEN 'schema' THEN to_regnamespace(name) IS NULL WHEN 'type' THEN to_regtype(name) IS NULL
	WHEN 'function' THEN to_regprocedure(name) IS NULL WHEN 'collation' THEN to_regcollation(name) IS NULL
	WHEN 'extension' THEN NOT EXISTS (SELECT FROM pg_extension e WHERE e.extname = name) ELSE false END`

// Scoped adds to the survey of the new side what only both sides together show, where
// some tables move.
func Scoped(ctx context.Context, from, to *Side, had Survey, has *Survey) error {
	if len(from.Only) == 0 {
		return nil
	}
	if len(has.Tables) == 0 {
		kinds, names := make([]string, len(had.Needs)), make([]string, len(had.Needs))
		for i, n := range had.Needs {
			kinds[i], names[i] = n.Kind, n.Name
		}
		lacks, err := structs[Thing](ctx, to, sqlLacks, kinds, names)
		has.Lacks = lacks
		return err
	}
	before, err := from.Shape(ctx)
	if err != nil {
		return err
	}
	now, err := to.Shape(ctx)
	has.Diverged = Diverged(before, now)
	return err
}

// sqlLargeObjects counts the large objects, where some tables move only if one of them
// has a column that could refer to one.
var sqlLargeObjects = `SELECT count(*) FROM pg_largeobject_metadata WHERE ` + chosen + ` IS NULL OR EXISTS (
	SELECT FROM pg_attribute a WHERE a.attrelid IN (` + members + `) AND a.attnum > 0 AND NOT a.attisdropped
	AND (a.atttypid = 'oid'::regtype OR a.atttypid = to_regtype('lo')))`

// sqlOwners are those of all that is in the database, or of the tables that move.
var sqlOwners = `SELECT DISTINCT r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
	JOIN pg_database b ON b.oid = d.dbid WHERE d.refclassid = 'pg_authid'::regclass
	AND b.datname = current_database() AND r.rolname !~ '^(pg_|rds)'
	AND (` + chosen + ` IS NULL OR d.classid = 'pg_class'::regclass AND d.objid IN (` + members + `))
	UNION SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database() AND ` + chosen + ` IS NULL
	ORDER BY 1`
