package postgres

import (
	"fmt"
	"path/filepath"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// A Multi-AZ database is two servers of which one takes writes at the endpoint's
// address, and the other has every write that was acknowledged. Where the first is
// lost, it is ended for good, the halves change places, and the address goes with the
// writes: so no two can ever take them. The half that has lost its place begins anew,
// as a copy of the other. So does a reader of Aurora's for its writer.

// Sight is what is seen of servers, by their units' names.
type Sight struct {
	// Well answer, Settled are as they are wanted as well. Lost have ended by themselves,
	// or have not answered for so long that nobody waits any more.
	Well, Settled, Lost map[string]bool
}

// Pairs are what becomes of the databases with a standby. fence are the units that must
// have ended, with all that they have started, before that is acted upon.
func Pairs(c cloud.Cloud, before map[string]ledger.Pair, s Sight) (after map[string]ledger.Pair, fence []string) {
	after, fence = clusterPairs(c, before, s)
	for _, r := range c.All(token.RDSInstance) {
		if _, cannot := unable(c, r); cannot || !paired(r) {
			continue
		}
		p := before[key(r)]
		writes, follows := halves(r, p)
		next, fails := step(p, s.Lost[writes], s.Settled[writes], s.Well[follows])
		if fails {
			fence = append(fence, writes)
		}
		after[key(r)] = next
	}
	return after, fence
}

// step is what becomes of a pair. The standby takes over only where every commit was
// seen to wait for it, up to the loss; else the one that was lost is started again.
func step(p ledger.Pair, lost, settled, standby bool) (next ledger.Pair, fails bool) {
	switch {
	case lost && p.Proven && standby:
		return ledger.Pair{Second: !p.Second, Epoch: p.Epoch + 1}, true
	case lost: // its standby keeps its right until it is back
	case !standby: // nobody waits for who is not there, as RDS does not
		p.Follows, p.Sync, p.Proven = false, false, false
	case settled && p.Sync:
		p.Proven = true
	case settled && p.Follows: // before, each commit would wait until the copy has caught up
		p.Sync = true
	case settled:
		p.Follows = true
	}
	return p, false
}

// paired reports whether an instance has a standby. A replica's would stand by for
// reads, which the lab leaves to its source.
func paired(r cloud.Resource) bool { return r.Bool("multiAz") && r.Str("replicateSourceDb") == "" }

// halves are the units of a pair: the one that takes writes, and its standby.
func halves(r cloud.Resource, p ledger.Pair) (writes, follows string) {
	first, second := name(r), name(r)+"-2"
	if p.Second {
		return second, first
	}
	return first, second
}

// writer is the unit that takes an instance's writes.
func writer(r cloud.Resource, pairs map[string]ledger.Pair) string {
	if !paired(r) {
		return name(r)
	}
	writes, _ := halves(r, pairs[key(r)])
	return writes
}

// servers are those of an instance: one, or the halves of a pair.
func servers(at site.Site, r cloud.Resource, s Server, p ledger.Pair) ([]Server, error) {
	s.Archive = filepath.Join(dir(at, r), "archive")
	if !paired(r) {
		return []Server{s}, nil
	}
	address, err := at.Address(key(r)+"/standby", Port)
	if err != nil {
		return nil, err
	}
	slot := Slot(r.Str("identifier") + "-standby")
	primary, standby := s, s
	primary.Name, standby.Name = halves(r, p)
	half := filepath.Join(s.Dir, "second")
	if primary.Dir, standby.Dir = s.Dir, half; p.Second {
		primary.Dir, standby.Dir = half, s.Dir
	}
	primary.Takes = p.Epoch > 0
	primary.Replicas = append(append([]string{}, s.Replicas...), slot)
	primary.waits(p, slot)
	standby.Role, standby.Address, standby.Hosts, standby.Replicas = "standby of "+r.Str("identifier"), address, nil, nil
	standby.Mark = mark(p)
	standby.Source = &Source{Unit: primary.Name, Address: s.Address, Slot: slot}
	return []Server{primary, standby}, nil
}

// waits tells a server that takes writes what of its standby is to be seen, and whether
// commits wait for it.
func (s *Server) waits(p ledger.Pair, standby string) {
	if p.Follows {
		s.Follower = standby
	}
	if p.Sync {
		s.Sync = standby
	}
}

// mark is the file by which a copy knows that it was made: after each change of places
// copies are made anew, for one may have got what the new primary never had.
func mark(p ledger.Pair) string { return fmt.Sprintf("begun-%d", p.Epoch) }

// takeOver makes a standby one that replays what it has and then takes writes, on a
// timeline of its own. It does nothing to one that has done so.
const takeOver = `cd "$1" && if [ -e standby.signal ]; then mv standby.signal recovery.signal; fi`

// prepare is what comes before a server's start.
func (s Server) prepare(bin, data string) unit.Command {
	if s.Takes { // whose data must be there: nothing is made anew in its place
		return unit.Command{Program: []string{"/bin/sh", "-c", takeOver, "sh", data}}
	}
	return s.begin(bin, data)
}

// halfParameters are what a half of a pair is told.
func (s Server) halfParameters() (all [][2]string) {
	if s.Takes { // nobody reads from it before it takes writes
		all = append(all, [2]string{"restore_command", "/bin/false"}, [2]string{"hot_standby", "off"})
	}
	if s.Sync != "" {
		all = append(all, [2]string{"synchronous_standby_names", s.Sync})
	}
	return all
}

// proof waits until the standby has caught up and, where commits are to wait for it, until
// they do: the last second is for the checkpointer, by which all sessions learn of it.
func (s Server) proof() string {
	switch {
	case s.Sync != "":
		return seen(s.Sync, " AND sync_state = 'sync'", "PERFORM pg_sleep(1); ")
	case s.Follower != "":
		return seen(s.Follower, "", "")
	}
	return ""
}

// seen waits until a standby streams, and is so.
func seen(standby, so, then string) string {
	return `DO $$ BEGIN
FOR n IN 1..300 LOOP
  PERFORM pg_stat_clear_snapshot();
  IF EXISTS (SELECT FROM pg_stat_replication WHERE application_name = ` + literal(standby) + `
      AND state = 'streaming'` + so + `) THEN
    ` + then + `RETURN;
  END IF;
  PERFORM pg_sleep(0.1);
END LOOP;
RAISE EXCEPTION 'the standby does not follow';
END $$;
`
}

// Member is a server of an instance, as a part of a database.
type Member struct {
	Unit string
	// Role is "primary", "standby" or "replica".
	Role         string
	Zone, Region string
}

// Members are the servers of a cloud's instances.
func Members(c cloud.Cloud, pairs map[string]ledger.Pair) (all []Member) {
	for _, r := range c.All(token.RDSInstance) {
		m := Member{Unit: writer(r, pairs), Role: "primary", Zone: r.Str("availabilityZone"), Region: r.Region}
		if r.Str("replicateSourceDb") != "" {
			m.Role = "replica"
		}
		all = append(all, m)
		if paired(r) {
			_, follows := halves(r, pairs[key(r)])
			all = append(all, Member{Unit: follows, Role: "standby", Region: r.Region})
		}
	}
	return all
}
