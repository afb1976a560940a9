// Package breaks breaks what runs in the lab, on purpose, and says what that
// cost: how long until it was noticed, how long until all was whole again, which
// requests failed meanwhile and whether a write was lost that had been
// acknowledged.
//
// What is broken is decided here from a list of what runs; how it is done is the
// lab's (Hand). Each failure is one at a time, with the load running, and is
// healed before the next where it does not heal by itself.
package breaks

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What is broken.
type What string

// The targets.
const (
	Machine  What = "machine"  // one of those that serve requests
	Zone     What = "zone"     // all units of one zone
	Primary  What = "primary"  // the database that takes writes
	Replica  What = "replica"  // one that answers reads
	Cache    What = "cache"    // the cache's primary
	Consumer What = "consumer" // one of those that work on jobs
	Region   What = "region"   // all units of one region
)

// Targets lists what can be broken.
func Targets() []What { return []What{Machine, Zone, Primary, Replica, Cache, Consumer, Region} }

// How it is broken.
type How string

// The ways.
const (
	Kill     How = "kill"     // it ends at once, as by a power cut
	Pause    How = "pause"    // it stands still and holds its connections
	Slow     How = "slow"     // each answer takes a second more
	CutOff   How = "cut"      // its network leads nowhere
	FillDisk How = "filldisk" // its disk takes no more
	Notice   How = "notice"   // its capacity is taken back: it is told two minutes before, as a spot machine is
)

// Hows lists the ways.
func Hows() []How { return []How{Kill, Pause, Slow, CutOff, FillDisk, Notice} }

// Break is one failure.
type Break struct {
	What What `json:"what"`
	How  How  `json:"how"`
	// Name says which of several, a zone's or region's or unit's name; empty lets
	// Choose choose.
	Name string `json:"name,omitempty"`
}

// String is the failure in words: "kill the primary".
func (b Break) String() string {
	verb := map[How]string{Kill: "kill", Pause: "pause", Slow: "slow down", CutOff: "cut off",
		FillDisk: "fill the disk of", Notice: "take back the capacity of"}[b.How]
	object := map[What]string{Machine: "a machine", Zone: "a zone", Primary: "the primary", Replica: "a replica",
		Cache:    "the cache",
		Consumer: "a queue consumer", Region: "a region"}[b.What]
	if b.Name != "" {
		object = string(b.What) + " " + b.Name
	}
	return verb + " " + object
}

// Parse reads a failure: a target, with a name after "=" where one is meant, and
// a way; an empty way is Kill. It says what is allowed.
func Parse(what, how string) (Break, error) {
	target, name, _ := strings.Cut(what, "=")
	b := Break{What: What(target), How: How(how), Name: name}
	if how == "" {
		b.How = Kill
	}
	var errs []error
	known := slices.Contains(Targets(), b.What)
	if !known {
		errs = append(errs, fmt.Errorf("unknown target %q, want one of %s, with =NAME for a certain one", target,
			list(Targets())))
	}
	if !slices.Contains(Hows(), b.How) {
		errs = append(errs, fmt.Errorf("unknown way %q, want one of %s", how, list(Hows())))
	}
	if known && b.How == Notice && b.What != Machine && b.What != Consumer {
		errs = append(errs, fmt.Errorf("the way %s is for a %s or a %s, whose group has spot machines, and not for a %s",
			Notice, Machine, Consumer, b.What))
	}
	return b, errors.Join(errs...)
}

func list[T ~string](all []T) string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return strings.Join(texts, ", ")
}

// Role is what a unit does.
type Role string

// The roles of units that can be broken.
const (
	RoleWeb      Role = "web"
	RoleWorker   Role = "worker"
	RolePrimary  Role = "primary"
	RoleReplica  Role = "replica"
	RoleCache    Role = "cache"
	RoleCacheTwo Role = "cache replica"
	RoleStandby  Role = "standby"
	RoleOther    Role = "other" // balancers, proxies: they go with their zone or region
)

// Unit is something that runs.
type Unit struct {
	// Name is the lab's, by which Hand knows it.
	Name string
	Role Role
	// Zone and Region are where it is; empty where the plan has none.
	Zone, Region string
	// Serves says that the parts around it think it well: a balancer sends it
	// requests, a replica is read from, a primary is written to.
	Serves bool
}

// targets are the roles that a target is one of; nil is all.
var roles = map[What][]Role{Machine: {RoleWeb}, Primary: {RolePrimary}, Replica: {RoleReplica}, Cache: {RoleCache},
	Consumer: {RoleWorker}}

// Choose is the units that a failure meets, in the order of their names. It
// fails where there is none, and where all that serve would go, which no system
// survives: a zone or a region that is the only one.
func Choose(units []Unit, b Break) ([]Unit, error) {
	units = slices.Clone(units)
	if b.How == FillDisk { // a balancer, a gateway or the CDN has no disk of yours that could be full
		units = slices.DeleteFunc(units, func(u Unit) bool { return u.Role == RoleOther })
	}
	slices.SortFunc(units, func(x, y Unit) int { return strings.Compare(x.Name, y.Name) })
	switch b.What {
	case Zone:
		return whole(units, b, func(u Unit) string { return u.Zone }, last)
	case Region:
		return whole(units, b, func(u Unit) string { return u.Region }, lastWithoutPrimary)
	}
	for _, u := range units {
		if slices.Contains(roles[b.What], u.Role) && (b.Name == "" && u.Serves || b.Name == u.Name) {
			return []Unit{u}, nil
		}
	}
	if b.Name != "" {
		return nil, fmt.Errorf("%s: there is no %s of that name: want one of %s", b, b.What, names(units, b.What))
	}
	return nil, fmt.Errorf("%s: the stack has none that serves", b)
}

// whole is all that is in one place; choose chooses where none is named.
func whole(units []Unit, b Break, place func(Unit) string,
	choose func(places []string, in map[string][]Unit) string) ([]Unit, error) {
	in := map[string][]Unit{}
	var places []string
	for _, u := range units {
		at := place(u)
		if at == "" {
			continue
		}
		if in[at] == nil {
			places = append(places, at)
		}
		in[at] = append(in[at], u)
	}
	slices.Sort(places)
	switch {
	case len(places) < 2:
		return nil, fmt.Errorf("%s: the stack has only one %s, without which nothing is left", b, b.What)
	case b.Name == "":
		return in[choose(places, in)], nil
	case in[b.Name] == nil:
		return nil, fmt.Errorf("%s: there is no such %s, want one of %s", b, b.What, strings.Join(places, ", "))
	}
	return in[b.Name], nil
}

// last is the last of some places by name.
func last(places []string, _ map[string][]Unit) string { return places[len(places)-1] }

// lastWithoutPrimary is the last of some places in which no primary is, or the last of all:
// a zone with the primary has a standby elsewhere, and the region at home is led to another
// by a person alone (`rung failover`).
func lastWithoutPrimary(places []string, in map[string][]Unit) string {
	for _, place := range slices.Backward(places) {
		if !slices.ContainsFunc(in[place], func(u Unit) bool { return u.Role == RolePrimary }) {
			return place
		}
	}
	return last(places, in)
}

func names(units []Unit, what What) string {
	var all []string
	for _, u := range units {
		if slices.Contains(roles[what], u.Role) {
			all = append(all, u.Name)
		}
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
