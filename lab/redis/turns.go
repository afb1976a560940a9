package redis

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// Where the plan has failover, each node has an address of its own, and the endpoints
// have theirs: the node that takes writes listens at the primary's as well, another at
// the readers'. A node that takes over does so while it runs, with all that it holds; the
// one that was lost begins as its replica. As in ElastiCache, what a replica had not got
// yet is gone.

// Key is the key of a cache among the lab's records.
func Key(r cloud.Resource) string { return "elasticache/" + r.Region + "/" + r.ID }

// turns reports whether replicas take over.
func (g *group) turns() bool { return !g.cluster && g.count > 1 && g.Bool("automaticFailoverEnabled") }

func (g *group) unit(n int) string { return fmt.Sprintf("%s/%d", g.ID, n+1) }

// holds is the node that takes writes; the first where the record's is not there any
// more.
func (g *group) holds(p ledger.Pair) int {
	for n := range g.count {
		if g.turns() && g.unit(n) == p.Holder {
			return n
		}
	}
	return 0
}

// Holder is the unit of a cache that takes writes; empty for a cluster, whose nodes
// decide that among themselves.
func Holder(r cloud.Resource, pairs map[string]ledger.Pair) string {
	g := read(r)
	if g.cluster {
		return ""
	}
	return g.unit(g.holds(pairs[Key(r)]))
}

// Pairs are what becomes of caches whose replicas take over. A replica does when it was
// as it should be, and so followed; fence are the units that must have ended before.
func Pairs(c cloud.Cloud, before map[string]ledger.Pair, settled, lost map[string]bool) (after map[string]ledger.Pair,
	fence []string) {
	after = map[string]ledger.Pair{}
	for _, r := range c.All(token.ElastiCacheReplicationGroup) {
		g := read(r)
		if !g.turns() {
			continue
		}
		p := before[Key(r)]
		holder := g.unit(g.holds(p))
		for n := 0; n < g.count && lost[holder]; n++ {
			if name := g.unit(n); name != holder && settled[name] {
				p = ledger.Pair{Holder: name, Epoch: p.Epoch + 1}
				fence = append(fence, holder)
				break
			}
		}
		after[Key(r)] = p
	}
	return after, fence
}

// give makes a node what it is now.
func (g *group) give(s *Server, n int) {
	readers := g.count - 1
	if readers == g.holder {
		readers--
	}
	s.Turns = true
	s.Hosts = append(s.Hosts, g.ends[0], g.ends[1])
	if n == g.holder {
		s.Also = append(s.Also, g.ends[0])
	} else {
		s.Role, s.Source, s.After = "replica", g.ends[0], []string{g.unit(g.holder)}
	}
	if n == readers {
		s.Also = append(s.Also, g.ends[1])
	}
}

// turnFile is the part of the configuration that changes while the server runs.
func (s Server) turnFile() string { return filepath.Join(s.Dir, "turn.conf") }

// listens are all addresses of a server.
func (s Server) listens() string { return strings.Join(append([]string{s.Address}, s.Also...), " ") }

func (s Server) turn() string {
	text := "bind " + s.listens() + "\n"
	if s.Source != "" {
		text += fmt.Sprintf("replicaof %s %d\n", s.Source, Port)
	}
	return text
}

// turnNow tells a running server the same, in one conversation: each one takes a login over
// TLS. It waits until a replica follows.
const turnNow = `listens=$1 source=$2 port=$3
shift 3
to="no one"
if [ -n "$source" ]; then to="$source $port"; fi
said=$(printf 'replicaof %s\nconfig set bind "%s"\n' "$to" "$listens" | "$@")
case "$said" in
OK*OK*) ;;
*) echo "$said"; exit 1 ;;
esac
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	if [ -z "$source" ] || "$@" info replication | grep -q master_link_status:up; then exit 0; fi
	sleep 0.25
done
echo "it does not follow $source yet"
exit 1
`

func (s Server) turning(at site.Site) unit.Command {
	line := []string{"/bin/sh", "-c", turnNow, "sh", s.listens(), s.Source, fmt.Sprint(Port),
		at.Programs.RedisCLI, "-h", s.Address, "-p", fmt.Sprint(Port), "--no-auth-warning"}
	if s.TLS {
		line = append(line, "--tls", "--cacert", at.CA())
	}
	c := unit.Command{Program: line}
	if s.Token != "" {
		c.Environment = []string{"REDISCLI_AUTH=" + s.Token}
	}
	return c
}
