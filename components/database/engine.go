package database

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/machine"
)

// Engine is what the database runs, as RDS calls it. It cannot be changed.
type Engine string

// The engines.
const (
	PostgreSQL Engine = "postgres"
	MySQL      Engine = "mysql"
)

// Engines lists them all.
func Engines() []Engine { return []Engine{PostgreSQL, MySQL} }

// kind is what differs between the engines.
type kind struct {
	name     string   // as people write it
	port     int      // the engine's own
	versions []string // the major versions, the newest first
	standard string   // of them where a program gives none: the newest that all supported classes run
	logs     []string // what RDS exports
	standing map[string]string
	static   map[string]bool

	// nameForm is what RDS takes as user and database, nameWords says it; reserved
	// are names that RDS or the engine keep for themselves, with prefixes of those.
	userForm, databaseForm *regexp.Regexp
	userWords, nameWords   string
	reserved, prefixes     []string

	// connections is RDS's default formula for how many it takes.
	connections machine.Connections
	// logMetric is how much disk the log of changes holds, logHelp what to look at
	// when that is much.
	logMetric, logHelp string
	proxyFamily        string
	// noInsights are the classes on which RDS has no Performance Insights for the
	// engine; nil where it has on all.
	noInsights *regexp.Regexp
}

// kinds are the engines. Versions follow the RDS user guide as of 2026-11; what
// is older gets paid extended support only.
var kinds = map[Engine]kind{
	PostgreSQL: {
		name: "PostgreSQL", port: Port, versions: []string{"18", "17", "16", "15", "14"}, standard: DefaultEngineVersion,
		logs: []string{"postgresql", "upgrade"}, standing: standing, static: static,
		userForm: nameForm, databaseForm: nameForm,
		userWords: "1 to 63 of a-z, 0-9 and _, not beginning with a digit",
		nameWords: "1 to 63 of a-z, 0-9 and _, not beginning with a digit",
		reserved:  reserved, prefixes: []string{"pg_", "rds_"},
		connections: machine.PostgreSQLConnections,
		logMetric:   "TransactionLogsDiskUsage",
		logHelp:     "A fifth of the disk is write-ahead log: a replica is far behind, or a replication slot is read by nobody. Look at pg_replication_slots and drop the slot of a copy that is done.",
		proxyFamily: "POSTGRESQL",
	},
	MySQL: {
		name: "MySQL", port: MySQLPort, versions: []string{"8.4", "8.0"}, standard: DefaultMySQLVersion,
		logs: []string{"error", "slowquery"}, standing: mysqlStanding, static: mysqlStatic,
		userForm:     regexp.MustCompile(`^[a-z][a-z0-9_]{0,15}$`),
		databaseForm: regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`),
		userWords:    "1 to 16 of a-z, 0-9 and _, beginning with a letter",
		nameWords:    "1 to 64 of a-z, 0-9 and _, beginning with a letter",
		reserved: []string{"mysql", "sys", "information_schema", "performance_schema", "innodb", "rdsadmin", "rdsrepladmin",
			"root", "user", "all", "none", "default", "public"},
		prefixes:    []string{"rds_"},
		connections: machine.MySQLConnections,
		logMetric:   "BinLogDiskUsage",
		logHelp:     "A fifth of the disk is binary log: a replica is far behind, or binlog retention hours is set high. Look at SHOW REPLICAS and mysql.rds_show_configuration.",
		proxyFamily: "MYSQL", noInsights: regexp.MustCompile(`^db\.t[234]g?\.(micro|small)$`),
	},
}

const (
	// MySQLPort is MySQL's.
	MySQLPort = 3306
	// DefaultMySQLVersion is MySQL's version with long-term support.
	DefaultMySQLVersion = "8.4"
)

// mysqlStanding are the parameters of every MySQL, in its own units.
var mysqlStanding = map[string]string{
	"require_secure_transport":   "1",    // refuse connections without TLS
	"slow_query_log":             "1",    // log statements that take long …
	"long_query_time":            "1",    // … which is over a second (s)
	"log_output":                 "FILE", // RDS exports files only
	"innodb_print_all_deadlocks": "1",    // log who waited for whom
}

// mysqlStatic are the parameters that RDS only takes at a restart.
var mysqlStatic = map[string]bool{
	"performance_schema": true, "innodb_log_file_size": true, "innodb_page_size": true, "lower_case_table_names": true,
	"skip_name_resolve": true, "gtid-mode": true, "enforce_gtid_consistency": true, "ft_min_word_len": true,
	"innodb_read_io_threads": true, "innodb_write_io_threads": true, "innodb_purge_threads": true, "log_bin_use_v1_row_events": true,
}

// major is the major version of one that is given: "17.4" is of "17", "8.4.5" of
// "8.4". False for a version that the engine does not have.
func (k kind) major(version string) (string, bool) {
	for _, m := range k.versions {
		rest, under := strings.CutPrefix(version, m)
		if under && (rest == "" || minorForm.MatchString(rest)) {
			return m, true
		}
	}
	return "", false
}

var minorForm = regexp.MustCompile(`^\.[0-9]+$`)

// insights reports whether RDS has Performance Insights on a class.
func (k kind) insights(class string) bool {
	return k.noInsights == nil || !k.noInsights.MatchString(class)
}

// family is the parameter group family: "postgres17", "mysql8.4".
func family(e Engine, version string) string {
	major, _ := kinds[e].major(version)
	return string(e) + major
}

// proxyAuth is how clients prove who they are to a proxy of that version.
func (e Engine) proxyAuth(version string) string {
	major, _ := kinds[e].major(version)
	switch {
	case e == PostgreSQL:
		return "POSTGRES_SCRAM_SHA_256"
	case major == "8.0": // whose users have the older plugin by default
		return "MYSQL_NATIVE_PASSWORD"
	}
	return "MYSQL_CACHING_SHA2_PASSWORD"
}

func (a Args) kind() kind { return kinds[a.Engine] }

// checkEngine is about what runs.
func (a Args) checkEngine() []error {
	k, known := kinds[a.Engine]
	if !known {
		return []error{fmt.Errorf("Engine: got %q, want one of %v", a.Engine, Engines())}
	}
	if _, ok := k.major(a.EngineVersion); !ok {
		return []error{fmt.Errorf("EngineVersion: got %q for %s, want one of %q or a minor version of these",
			a.EngineVersion, k.name, k.versions)}
	}
	return nil
}

func (k kind) checkName(field, name string, form *regexp.Regexp, words string) error {
	switch {
	case !form.MatchString(name):
		return fmt.Errorf("%s: got %q, want %s", field, name, words)
	case slices.Contains(k.reserved, name) || slices.ContainsFunc(k.prefixes, func(p string) bool {
		return strings.HasPrefix(name, p)
	}):
		return fmt.Errorf("%s: %q is reserved by RDS or %s, choose another", field, name, k.name)
	}
	return nil
}
