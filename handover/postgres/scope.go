package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"
)

// MostTables is how many tables a move of some may name.
const MostTables = 100

// maxName is PostgreSQL's bound on a name, in bytes.
const maxName = 63

// TableNames reads names of tables as people write them, schema.table or table, which
// means that of the schema public, and writes them as SQL does. They are taken to the
// letter, capitals too. It reports every wrong one at once.
func TableNames(list []string) (quoted []string, err error) {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	seen := map[string]bool{}
	for _, text := range list {
		schema, name, qualified := strings.Cut(text, ".")
		if !qualified {
			schema, name = "public", text
		}
		if !isName(schema) || !isName(name) {
			bad("--tables: got %q, want table or schema.table, such as users or shop.orders", text)
			continue
		}
		if schema == Schema || schema == "information_schema" || strings.HasPrefix(schema, "pg_") {
			bad("--tables: got %q, want a table of yours: %s is not an application's schema", text, schema)
			continue
		}
		if q := ident(schema, name); seen[q] {
			bad("--tables: got %q twice", text)
		} else {
			seen[q], quoted = true, append(quoted, q)
		}
	}
	if len(list) > MostTables {
		bad("--tables: got %d tables, want at most %d, or leave it out to move all", len(list), MostTables)
	}
	return quoted, errors.Join(errs...)
}

func isName(s string) bool {
	return s != "" && len(s) <= maxName && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '"' || r == '.' || r == unicode.ReplacementChar
	})
}

// chosen are the names of the tables that move, as a session of the mover has them;
// null where all move.
const chosen = `nullif(current_setting('` + Schema + `.only', true), '')::text[]`

// membersOf is a query for the numbers of the tables in an array of names, with their
// partitions.
func membersOf(names string) string {
	return `SELECT to_regclass(o)::oid FROM unnest(` + names + `) o WHERE to_regclass(o) IS NOT NULL
		UNION SELECT p.relid::oid FROM unnest(` + names + `) o, pg_partition_tree(to_regclass(o)) p`
}

// sequencesOf is a query for the sequences that belong to columns of these tables.
func sequencesOf(names string) string {
	return `SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
		AND d.deptype IN ('a', 'i') AND d.refobjid IN (` + membersOf(names) + `)`
}

var (
	members = membersOf(chosen)
	// sequenceMoves is a condition in SQL: the sequence c belongs to a table that moves.
	sequenceMoves = ` (` + chosen + ` IS NULL OR c.oid IN (` + sequencesOf(chosen) + `))`
)

// moves is a condition in SQL: the table of this number is one that moves.
func moves(oid string) string { return ` (` + chosen + ` IS NULL OR ` + oid + ` IN (` + members + `))` }

// choose lets a session know the tables that move.
func (s *Side) choose(ctx context.Context, conn *pgx.Conn) error {
	if len(s.Only) == 0 {
		return nil
	}
	if _, err := conn.Exec(ctx, "SELECT set_config('"+Schema+".only', $1::text[]::text, false)", s.Only); err != nil {
		return fmt.Errorf("name the tables that move on the side %q: %w", s.Name, err)
	}
	return nil
}

// onlyArray is the side's choice as an array in SQL.
func (s *Side) onlyArray() string {
	quoted := make([]string, len(s.Only))
	for i, name := range s.Only {
		quoted[i] = literal(name)
	}
	return "ARRAY[" + strings.Join(quoted, ", ") + "]::text[]"
}
