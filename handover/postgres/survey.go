package postgres

import (
	"context"
	"strconv"
	"time"
)

// Survey is what a side was found to be. Reading it changes nothing.
type Survey struct {
	// Version is the server's, as 150018.
	Version                    int
	Encoding, Collate, CType   string
	Settings                   map[string]string
	Superuser, Replicates      bool
	SlotsUsed, SendersUsed     int
	Bytes                      int64
	Tables                     []Table
	Sequences                  []Sequence
	Extensions                 []Extension
	Available                  map[string]string // extensions that could be made, with their versions
	Owners, Roles              []string          // who owns or may use things; who exists
	LargeObjects               int64
	Prepared                   []string
	Views                      []string // materialised views, whose rows do not travel
	Busy                       []Transaction
	WALPerSecond               int64 // bytes
	FreeBytes                  int64 // on the data's disk; -1 where nobody says
	Foreign, Subscriptions     []string
	AlwaysTriggers, Partitions []string
	// Scope is what there is beside it where some tables move.
	Scope
}

// Table is a table that holds rows itself.
type Table struct {
	Schema, Name string
	// Key says that rows can be told apart: by a primary key, an index, or whole.
	Key bool
	// Identity is the letter of pg_class.relreplident.
	Identity string
	Unlogged bool
	// Bytes and Rows are of the table without indexes; rows are the planner's.
	Bytes, Rows int64
	// AllBytes is with indexes.
	AllBytes int64
}

// String is the table as SQL writes it.
func (t Table) String() string { return ident(t.Schema, t.Name) }

// Sequence is a counter. Last is nil where it was never asked.
type Sequence struct {
	Schema, Name        string
	Last                *int64
	Step, Lowest, Limit int64
}

// String is the sequence as SQL writes it.
func (s Sequence) String() string { return ident(s.Schema, s.Name) }

// Extension is one that a database uses.
type Extension struct{ Name, Version string }

// Transaction is one that has been open for a while.
type Transaction struct {
	PID     int
	Seconds int64
	What    string
}

// outside leaves out what is PostgreSQL's or the mover's own.
const outside = ` n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '` + Schema + `')`

// notOfExtension leaves out what an extension has made: creating it makes it again.
const notOfExtension = ` NOT EXISTS (SELECT FROM pg_depend x WHERE x.objid = c.oid AND x.classid = 'pg_class'::regclass
	AND x.deptype = 'e')`

var sqlTables = `SELECT n.nspname AS schema, c.relname AS name, c.relreplident::text AS identity,
	c.relreplident = 'f' OR c.relreplident = 'i' OR (c.relreplident = 'd' AND EXISTS (SELECT FROM pg_index i
		WHERE i.indrelid = c.oid AND i.indisprimary)) AS key, c.relpersistence = 'u' AS unlogged,
	pg_table_size(c.oid) AS bytes, greatest(c.reltuples, 0)::bigint AS rows, pg_total_relation_size(c.oid) AS all_bytes
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND` + outside + ` AND` + notOfExtension + ` AND` + moves("c.oid") +
	` ORDER BY 1, 2`

var sqlSequences = `SELECT s.schemaname AS schema, s.sequencename AS name, s.last_value AS last,
	s.increment_by AS step, s.min_value AS lowest, s.max_value AS "limit"
	FROM pg_sequences s JOIN pg_namespace n ON n.nspname = s.schemaname JOIN pg_class c ON c.relnamespace = n.oid
		AND c.relname = s.sequencename AND c.relkind = 'S' WHERE` + outside + ` AND` + sequenceMoves + ` ORDER BY 1, 2`

const sqlBusy = `SELECT pid, extract(epoch FROM now() - xact_start)::bigint AS seconds,
	coalesce(usename, '') || ' ' || coalesce(state, '') || ': ' || left(coalesce(query, ''), 60) AS what
	FROM pg_stat_activity WHERE xact_start < now() - $1::interval AND pid <> pg_backend_pid()
	AND backend_type = 'client backend' ORDER BY 2 DESC LIMIT 10`

// Tables are the tables of a side.
func (s *Side) Tables(ctx context.Context) ([]Table, error) { return structs[Table](ctx, s, sqlTables) }

// Look reads a survey.
func (s *Side) Look(ctx context.Context) (Survey, error) {
	v := Survey{}
	for _, read := range []func(context.Context, *Survey) error{
		s.lookServer, s.lookContents, s.lookRoles, s.lookInTheWay, s.lookScope, s.lookPace, s.lookDisk,
	} {
		if err := read(ctx, &v); err != nil {
			return v, err
		}
	}
	return v, nil
}

var settings = []string{"server_version_num", "wal_level", "max_replication_slots", "max_wal_senders",
	"max_logical_replication_workers", "max_sync_workers_per_subscription", "max_worker_processes",
	"max_slot_wal_keep_size", "data_directory", "lc_collate", "lc_ctype"}

func (s *Side) lookServer(ctx context.Context, v *Survey) error {
	pairs, err := structs[struct{ Name, Setting string }](ctx, s,
		"SELECT name, setting FROM pg_settings WHERE name = ANY($1)", settings)
	if err != nil {
		return err
	}
	v.Settings = map[string]string{}
	for _, p := range pairs {
		v.Settings[p.Name] = p.Setting
	}
	v.Version = v.number("server_version_num")
	const sql = `SELECT pg_encoding_to_char(encoding), datcollate, datctype, pg_database_size(oid),
		(SELECT count(*) FROM pg_replication_slots), (SELECT count(*) FROM pg_stat_replication),
		(SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
		(SELECT rolreplication FROM pg_roles WHERE rolname = current_user) OR
			coalesce((SELECT bool_or(pg_has_role(oid, 'member')) FROM pg_roles WHERE rolname = 'rds_replication'), false)
		FROM pg_database WHERE datname = current_database()`
	return s.Conn.QueryRow(ctx, sql).Scan(&v.Encoding, &v.Collate, &v.CType, &v.Bytes, &v.SlotsUsed, &v.SendersUsed,
		&v.Superuser, &v.Replicates)
}

// number is a setting as a number; 0 where there is none.
func (v Survey) number(name string) int {
	n, _ := strconv.Atoi(v.Settings[name]) // a setting that is no number is one that this server has not
	return n
}

func (s *Side) lookContents(ctx context.Context, v *Survey) (err error) {
	if v.Tables, err = s.Tables(ctx); err != nil {
		return err
	}
	if v.Sequences, err = structs[Sequence](ctx, s, sqlSequences); err != nil {
		return err
	}
	if v.Extensions, err = structs[Extension](ctx, s,
		"SELECT extname AS name, extversion AS version FROM pg_extension ORDER BY 1"); err != nil {
		return err
	}
	all, err := structs[Extension](ctx, s,
		"SELECT name, coalesce(default_version, '') AS version FROM pg_available_extensions")
	v.Available = map[string]string{}
	for _, e := range all {
		v.Available[e.Name] = e.Version
	}
	return err
}

func (s *Side) lookRoles(ctx context.Context, v *Survey) (err error) {
	if v.Owners, err = column[string](ctx, s, sqlOwners); err != nil {
		return err
	}
	v.Roles, err = column[string](ctx, s, "SELECT rolname FROM pg_roles ORDER BY 1")
	return err
}

func (s *Side) lookInTheWay(ctx context.Context, v *Survey) (err error) {
	if v.LargeObjects, err = value[int64](ctx, s, sqlLargeObjects); err != nil {
		return err
	}
	relations := `SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = $1::"char" AND` + outside + ` AND` + notOfExtension + ` AND` + moves("c.oid") + ` ORDER BY 1`
	for kind, list := range map[string]*[]string{"m": &v.Views, "f": &v.Foreign, "p": &v.Partitions} {
		if *list, err = column[string](ctx, s, relations, kind); err != nil {
			return err
		}
	}
	for sql, list := range map[string]*[]string{
		"SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY 1": &v.Prepared,
		`SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
			JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.tgenabled IN ('A', 'R') AND NOT t.tgisinternal
			AND t.tgname <> '` + fenceName + `' AND` + outside + ` AND` + moves("c.oid") + ` ORDER BY 1`: &v.AlwaysTriggers,
	} {
		if *list, err = column[string](ctx, s, sql); err != nil {
			return err
		}
	}
	v.Busy, err = structs[Transaction](ctx, s, sqlBusy, LongTransaction)
	return err
}

// pace is how long the writing of the log is watched for its rate.
const pace = 500 * time.Millisecond

func (s *Side) lookPace(ctx context.Context, v *Survey) error {
	const sql = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
	before, err := value[int64](ctx, s, sql)
	if err != nil {
		return err
	}
	began := time.Now()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pace):
	}
	after, err := value[int64](ctx, s, sql)
	v.WALPerSecond = int64(float64(after-before) / time.Since(began).Seconds())
	return err
}

// lookDisk looks how much disk is free.
func (s *Side) lookDisk(ctx context.Context, v *Survey) (err error) {
	v.FreeBytes, err = s.free(ctx, v.Superuser, v.Settings["data_directory"])
	return err
}
