package postgres

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// aurora is the engine of clusters that the lab stands in for.
const aurora = "aurora-postgresql"

// cluster is one of Aurora's, with its instances: the one that writes first, then the one
// that takes over from it.
type cluster struct {
	cloud.Resource
	members []cloud.Resource
	pair    ledger.Pair
}

// Clusters are Aurora's clusters: a server for each instance. They share no storage in
// the lab: one takes the writes, and the others follow it, as do the clusters of other
// regions that belong to the same global one. pairs say who takes the writes.
func Clusters(c cloud.Cloud, at site.Site, pairs map[string]ledger.Pair, secret func(string) string) (unit.Part,
	error) {
	var part unit.Part
	for _, r := range c.All(token.RDSCluster) {
		if r.Str("engine") != aurora {
			part.Notes = append(part.Notes, unit.Note{About: r.Name, Text: "the lab has no " + r.Str("engine"), Missing: true})
			continue
		}
		one := readCluster(c, r, pairs)
		for n := range one.members {
			s, err := one.server(c, at, pairs, secret, n)
			if err != nil {
				return part, err
			}
			part.Add(unit.Part{Units: []unit.Unit{s.Unit(at)}}.In(r.Region))
			kept := unit.Kept{Dir: s.Dir}
			if n == 0 {
				kept.Snapshot = snapshot(r)
			}
			part.Keep = append(part.Keep, kept)
			part.Hosts = append(part.Hosts, unit.Host{Name: one.members[n].Str("endpoint"), Address: s.Address})
		}
		hosts, err := one.hosts(at)
		if err != nil {
			return part, err
		}
		part.Hosts = append(part.Hosts, hosts...)
		part.Notes = append(part.Notes, one.remarks(at)...)
	}
	return part, nil
}

func clusterKey(r cloud.Resource) string {
	return "aurora/" + r.Region + "/" + r.Str("clusterIdentifier")
}

// readCluster finds a cluster's instances: by the plan the writer is the first, and where
// another has taken over, that one.
func readCluster(c cloud.Cloud, r cloud.Resource, pairs map[string]ledger.Pair) cluster {
	one := cluster{Resource: r, pair: pairs[clusterKey(r)]}
	for _, m := range c.All(token.RDSClusterInstance) {
		if m.Str("clusterIdentifier") == r.Str("clusterIdentifier") && m.Region == r.Region {
			one.members = append(one.members, m)
		}
	}
	first := map[bool]int{true: 0, false: 1}
	slices.SortStableFunc(one.members, func(a, b cloud.Resource) int {
		return cmp.Or(cmp.Compare(first[name(a) == one.pair.Holder], first[name(b) == one.pair.Holder]),
			cmp.Compare(first[a.Bool("writer")], first[b.Bool("writer")]),
			cmp.Compare(a.Int("promotionTier"), b.Int("promotionTier")),
			cmp.Compare(a.Str("identifier"), b.Str("identifier")))
	})
	return one
}

// clusterPairs are what becomes of clusters whose reader takes over from the writer: the one
// with the least promotion tier, for which commits wait.
func clusterPairs(c cloud.Cloud, before map[string]ledger.Pair, s Sight) (after map[string]ledger.Pair,
	fence []string) {
	after = map[string]ledger.Pair{}
	for _, r := range c.Where(token.RDSCluster, "engine", aurora) {
		one := readCluster(c, r, before)
		if !one.paired(c) {
			continue
		}
		writes, follows := name(one.members[0]), name(one.members[1])
		next, fails := step(one.pair, s.Lost[writes], s.Settled[writes], s.Well[follows])
		if fails {
			fence = append(fence, writes)
			next = ledger.Pair{Holder: follows, Epoch: next.Epoch}
		}
		after[clusterKey(r)] = next
	}
	return after, fence
}

// paired reports whether a reader takes over from the writer: in a cluster that has one
// of its own.
func (o cluster) paired(c cloud.Cloud) bool { return len(o.members) > 1 && o.head(c, nil).ID == o.ID }

// head is the cluster that takes the writes of a global one; others are their own.
func (o cluster) head(c cloud.Cloud, pairs map[string]ledger.Pair) cluster {
	global := o.Str("globalClusterIdentifier")
	if global == "" || o.Str("masterUsername") != "" {
		return o
	}
	for _, r := range c.Where(token.RDSCluster, "globalClusterIdentifier", global) {
		if first := readCluster(c, r, pairs); r.Str("masterUsername") != "" && len(first.members) > 0 {
			return first
		}
	}
	return o
}

// followers are the slots of those that replicate the cluster's writer.
func (o cluster) followers(c cloud.Cloud) (slots []string) {
	for _, m := range o.members[1:] {
		slots = append(slots, Slot(m.Str("identifier")))
	}
	for _, r := range c.All(token.RDSCluster) {
		other := readCluster(c, r, nil)
		if r.ID != o.ID && len(other.members) > 0 && other.head(c, nil).ID == o.ID {
			slots = append(slots, Slot(other.members[0].Str("identifier")))
		}
	}
	return slots
}

// address is that of the nth instance: it goes with what the instance does, so that the
// writer is always at the first.
func (o cluster) address(at site.Site, n int) (string, error) {
	return at.Address(fmt.Sprintf("%s/%d", clusterKey(o.Resource), n+1), Port)
}

// server is the nth instance.
func (o cluster) server(c cloud.Cloud, at site.Site, pairs map[string]ledger.Pair, secret func(string) string,
	n int) (Server, error) {
	m, first := o.members[n], o.head(c, pairs)
	address, err := o.address(at, n)
	if err != nil {
		return Server{}, err
	}
	s := Server{
		Name: name(m), Address: address, Dir: dir(at, m), Role: "writer of " + o.Str("clusterIdentifier"), RequireTLS: true,
		Admin: secret("aurora/" + clusterKey(first.Resource)), Major: major(first.Resource),
		Hosts: []string{o.Str("endpoint"), o.Str("readerEndpoint"), m.Str("endpoint")},
		User:  first.Str("masterUsername"), Password: first.Str("masterPassword"), Database: first.database(c),
		Parameters: clusterParameters(c, o.Resource),
	}
	if n == 0 {
		s.Replicas = o.followers(c)
	}
	source := o
	switch {
	case n > 0:
		s.Role = "reader of " + o.Str("clusterIdentifier")
	case first.ID != o.ID:
		s.Role, source = "follower of "+first.Str("clusterIdentifier"), first
	default:
		s.Takes = o.pair.Epoch > 0
		if o.pair.Follows || o.pair.Sync {
			s.waits(o.pair, Slot(o.members[1].Str("identifier")))
		}
		return s, nil
	}
	if source.pair.Epoch > 0 {
		s.Mark = mark(source.pair)
	}
	from, err := source.address(at, 0)
	s.Source = &Source{Unit: name(source.members[0]), Address: from, Slot: Slot(m.Str("identifier"))}
	return s, err
}

// database is the name of the cluster's first database, which a global one may give it.
func (o cluster) database(c cloud.Cloud) string {
	global, _ := c.First(token.RDSGlobalCluster, "globalClusterIdentifier", o.Str("globalClusterIdentifier"))
	return cmp.Or(o.Str("databaseName"), global.Str("databaseName"))
}

// hosts are the cluster's endpoints: that of readers leads to the first of them.
func (o cluster) hosts(at site.Site) (all []unit.Host, err error) {
	if len(o.members) == 0 {
		return nil, nil
	}
	for name, n := range map[string]int{"endpoint": 0, "readerEndpoint": min(1, len(o.members)-1)} {
		address, err := o.address(at, n)
		if err != nil {
			return nil, err
		}
		all = append(all, unit.Host{Name: o.Str(name), Address: address})
	}
	slices.SortFunc(all, func(a, b unit.Host) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

func (o cluster) remarks(at site.Site) (all []unit.Note) {
	add := func(format string, args ...any) {
		all = append(all, unit.Note{About: o.Name, Text: fmt.Sprintf(format, args...)})
	}
	have, _ := at.Programs.Server(major(o.Resource))
	add("PostgreSQL %d stands in for Aurora %d: each instance has its own data, and follows the writer", have,
		major(o.Resource))
	if len(o.members) > 2 {
		add("the endpoint of readers leads to the first of them")
	}
	return all
}

func clusterParameters(c cloud.Cloud, r cloud.Resource) map[string]string {
	out := map[string]string{}
	group, _ := c.First(token.RDSClusterParameterGroup, "name", r.Str("dbClusterParameterGroupName"))
	for _, p := range group.Maps("parameters") {
		out[p.Str("name")] = p.Str("value")
	}
	return out
}
