package machines

import (
	"errors"
	"slices"
	"strings"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
)

// UnitOf is the name of a machine's program among units.
func UnitOf(m ledger.Machine) string { return m.ID + "/app" }

// Machines are the programs of a group's machines. stores are the units that machines
// may use: one starts after those whose address its environment has.
func Machines(all []ledger.Machine, at site.Site, around Surroundings, stores []unit.Unit) (unit.Part, error) {
	var part unit.Part
	for _, m := range all {
		address, err := at.Address(m.ID, contract.Port, contract.InternalPort)
		if err != nil {
			return part, err
		}
		u, err := machine(m, address, at, around, stores)
		if err != nil {
			part.Notes = append(part.Notes, unit.Note{About: m.Group, Text: err.Error(), Missing: true})
			continue
		}
		part.Units = append(part.Units, u)
		part.Keep = append(part.Keep, unit.Kept{Dir: at.Data(m.ID)})
	}
	return part, nil
}

func machine(m ledger.Machine, address string, at site.Site, around Surroundings, stores []unit.Unit) (unit.Unit,
	error) {
	boot := ReadBoot(m.Boot)
	service, ok := boot.program()
	if !ok {
		return unit.Unit{}, errors.New("its image starts the program, and the lab has no image")
	}
	sum, err := boot.artifact()
	if err != nil {
		return unit.Unit{}, err
	}
	var env []string
	for _, file := range service.files {
		env = append(env, readEnvironment(boot[file])...)
	}
	secrets, err := readSealed(boot[secretsFile])
	if err != nil {
		return unit.Unit{}, err
	}
	for _, v := range around.Vault.environment(secrets, at.CA()) {
		name, value, _ := strings.Cut(v, "=")
		env = replace(env, name, value)
	}
	p := program{name: UnitOf(m), what: "machine of " + m.Group + " (" + string(m.State) + ")", address: address,
		sha256: sum, service: service, environment: trusting(env, at), dir: at.Data(m.ID),
		health: unit.Health{Kind: unit.HTTP, Port: contract.Port, Path: contract.HealthPath}}
	u := p.unit(at, around)
	u.After = uses(u.Environment, stores)
	return u, nil
}

// uses are the units whose addresses stand in an environment.
func uses(env []string, stores []unit.Unit) (names []string) {
	for _, s := range stores {
		if slices.ContainsFunc(env, func(v string) bool { return mentions(v, s.Address) }) {
			names = append(names, s.Name)
		}
	}
	return names
}

// mentions reports whether a text has an address, whole.
func mentions(text, address string) bool {
	for {
		i := strings.Index(text, address)
		if i < 0 || address == "" {
			return false
		}
		text = text[i+len(address):]
		if text == "" || text[0] < '0' || text[0] > '9' {
			return true
		}
	}
}
