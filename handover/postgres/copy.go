package postgres

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// role is one that things belong to, with its password as the server keeps it where
// that may be read.
type role struct {
	Name                                       string
	Login, Inherit, Createdb, Createrole, Repl bool
	Password                                   *string
	Config, In                                 []string
}

// sqlRoles are the roles that own or may use something, and those that they are in.
const sqlRoles = `WITH RECURSIVE used AS (
		SELECT oid FROM pg_roles WHERE rolname = ANY($1)
		UNION SELECT m.roleid FROM pg_auth_members m JOIN used u ON u.oid = m.member)
	SELECT r.rolname AS name, r.rolcanlogin AS login, r.rolinherit AS inherit, r.rolcreatedb AS createdb,
		r.rolcreaterole AS createrole, r.rolreplication AS repl, NULL::text AS password, r.rolconfig AS config,
		ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid)
			AS "in"
	FROM pg_roles r JOIN used u ON u.oid = r.oid WHERE r.rolname !~ '^(pg_|rds)' ORDER BY 1`

// CopyRoles makes the roles of the old side that the new side lacks, with their
// passwords where these may be read. It says which it made, and for which somebody
// must set a password.
func CopyRoles(ctx context.Context, from, to *Side) (made, silent []string, err error) {
	roles, err := missingRoles(ctx, from, to)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range roles {
		if r.Login && r.Password == nil {
			silent = append(silent, r.Name)
		}
		if err := to.exec(ctx, r.create()); err != nil {
			return made, silent, fmt.Errorf("make the role %s: %w", r.Name, err)
		}
		made = append(made, r.Name)
	}
	for _, r := range roles { // when all are there
		for _, group := range r.In {
			if err := to.exec(ctx, "GRANT "+ident(group)+" TO "+ident(r.Name)); err != nil {
				return made, silent, fmt.Errorf("make the role %s a member of %s: %w", r.Name, group, err)
			}
		}
	}
	return made, silent, copySettings(ctx, from, to)
}

func missingRoles(ctx context.Context, from, to *Side) ([]role, error) {
	owners, err := column[string](ctx, from, sqlOwners)
	if err != nil {
		return nil, err
	}
	roles, err := structs[role](ctx, from, sqlRoles, owners)
	if err != nil {
		return nil, err
	}
	there, err := column[string](ctx, to, "SELECT rolname FROM pg_roles")
	if err != nil {
		return nil, err
	}
	roles = slices.DeleteFunc(roles, func(r role) bool { return slices.Contains(there, r.Name) })
	for i := range roles { // only a superuser may
		password, err := value[*string](ctx, from, "SELECT rolpassword FROM pg_authid WHERE rolname = $1", roles[i].Name)
		if err == nil {
			roles[i].Password = password
		} else if !isCode(err, "42501") {
			return nil, err
		}
	}
	return roles, nil
}

func (r role) create() string {
	var b strings.Builder
	b.WriteString("CREATE ROLE " + ident(r.Name))
	for word, on := range map[string]bool{"LOGIN": r.Login, "INHERIT": r.Inherit, "CREATEDB": r.Createdb,
		"CREATEROLE": r.Createrole, "REPLICATION": r.Repl} {
		if on {
			b.WriteString(" " + word)
		} else {
			b.WriteString(" NO" + word)
		}
	}
	if r.Password != nil {
		b.WriteString(" PASSWORD " + literal(*r.Password))
	}
	for _, set := range r.Config {
		b.WriteString("; ALTER ROLE " + ident(r.Name) + " SET " + setting(set))
	}
	return b.String()
}

// setting turns "name=value" into what SET takes. Lists keep their commas, as
// PostgreSQL quotes their parts itself.
func setting(set string) string {
	name, v, _ := strings.Cut(set, "=")
	switch name {
	case "search_path", "session_preload_libraries", "DateStyle", "datestyle", "temp_tablespaces":
		return ident(name) + " = " + v
	}
	return ident(name) + " = " + literal(v)
}

// copySettings sets what the old database sets for all its sessions. Where some tables
// move, the new one has its own.
func copySettings(ctx context.Context, from, to *Side) error {
	if len(from.Only) > 0 {
		return nil
	}
	sets, err := column[string](ctx, from, `SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setrole = 0
		AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())`)
	if err != nil {
		return err
	}
	name, err := value[string](ctx, to, "SELECT current_database()")
	if err != nil {
		return err
	}
	for _, set := range sets {
		if err := to.exec(ctx, "ALTER DATABASE "+ident(name)+" SET "+setting(set)); err != nil {
			return fmt.Errorf("set %s as in the old database: %w", set, err)
		}
	}
	return nil
}

// chosen are the tables that move with the parts of those that have some, where not
// all move.
func (s *Side) chosen(ctx context.Context) ([]string, error) {
	if len(s.Only) == 0 {
		return nil, nil
	}
	tables, err := structs[fenced](ctx, s, sqlFenced)
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.Name
	}
	return names, err
}

// CopySchema makes the tables and all else of the old side on the new one, without
// rows, or nothing where that fails. It needs pg_dump and psql of the newer server's
// version.
func CopySchema(ctx context.Context, from, to *Side) error {
	args := []string{"--schema-only", "--no-publications", "--no-subscriptions", "--exclude-schema=" + Schema}
	chosen, err := from.chosen(ctx)
	if err != nil {
		return err
	}
	for _, name := range chosen {
		args = append(args, "--table="+name)
	}
	dump, err := tool(ctx, from, nil, "pg_dump", args...)
	if err != nil {
		return fmt.Errorf("read the schema of the old side: %w", err)
	}
	if len(chosen) > 0 {
		dump = append(dump, sqlMade(chosen)...)
	}
	if _, err := tool(ctx, to, dump, "psql", "--no-psqlrc", "--quiet", "--single-transaction",
		"--set=ON_ERROR_STOP=1"); err != nil {
		return fmt.Errorf("make the schema on the new side: %w", err)
	}
	return nil
}

// tool runs one of PostgreSQL's programs on a side. The password goes by the
// environment, which other users of the machine do not see.
func tool(ctx context.Context, s *Side, in []byte, name string, args ...string) ([]byte, error) {
	address, password := s.URL, ""
	if u, err := url.Parse(s.URL); err == nil && u.User != nil {
		password, _ = u.User.Password()
		u.User = url.User(u.User.Username())
		address = u.String()
	}
	cmd := exec.CommandContext(ctx, name, append(args, "--dbname="+address)...)
	cmd.Env = os.Environ()
	if password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+password)
	}
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("run %s: %w: %s; it comes with postgresql-client", name, err, strings.TrimSpace(
			complaint.String()))
	}
	return out.Bytes(), nil
}
