// Package plan decides what a lab runs, from the resources of the offline cloud and
// from how the machines of its groups are. It touches nothing.
package plan

import (
	"maps"
	"slices"
	"time"

	"github.com/rung-dev/rung/lab/balancer"
	"github.com/rung-dev/rung/lab/cdn"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/distance"
	"github.com/rung-dev/rung/lab/domain"
	"github.com/rung-dev/rung/lab/gateway"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// Input is what is known.
type Input struct {
	Cloud cloud.Cloud
	Site  site.Site
	// Executable is rung's, which serves AWS's API.
	Executable string
	// Secret is a password of the lab's own, by name, the same each time.
	Secret func(name string) string
	// Kept are the secrets of the app that its user has set, by name.
	Kept map[string]string
	// Machines are those of groups, Desired the sizes that policies have chosen, Well the
	// units that run and answer, Answering their addresses.
	Machines map[string]ledger.Machine
	Desired  map[string]int
	// Ringing are the alarms that ring, with what they say; Refused is what groups launch no
	// more because of one, by the group.
	Ringing   map[string]string
	Refused   map[string]ledger.Refusal
	Well      map[string]bool
	Answering map[string]bool
	// Settled are the units that are as they were wanted last, Lost those that ended by
	// themselves or have not answered for long. Pairs are who takes writes of several.
	Settled, Lost map[string]bool
	Pairs         map[string]ledger.Pair
	Now           time.Time
}

// Output is what is wanted.
type Output struct {
	unit.Part
	// Machines are those of groups from now on.
	Machines map[string]ledger.Machine
	// Pairs are the databases with a standby from now on, Fence the units that must have
	// ended before anything of this is done.
	Pairs map[string]ledger.Pair
	Fence []string
	// Refused is what groups launch no more from now on, Returned a sentence for each.
	Refused  map[string]ledger.Refusal
	Returned []string
	// Under says that machines are being replaced or awaited.
	Under bool
	// Doors are where people come in.
	Doors []state.Door
}

// Decide decides what runs.
func Decide(in Input) (Output, error) {
	d := decision{Input: in, out: Output{Machines: map[string]ledger.Machine{}, Refused: map[string]ledger.Refusal{}}}
	for _, step := range []func() error{d.names, d.stores, d.servers, d.groups, d.ways, d.distances} {
		if err := step(); err != nil {
			return d.out, err
		}
	}
	d.out.Notes = append(d.out.Notes, notes(in.Cloud)...)
	d.out.Doors = d.doors()
	return d.out, nil
}

// decision is an output on its way.
type decision struct {
	Input
	out     Output
	around  machines.Surroundings
	targets map[string][]balancer.Target
	sites   []domain.Way
}

// servers are the single ones.
func (d *decision) servers() error {
	part, err := machines.Servers(d.Cloud, d.Site, d.around, d.Secret)
	d.out.Add(part)
	return err
}

// groups are the machines of groups: what becomes of them, and what they run.
func (d *decision) groups() error {
	stores := slices.Clone(d.out.Units)
	d.targets = map[string][]balancer.Target{}
	for _, g := range machines.Groups(d.Cloud, d.Desired) {
		var now []ledger.Machine
		for _, id := range slices.Sorted(maps.Keys(d.Machines)) {
			if d.Machines[id].Group == g.Name {
				now = append(now, d.Machines[id])
			}
		}
		g = d.gated(g, now)
		next, under := machines.Step(g, now, func(m ledger.Machine) bool { return d.Well[machines.UnitOf(m)] }, d.Now)
		d.out.Under = d.out.Under || under
		if g.Trouble != "" {
			d.out.Notes = append(d.out.Notes, unit.Note{About: g.Name, Text: g.Trouble, Missing: true})
		}
		around := d.around
		around.Hosts = unit.Translator(unit.Near(d.out.Hosts, g.Region))
		part, err := g.Machines(next, d.Site, around, stores)
		if err != nil {
			return err
		}
		d.out.Add(part.In(g.Region))
		if err := d.join(g, next); err != nil {
			return err
		}
	}
	return nil
}

// gated is a group with what its alarms make of it.
func (d *decision) gated(g machines.Group, now []ledger.Machine) machines.Group {
	gated, refused, why := g.Gated(now, d.Ringing, d.Refused[g.Name])
	if why != "" {
		d.out.Refused[g.Name] = refused
		d.out.Returned = append(d.out.Returned, g.Name+": "+why)
	}
	return gated
}

// join lets machines that serve, or still do, join the groups of balancers.
func (d *decision) join(g machines.Group, all []ledger.Machine) error {
	for _, m := range all {
		d.out.Machines[m.ID] = m
		if m.State == ledger.Pending {
			continue
		}
		address, err := machines.AddressOf(m, d.Site)
		if err != nil {
			return err
		}
		for _, arn := range g.TargetGroups {
			d.targets[arn] = append(d.targets[arn],
				balancer.Target{ID: m.ID, Address: address, Draining: m.State == ledger.Draining})
		}
	}
	return nil
}

// ways are how people come in: balancers and what stands before them.
func (d *decision) ways() error {
	for _, a := range d.Cloud.All(token.LBTargetGroupAttachment) {
		if _, ok := d.Cloud.ByID(token.EC2Instance, a.Str("targetId")); !ok {
			continue
		}
		address, err := d.Site.Address(a.Str("targetId"))
		if err != nil {
			return err
		}
		d.targets[a.Str("targetGroupArn")] = append(d.targets[a.Str("targetGroupArn")],
			balancer.Target{ID: a.Str("targetId"), Address: address, Port: a.Int("port")})
	}
	balancers, err := balancer.Balancers(d.Cloud, d.Site, d.targets)
	if err != nil {
		return err
	}
	d.out.Add(balancers)
	apis, err := gateway.APIs(d.Cloud, d.Site, unit.Translator(d.out.Hosts))
	if err != nil {
		return err
	}
	d.out.Add(apis)
	edges, err := cdn.Distributions(d.Cloud, d.Site, d.Executable, unit.Translator(d.out.Hosts))
	if err != nil {
		return err
	}
	d.out.Add(edges)
	// No machine waits for what it is told of its own site's address.
	relays, err := domain.Relays(d.sites, d.Site, d.Executable)
	d.out.Add(relays)
	return err
}

// distances are the ways between regions.
func (d *decision) distances() error {
	units, relays, err := distance.Between(d.out.Units, d.Site, d.Executable)
	d.out.Units = units
	d.out.Add(relays)
	inTurn(d.out.Units)
	return err
}
