// Package plan decides what a lab runs, from the resources of the offline cloud and
// from how the machines of its groups are. It touches nothing.
package plan

import (
	"fmt"
	"time"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab/cloud"
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
	// Secret is a password of the lab's own, by name, the same each time.
	Secret func(name string) string
	// Machines are those of groups, Well the units that run and answer.
	Machines map[string]ledger.Machine
	Well     map[string]bool
	Now      time.Time
}

// Output is what is wanted.
type Output struct {
	unit.Part
	// Machines are those of groups from now on.
	Machines map[string]ledger.Machine
	// Under says that machines are being replaced or awaited.
	Under bool
	// Doors are where people come in.
	Doors []state.Door
}

// Decide decides what runs.
func Decide(in Input) (Output, error) {
	out := Output{Machines: map[string]ledger.Machine{}}
	hosts, err := machines.Hosts(in.Cloud, in.Site)
	if err != nil {
		return out, err
	}
	out.Hosts = append(out.Hosts, hosts...)
	around := machines.Surroundings{Hosts: unit.Translator(out.Hosts)}
	servers, err := machines.Servers(in.Cloud, in.Site, around, in.Secret)
	if err != nil {
		return out, err
	}
	out.Add(servers)
	out.Notes = append(out.Notes, notes(in.Cloud)...)
	out.Doors = doors(in.Cloud, out.Units)
	return out, nil
}

// doors are the addresses that people use.
func doors(c cloud.Cloud, units []unit.Unit) (all []state.Door) {
	for _, instance := range c.All(token.EC2Instance) {
		for _, u := range units {
			if u.Name == instance.ID+"/app" {
				all = append(all, state.Door{Name: instance.Name, URL: fmt.Sprintf("http://%s:%d", u.Address, contract.Port)})
			}
		}
	}
	return all
}
