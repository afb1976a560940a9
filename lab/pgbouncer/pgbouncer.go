// Package pgbouncer turns RDS' proxies into PgBouncer: the plan's pool, waiting and idle
// times, TLS, and the password that the proxy's secret holds.
//
// A client keeps its server connection for its whole session. So does RDS' proxy with
// clients that prepare statements by name, as the app's do (it pins them), and
// PgBouncer before 1.21 has no other way for them.
package pgbouncer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

const (
	// clients is how many connections of clients a proxy takes.
	clients = 1000
	// ready is how many connections to the database it keeps open when nobody needs them:
	// one that is opened for a client who gives up meanwhile is closed with him, so that
	// on a busy machine, where that takes seconds, none would ever be ready.
	ready = 40
)

// proxy is one proxy with its place in the lab.
type proxy struct {
	cloud.Resource
	address, target string // addresses
	dir             string
	user, password  string
	pool            cloud.Resource // its target group; the zero value has AWS's defaults
}

func key(r cloud.Resource) string { return "rds-proxy/" + r.Region + "/" + r.Str("name") }

// Places are the addresses of proxies by their names.
func Places(c cloud.Cloud, at site.Site) (hosts []unit.Host, err error) {
	for _, r := range c.All(token.RDSProxy) {
		address, err := at.Address(key(r), postgres.Port)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, unit.Host{Name: r.Str("endpoint"), Address: address})
	}
	return hosts, nil
}

// Proxies are the units; names translates the endpoints of databases, and stores are
// those that may stand behind an address.
func Proxies(c cloud.Cloud, at site.Site, names *strings.Replacer, stores []unit.Unit) (unit.Part, error) {
	var part unit.Part
	for _, r := range c.All(token.RDSProxy) {
		address, err := at.Address(key(r), postgres.Port)
		if err != nil {
			return part, err
		}
		p := proxy{Resource: r, address: address, dir: at.Data("rds-proxy-" + r.Region + "-" + r.Str("name"))}
		if missing := p.read(c, names); missing != "" {
			part.Notes = append(part.Notes, unit.Note{About: r.Name, Text: missing, Missing: true})
			continue
		}
		part.Add(p.part(at, stores).In(r.Region))
	}
	return part, nil
}

// read finds what the proxy leads to and by which password; it says what is not there.
func (p *proxy) read(c cloud.Cloud, names *strings.Replacer) (missing string) {
	p.pool, _ = c.First(token.RDSProxyDefaultTargetGroup, "dbProxyName", p.Str("name"))
	if p.Str("engineFamily") != "POSTGRESQL" {
		return "the lab has no proxy for " + p.Str("engineFamily")
	}
	target, ok := c.First(token.RDSProxyTarget, "dbProxyName", p.Str("name"))
	p.target = names.Replace(target.Str("endpoint"))
	if !ok || p.target == target.Str("endpoint") {
		return "its database is not there yet"
	}
	for _, auth := range p.Maps("auths") {
		var who struct{ Username, Password string }
		version, _ := c.First(token.SecretsManagerSecretVersion, "secretId", auth.Str("secretArn"))
		if json.Unmarshal([]byte(version.Str("secretString")), &who) == nil && who.Username != "" {
			p.user, p.password = who.Username, who.Password
			return ""
		}
	}
	return "its secret has no user and password yet"
}

func (p proxy) part(at site.Site, stores []unit.Unit) unit.Part {
	file := func(name string) string { return filepath.Join(p.dir, name) }
	u := unit.Unit{
		Name: p.Str("name") + "/pgbouncer", What: "PgBouncer for " + p.Name, Address: p.address, Ports: []int{postgres.Port},
		Dir: p.dir, User: unit.Database, Hosts: []string{p.Str("endpoint"), p.address},
		Program: []string{at.Programs.PgBouncer, file("pgbouncer.ini")},
		Files: []unit.File{
			{Path: file("pgbouncer.ini"), Content: p.config(), Reload: true},
			{Path: file("users.txt"), Content: quote(p.user) + " " + quote(p.password) + "\n", Reload: true},
		},
		Health: unit.Health{Kind: unit.Postgres, Port: postgres.Port},
		Reload: unit.HUP,
	}
	for _, s := range stores {
		if s.Address == p.target {
			u.After = append(u.After, s.Name)
		}
	}
	return unit.Part{Units: []unit.Unit{u}, Keep: []unit.Kept{{Dir: p.dir}}, Notes: []unit.Note{{About: p.Name,
		Text: "PgBouncer leaves out what clients set as they connect (statement_timeout): RDS' proxy passes it on"}}}
}

// config is PgBouncer's whole configuration.
func (p proxy) config() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	pool := func(name string, otherwise int) int {
		return cmp.Or(p.pool.Int("connectionPoolConfig."+name), otherwise)
	}
	most := max(1, postgres.Connections*pool("maxConnectionsPercent", 100)/100)
	line("[databases]\n* = host=%s port=%d", p.target, postgres.Port)
	line("[pgbouncer]\nlisten_addr = %s\nlisten_port = %d\nunix_socket_dir =", p.address, postgres.Port)
	line("auth_type = scram-sha-256\nauth_file = users.txt\npool_mode = session")
	line("client_tls_sslmode = %s\nclient_tls_cert_file = server.crt\nclient_tls_key_file = server.key",
		map[bool]string{true: "require", false: "allow"}[p.Bool("requireTls")])
	line("server_tls_sslmode = require\nmax_client_conn = %d", clients)
	line("default_pool_size = %d\nmax_db_connections = %d", most, most)
	line("min_pool_size = %d", min(most, ready))
	line("query_wait_timeout = %d", pool("connectionBorrowTimeout", 120))
	line("client_idle_timeout = %d", cmp.Or(p.Int("idleClientTimeout"), 1800))
	line("ignore_startup_parameters = extra_float_digits,statement_timeout,options")
	line("log_connections = 0\nlog_disconnections = 0")
	return b.String()
}

// quote is a word of the file of users.
func quote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
