package postgres

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// Weight is how much a finding matters.
type Weight string

const (
	// Stops is what must be mended before the move.
	Stops Weight = "stops"
	// Warns is what must be known.
	Warns Weight = "warns"
)

// Finding is something that stands in the way, or must be known.
type Finding struct {
	// Name is the finding for [Options.Accept], such as "unlogged".
	Name   string `json:"name"`
	Weight Weight `json:"weight"`
	// Found is what there is, and Do what to do.
	Found string `json:"found"`
	Do    string `json:"do"`
}

// Options are what the user decides of a move.
type Options struct {
	// WayBack keeps a stream back after the switch.
	WayBack bool
	// Accept are the names of findings that may be: what they name stays behind.
	Accept []string
	// Margin is how far a sequence is set ahead on the new side.
	Margin int64
	// CopyBytesPerSecond is the measured rate of a copy, for the room of the log;
	// zero means [CopyRate].
	CopyBytesPerSecond int64
	// FromFree and ToFree are the free bytes of the disks where the servers do not
	// say; zero means that nobody knows.
	FromFree, ToFree int64
}

// acceptable are the findings that [Options.Accept] may name: the data that they
// speak of stays behind, or is somebody else's care.
var acceptable = []string{"large-objects", "unlogged", "foreign-tables", "disk-unknown", "collation",
	"long-transaction", NotEmpty}

// NotEmpty is the finding that the new database has the old one's tables already, as
// an application makes them where it starts. Who accepts it lets them go, with what is
// in them.
const NotEmpty = "not-empty"

// Acceptable lists what may be accepted.
func Acceptable() []string { return slices.Clone(acceptable) }

const (
	// LongTransaction is how long a transaction may be open before it is named: the
	// slot of the copy waits for all that were begun before it.
	LongTransaction = time.Minute
	// Oldest is the oldest server that a move starts from: since PostgreSQL 13
	// partitions are published like any table.
	Oldest = 130000
	// CopyRate is the rate of a copy, in bytes a second, before one was measured: that
	// of 2 GB on two busy cores with both servers on them (docs/handover.md).
	CopyRate = 10 << 20
	// nearEnd is the part of a sequence that may be used up.
	nearEnd = 0.9
	// spare is the free part of a disk that a move leaves alone.
	spare = 1.2
)

// Judge says what stands in the way of a move, everything at once, the gravest
// first. It is pure.
func Judge(from, to Survey, o Options) []Finding {
	j := &judge{from: from, to: to, o: o}
	for _, look := range []func(){j.servers, j.texts, j.slots, j.extensions, j.scope, j.keys, j.leftBehind, j.sequences,
		j.target, j.busy, j.room, j.rights} {
		look()
	}
	slices.SortStableFunc(j.list, func(a, b Finding) int { return strings.Compare(string(a.Weight), string(b.Weight)) })
	return j.list
}

// Stopped says whether one of the findings stops the move.
func Stopped(all []Finding) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Weight == Stops })
}

type judge struct {
	from, to Survey
	o        Options
	list     []Finding
}

func (j *judge) add(w Weight, name, found, do string) {
	if w == Stops && slices.Contains(acceptable, name) {
		if slices.Contains(j.o.Accept, name) {
			w = Warns
		}
		do += "; or go on without it: --accept " + name
	}
	j.list = append(j.list, Finding{Name: name, Weight: w, Found: found, Do: do})
}

func (j *judge) servers() {
	if j.from.Version < Oldest {
		j.add(Stops, "version", fmt.Sprintf("the old server is PostgreSQL %d", j.from.Version/10000),
			"upgrade it to 13 or newer first, or move by pg_dump with the site closed")
	}
	if j.to.Version/10000 < j.from.Version/10000 {
		j.add(Stops, "version", fmt.Sprintf("the new server is PostgreSQL %d and the old one %d", j.to.Version/10000,
			j.from.Version/10000), "take a new server of the same version or a newer one")
	}
	const restart = "ALTER SYSTEM SET wal_level = 'logical', then start the server again (systemctl restart " +
		"postgresql): requests fail for some seconds"
	if level := j.from.Settings["wal_level"]; level != "logical" {
		j.add(Stops, "wal-level", "the old server writes wal_level = "+level, restart)
	}
	if level := j.to.Settings["wal_level"]; level != "logical" && j.o.WayBack {
		j.add(Stops, "wal-level-back", "the new server writes wal_level = "+level+", so there is no stream for the way back",
			restart+" (on RDS: rds.logical_replication = 1 and a reboot), or do without a way back: --no-way-back")
	}
}

func (j *judge) texts() {
	if j.from.Encoding != j.to.Encoding {
		j.add(Stops, "encoding", fmt.Sprintf("the old database is %s and the new one %s", j.from.Encoding, j.to.Encoding),
			fmt.Sprintf("make the new database again: CREATE DATABASE … ENCODING '%s' TEMPLATE template0", j.from.Encoding))
	}
	if j.from.Collate != j.to.Collate || j.from.CType != j.to.CType {
		j.add(Stops, "collation", fmt.Sprintf("texts are sorted by %s/%s in the old database and by %s/%s in the new one",
			j.from.Collate, j.from.CType, j.to.Collate, j.to.CType),
			fmt.Sprintf("make the new database again: CREATE DATABASE … LC_COLLATE '%s' LC_CTYPE '%s' TEMPLATE template0",
				j.from.Collate, j.from.CType))
	}
}

// slots asks each side for room for a stream and the copies of tables beside it.
func (j *judge) slots() {
	workers := max(j.to.number("max_sync_workers_per_subscription"), 1)
	side := func(name string, v Survey, want int) {
		if free := v.number("max_replication_slots") - v.SlotsUsed; free < want {
			j.add(Stops, "slots-"+name, fmt.Sprintf("the server on the side %q has %d replication slots free, wants %d", name,
				free, want), fmt.Sprintf("set max_replication_slots to %d and start the server again", v.SlotsUsed+want))
		}
		if free := v.number("max_wal_senders") - v.SendersUsed; free < want {
			j.add(Stops, "senders-"+name, fmt.Sprintf("the server on the side %q has %d WAL senders free, wants %d", name, free,
				want), fmt.Sprintf("set max_wal_senders to %d and start the server again", v.SendersUsed+want))
		}
		if v.Settings["max_slot_wal_keep_size"] == "-1" {
			j.add(Warns, "slot-limit-"+name, fmt.Sprintf("on the side %q nothing bounds the log that a slot keeps: a forgotten "+
				"move fills its disk", name), "ALTER SYSTEM SET max_slot_wal_keep_size = '"+limitOf(v)+"', SELECT pg_reload_conf()")
		}
	}
	side("from", j.from, workers+1)
	if j.o.WayBack {
		side("to", j.to, 1)
	}
	if j.to.number("max_logical_replication_workers") < workers+1 {
		j.add(Stops, "workers", "the new server runs too few workers of logical replication",
			fmt.Sprintf("set max_logical_replication_workers to %d, max_worker_processes to %d, and start it again", workers+1,
				workers+5))
	}
}

// limitOf is a bound for the log of a slot: half of the free disk, at least a GB.
func limitOf(v Survey) string {
	return fmt.Sprintf("%dGB", max(1, v.FreeBytes/2>>30))
}

func sized(n int64) string { return humanize.IBytes(uint64(max(n, 0))) }
