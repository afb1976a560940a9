package redis

import (
	"fmt"
	"path/filepath"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// Groups are the caches of a cloud: a server for each node. pairs say which node takes
// the writes where replicas take over.
func Groups(c cloud.Cloud, at site.Site, pairs map[string]ledger.Pair) (unit.Part, error) {
	var part unit.Part
	for _, r := range c.All(token.ElastiCacheReplicationGroup) {
		g := read(r)
		g.at, g.holder = at, g.holds(pairs[Key(r)])
		if err := g.place(); err != nil {
			return part, err
		}
		part.Add(g.part(c).In(r.Region))
	}
	return part, nil
}

// group is one replication group with its nodes' addresses.
type group struct {
	cloud.Resource
	at      site.Site
	cluster bool
	shards  int
	count   int      // of nodes
	nodes   []string // addresses; in a cluster the primaries come first
	// holder is the node that takes writes, ends the addresses of the primary's and of
	// the readers' endpoint, where replicas take over.
	holder int
	ends   [2]string
}

// Clustered reports whether a group's keys are spread over its nodes.
func Clustered(r cloud.Resource) bool {
	return r.Str("clusterMode") == "enabled" || r.Int("numNodeGroups") > 1
}

func read(r cloud.Resource) *group {
	g := &group{Resource: r, cluster: Clustered(r)}
	g.shards = max(1, r.Int("numNodeGroups"))
	replicas := r.Int("replicasPerNodeGroup")
	if n := r.Int("numCacheClusters"); n > 0 && !g.cluster {
		replicas = n - 1
	}
	g.count = g.shards * (1 + replicas)
	return g
}

func (g *group) place() (err error) {
	ports := []int{Port}
	if g.cluster {
		ports = append(ports, Port+10_000) // by which nodes talk to one another
	}
	for n := range g.count {
		a, err := g.at.Address(fmt.Sprintf("%s/%d", Key(g.Resource), n+1), ports...)
		if err != nil {
			return err
		}
		g.nodes = append(g.nodes, a)
	}
	for n, end := range []string{"primary", "readers"} {
		if !g.turns() {
			g.ends[n] = g.nodes[n*(len(g.nodes)-1)]
		} else if g.ends[n], err = g.at.Address(Key(g.Resource)+"/"+end, ports...); err != nil {
			return err
		}
	}
	return nil
}

// hosts are the group's names: the configuration's and the primary's lead to the first
// node, the readers' to the last; where replicas take over, to addresses that go with
// what the nodes do.
func (g *group) hosts() (all []unit.Host) {
	first, last := g.ends[0], g.ends[1]
	for _, end := range [][2]string{
		{"configurationEndpointAddress", first}, {"primaryEndpointAddress", first}, {"readerEndpointAddress", last},
	} {
		if name := g.Str(end[0]); name != "" {
			all = append(all, unit.Host{Name: name, Address: end[1]})
		}
	}
	return all
}

func (g *group) part(c cloud.Cloud) unit.Part {
	dir := g.at.Data(g.Region + "-" + g.ID)
	part := unit.Part{Keep: []unit.Kept{{Dir: dir}}, Hosts: g.hosts()}
	var names []string
	for n, address := range g.nodes {
		s := Server{Name: g.unit(n), Address: address, Dir: filepath.Join(dir, fmt.Sprint(n+1)),
			Role: "primary", TLS: g.Bool("transitEncryptionEnabled"), Token: g.Str("authToken"), Policy: g.policy(c),
			Cluster: g.cluster}
		for _, h := range g.hosts() {
			s.Hosts = append(s.Hosts, h.Name)
		}
		switch {
		case g.cluster:
			s.Role = "node of a cluster"
		case g.turns():
			g.give(&s, n)
		case n > 0:
			s.Role, s.Source, s.After = "replica", g.nodes[0], names[:1]
		}
		names = append(names, s.Name)
		part.Units = append(part.Units, s.Unit(g.at))
	}
	if g.cluster {
		part.Units = append(part.Units, g.meet(dir, names))
	}
	if len(g.nodes) > 1 && !g.cluster && !g.turns() {
		part.Notes = append(part.Notes, unit.Note{About: g.Name,
			Text: "no replica takes over: a primary that ends is started again"})
	}
	return part
}

func (g *group) policy(c cloud.Cloud) string {
	parameters, _ := c.First(token.ElastiCacheParameterGroup, "name", g.Str("parameterGroupName"))
	for _, p := range parameters.Maps("parameters") {
		if p.Str("name") == "maxmemory-policy" {
			return p.Str("value")
		}
	}
	return ""
}

// meet makes a cluster of nodes that know nothing of one another, once.
func (g *group) meet(dir string, names []string) unit.Unit {
	line := []string{g.at.Programs.RedisCLI, "--no-auth-warning"}
	if g.Bool("transitEncryptionEnabled") {
		line = append(line, "--tls", "--cacert", g.at.CA())
	}
	line = append(line, "--cluster", "create")
	for _, a := range g.nodes {
		line = append(line, fmt.Sprintf("%s:%d", a, Port))
	}
	line = append(line, "--cluster-replicas", fmt.Sprint(len(g.nodes)/g.shards-1), "--cluster-yes")
	u := unit.Unit{Name: g.ID + "/cluster", What: "the cluster of the cache's nodes", Address: g.nodes[0],
		Dir: filepath.Join(dir, "cluster"), Program: line, After: names, Once: true}
	if token := g.Str("authToken"); token != "" {
		u.Environment = []string{"REDISCLI_AUTH=" + token}
	}
	return u
}
