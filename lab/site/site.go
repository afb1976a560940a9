// Package site is the place that a lab has on this machine: its directory, its
// addresses, and the programs that are installed here.
package site

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Site is what kinds of servers are built on.
type Site struct {
	// Dir is the lab's own directory, absolute.
	Dir      string
	Programs Programs
	// Address is the address of a machine, by its key. It is the same each time. The
	// ports are those on which it will listen.
	Address func(machine string, ports ...int) (string, error)
	// Account is the user as whom servers run that would take another one under root;
	// empty where the lab is no root's.
	Account string
	// Privileged reports whether ports under 1024 may be listened on.
	Privileged bool
}

// Data is the directory of what a resource keeps.
func (s Site) Data(id string) string { return filepath.Join(s.Dir, "data", Safe(id)) }

// CA is the file by which clients trust the lab's servers.
func (s Site) CA() string { return filepath.Join(s.Dir, "ca", "ca.pem") }

// Object is where a file of a bucket lies, by the hash of its content.
func (s Site) Object(sha256 string) string { return filepath.Join(s.Dir, "objects", Safe(sha256)) }

// Public is the port under which a public port is served: the same where that may be
// listened on, else one that anybody may.
func (s Site) Public(port int) int {
	const lowest, beyond = 1024, 8000
	if port < lowest && !s.Privileged {
		return port + beyond
	}
	return port
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// Safe is a name as a file's.
func Safe(name string) string { return strings.Trim(unsafe.ReplaceAllString(name, "-"), ".-") }

// Programs are what is installed; an empty path is a program that is not.
type Programs struct {
	// Postgres are the directories of PostgreSQL's programs, by major version.
	Postgres                      map[int]string
	Redis, RedisCLI               string
	HAProxy, PgBouncer, Nginx, Tc string
}

// Find looks where Debian puts them, and on the PATH.
func Find() Programs {
	return Programs{
		Postgres: postgres(), Redis: program("valkey-server", "redis-server"),
		RedisCLI: program("valkey-cli", "redis-cli"), HAProxy: program("haproxy"), PgBouncer: program("pgbouncer"),
		Nginx: program("nginx"), Tc: program("tc"),
	}
}

func program(names ...string) string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			if abs, err := filepath.Abs(path); err == nil {
				return abs
			}
		}
		for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/sbin"} { // which a user's PATH leaves out
			path := filepath.Join(dir, name)
			if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o111 != 0 {
				return path
			}
		}
	}
	return ""
}

func postgres() map[int]string {
	found := map[int]string{}
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well-formed
	for _, path := range dirs {
		dir := filepath.Dir(path)
		if major, err := strconv.Atoi(filepath.Base(filepath.Dir(dir))); err == nil {
			found[major] = dir
		}
	}
	return found
}

// Server is the major version that stands in for one, with the directory of its
// programs: the same where it is installed, else the nearest newer, else the newest.
func (p Programs) Server(want int) (major int, dir string) {
	var all []int
	for m := range p.Postgres {
		all = append(all, m)
	}
	slices.Sort(all)
	for _, m := range all {
		if major = m; m >= want {
			break
		}
	}
	return major, p.Postgres[major]
}

// package of Debian's that has a program.
const (
	debPostgres = "postgresql"
	debRedis    = "redis-server"
	debHAProxy  = "haproxy"
	debNginx    = "nginx"
	debBouncer  = "pgbouncer"
)

// Missing fails when something is not installed that a stage needs; the error says
// what to install.
func (p Programs) Missing(stage int) error {
	var missing []string
	need := func(has bool, name string, from int) {
		if !has && stage >= from {
			missing = append(missing, name)
		}
	}
	need(len(p.Postgres) > 0, debPostgres, 1)
	need(p.Redis != "", debRedis, 1)
	need(p.Nginx != "", debNginx, 2)
	need(p.HAProxy != "", debHAProxy, 3)
	need(p.PgBouncer != "", debBouncer, 4)
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the lab runs stage %d on real servers, and these are not installed: %s; on Debian or Ubuntu: "+
		"sudo apt-get install %s", cmp.Or(stage, 1), strings.Join(missing, ", "), strings.Join(missing, " "))
}
