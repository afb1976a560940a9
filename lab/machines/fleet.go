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
func (g Group) Machines(all []ledger.Machine, at site.Site, around Surroundings, stores []unit.Unit) (unit.Part,
	error) {
	var part unit.Part
	for _, m := range all {
		address, err := AddressOf(m, at)
		if err != nil {
			return part, err
		}
		u, err := g.machine(m, address, at, around, stores)
		if err != nil {
			part.Notes = append(part.Notes, unit.Note{About: m.Group, Text: err.Error(), Missing: true})
			continue
		}
		part.Units = append(part.Units, u)
		part.Keep = append(part.Keep, unit.Kept{Dir: at.Data(m.ID)})
	}
	return part, nil
}

// processors is how many of this machine's one of a group's may use: so two carry twice as
// much as one, where there are two.
const processors = 1

func (g Group) machine(m ledger.Machine, address string, at site.Site, around Surroundings,
	stores []unit.Unit) (unit.Unit, error) {
	boot := ReadBoot(m.Boot)
	service, ok := boot.program()
	if !ok {
		return unit.Unit{}, errors.New("its image starts the program, and the lab has no image")
	}
	sum, err := boot.artifact()
	if err != nil {
		return unit.Unit{}, err
	}
	env := boot.told()
	secrets, err := readSealed(boot[secretsFile])
	if err != nil {
		return unit.Unit{}, err
	}
	for _, v := range around.Vault.environment(secrets, at.CA()) {
		name, value, _ := strings.Cut(v, "=")
		env = replace(env, name, value)
	}
	env, own := searching(env, around.Engines)
	if own {
		service = filled(service)
	}
	p := program{name: UnitOf(m), what: "machine of " + m.Group + " (" + string(m.State) + ")", address: address,
		sha256: sum, service: service, environment: trusting(env, at), dir: at.Data(m.ID), port: portIn(env),
		share: processors}
	p.health = g.asked(env, p.port)
	u := p.unit(at, around)
	u.After = uses(u.Environment, stores)
	return u, nil
}

// searching is the environment of a program with a search engine, led to the database
// that stands in for it.
func searching(env []string, engines map[string]string) (_ []string, has bool) {
	host := strings.TrimPrefix(variable(env, contract.EnvEngineURL), "https://")
	url, has := engines[host]
	if !has || host == "" {
		return env, false
	}
	for _, name := range []string{contract.EnvEngineURL, contract.EnvEngineSecret} {
		env = slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, name+"=") })
	}
	return replace(env, contract.EnvDatabaseURL, url), true
}

// filled makes the tables of the database that stands in for a search engine before its
// service starts; other services bring their own up to date by themselves.
func filled(s service) service {
	if len(s.setup) == 0 && len(s.start) > 0 {
		s.setup = []string{s.start[0], string(contract.RoleMigrate)}
	}
	return s
}

// uses are the units whose addresses stand in an environment.
func uses(env []string, stores []unit.Unit) (names []string) {
	for _, s := range stores {
		for _, address := range append([]string{s.Address}, s.Also...) {
			if slices.ContainsFunc(env, func(v string) bool { return mentions(v, address) }) {
				names = append(names, s.Name)
				break
			}
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
