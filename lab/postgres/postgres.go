// Package postgres turns databases into PostgreSQL servers of the lab: a cluster
// each, replicas by streaming replication, TLS by the lab's authority. A major version
// that is installed stands in for the plan's. Memory is the lab's own, whatever the
// plan says: a dozen databases fit a laptop.
package postgres

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
)

// Port is PostgreSQL's.
const Port = 5432

// Connections is how many a server takes, whatever its class would have memory for: the
// machines of two regions and of all services may open more than two hundred.
const Connections = 500

// followers is how many may replicate a server at once: those of three regions, each with
// two connections while it is copied, and a backup.
const followers = "20"

// admin is the superuser, named as RDS names its own.
const admin = "rdsadmin"

// Server is one PostgreSQL.
type Server struct {
	// Name is the unit's, Address its machine's, Dir the directory of its data.
	Name, Address, Dir string
	// Major is the version of the plan.
	Major int
	// Role is what people call it: "primary", "replica".
	Role string
	// Admin is the superuser's password; a replica has its source's.
	Admin string
	// Hosts are the names under which clients reach it. RequireTLS refuses those that
	// do not encrypt.
	Hosts      []string
	RequireTLS bool
	// User owns Database; both are made where they are missing, and the password is
	// set. A replica has its source's.
	User, Password, Database string
	// Parameters are the plan's.
	Parameters map[string]string
	// Source is whom it replicates; nil is a primary. Replicas are the slots of those
	// that replicate this one.
	Source   *Source
	Replicas []string
	// After are units that must be well before.
	After []string
	// Logical says that its log is whole enough for another server to follow it, as the
	// single server's is; of others the plan's parameters say so.
	Logical bool
	// Archive is the directory of its log's segments, see Backup; empty keeps none.
	Archive string
	// Takes is a standby that has taken over; Follower is the standby that is to be seen to
	// follow, Sync the one for which commits wait, empty for none. Mark is the file that says
	// that its data was made; empty is "begun".
	Takes                bool
	Follower, Sync, Mark string
}

// Source is the primary of a replica.
type Source struct{ Unit, Address, Slot string }

// Slot is the replication slot of a replica.
func Slot(identifier string) string {
	const most = 63
	text := "rung_" + strings.ToLower(strings.NewReplacer("-", "_", ".", "_", "/", "_").Replace(identifier))
	return text[:min(len(text), most)]
}

// Unit is the server as the lab runs it.
func (s Server) Unit(at site.Site) unit.Unit {
	major, bin := at.Programs.Server(s.Major)
	data := filepath.Join(s.Dir, "pgdata")
	u := unit.Unit{
		Name: s.Name, What: s.what(major), Address: s.Address, Ports: []int{Port}, Dir: s.Dir, User: unit.Database,
		Hosts: append([]string{}, append(s.Hosts, s.Address)...), Rereads: true,
		Program: []string{filepath.Join(bin, "postgres"), "-D", data, "-c", "config_file=" + s.file("postgresql.conf")},
		Files: []unit.File{
			{Path: s.file("postgresql.conf"), Content: s.config(major), Reload: true},
			{Path: s.file("pg_hba.conf"), Content: s.access(), Reload: true},
			{Path: s.file("admin"), Content: s.Admin + "\n", Reload: true},
		},
		Prepare: []unit.Command{s.prepare(bin, data)},
		After:   s.After,
		Health:  unit.Health{Kind: unit.Postgres, Port: Port},
		Stop:    unit.Stop{Signal: syscall.SIGINT, Seconds: 30},
		Reload:  syscall.SIGHUP,
	}
	if s.Source == nil {
		u.Ready = []unit.Command{s.psql(bin)}
	} else {
		u.After = append(slices.Clone(s.After), s.Source.Unit)
	}
	return u
}

func (s Server) file(name string) string { return filepath.Join(s.Dir, name) }

func (s Server) what(major int) string {
	text := fmt.Sprintf("PostgreSQL %d, %s", major, s.Role)
	if s.Major != 0 && s.Major != major {
		text += fmt.Sprintf(" (for %d)", s.Major)
	}
	return text
}

// begin makes the cluster: anew, or as a copy of its source that follows it.
func (s Server) begin(bin, data string) unit.Command {
	c := unit.Command{Into: data, Mark: s.file(cmp.Or(s.Mark, "begun")), Environment: []string{"PGPASSWORD=" + s.Admin}}
	if s.Source == nil {
		c.Program = []string{filepath.Join(bin, "initdb"), "-D", data, "-U", admin, "-A", "scram-sha-256",
			"--pwfile=" + s.file("admin"), "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync"}
		return c
	}
	c.Program = []string{filepath.Join(bin, "pg_basebackup"), "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync",
		"-S", s.Source.Slot, "-d", fmt.Sprintf("host=%s port=%d user=%s sslmode=require application_name=%s",
			s.Source.Address, Port, admin, s.Source.Slot)}
	return c
}

// psql makes what the plan says of users and databases. It does nothing that was done.
func (s Server) psql(bin string) unit.Command {
	return unit.Command{
		Program: []string{filepath.Join(bin, "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
			fmt.Sprintf("host=%s port=%d user=%s dbname=postgres sslmode=require", s.Address, Port, admin)},
		Environment: []string{"PGPASSWORD=" + s.Admin},
		Input:       s.sql(),
	}
}

func (s Server) sql() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	// A standby that has just gone would be waited for for ever. One that takes over is told all of it anew.
	line("SET synchronous_commit = local;")
	line("SELECT pg_promote() WHERE pg_is_in_recovery();")
	if s.User != "" {
		line("SELECT format('CREATE ROLE %%I LOGIN CREATEDB CREATEROLE', %s) WHERE NOT EXISTS "+
			"(SELECT FROM pg_roles WHERE rolname = %s) \\gexec", literal(s.User), literal(s.User))
		line("ALTER ROLE %s PASSWORD %s;", identifier(s.User), literal(s.Password))
		line("GRANT pg_monitor, pg_signal_backend TO %s;", identifier(s.User))
	}
	if s.Database != "" {
		line("SELECT format('CREATE DATABASE %%I OWNER %%I', %s, %s) WHERE NOT EXISTS "+
			"(SELECT FROM pg_database WHERE datname = %s) \\gexec", literal(s.Database), literal(s.User), literal(s.Database))
	}
	quoted := []string{"''"}
	for _, slot := range s.Replicas {
		quoted = append(quoted, literal(slot))
		line("SELECT pg_create_physical_replication_slot(%s) WHERE NOT EXISTS "+
			"(SELECT FROM pg_replication_slots WHERE slot_name = %s);", literal(slot), literal(slot))
	}
	line("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'rung\\_%%' "+
		"AND slot_type = 'physical' AND NOT active AND slot_name NOT IN (%s);", strings.Join(quoted, ", "))
	return b.String() + s.proof()
}

func literal(text string) string    { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// access lets clients in by password, over TLS where the plan asks for it.
func (s Server) access() string {
	kind := "host"
	if s.RequireTLS {
		kind = "hostssl"
	}
	return "hostssl replication " + admin + " 127.0.0.0/8 scram-sha-256\n" +
		"host all " + admin + " 127.0.0.0/8 scram-sha-256\n" +
		kind + " all all 127.0.0.0/8 scram-sha-256\n"
}

// config is the whole configuration: the lab's own, then the plan's parameters.
func (s Server) config(major int) string {
	var b strings.Builder
	for _, v := range [][2]string{
		{"listen_addresses", s.Address}, {"port", fmt.Sprint(Port)}, {"unix_socket_directories", ""},
		{"hba_file", s.file("pg_hba.conf")},
		{"ssl", "on"}, {"ssl_cert_file", s.file("server.crt")}, {"ssl_key_file", s.file("server.key")},
		{"max_connections", fmt.Sprint(Connections)}, {"shared_buffers", "32MB"}, {"wal_level", s.walLevel()},
		{"max_wal_senders", followers}, {"max_replication_slots", followers},
		{"max_slot_wal_keep_size", "1GB"}, {"max_wal_size", "256MB"},
		{"hot_standby", "on"}, {"hot_standby_feedback", "on"}, {"max_worker_processes", "8"},
		{"max_parallel_workers", "2"}, {"autovacuum_max_workers", "2"}, {"log_line_prefix", "%m [%p] "},
		{"password_encryption", "scram-sha-256"}, {"wal_receiver_status_interval", "5s"},
	} {
		fmt.Fprintf(&b, "%s = %s\n", v[0], literal(v[1]))
	}
	for _, v := range slices.Concat(s.archiving(), s.halfParameters()) {
		fmt.Fprintf(&b, "%s = %s\n", v[0], literal(v[1]))
	}
	taken, _ := Parameters(s.Parameters, major)
	for _, name := range slices.Sorted(maps.Keys(taken)) {
		fmt.Fprintf(&b, "%s = %s\n", name, literal(taken[name]))
	}
	return b.String()
}

// walLevel follows RDS' own parameter for logical replication.
func (s Server) walLevel() string {
	if s.Logical || s.Parameters["rds.logical_replication"] == "1" {
		return "logical"
	}
	return "replica"
}
