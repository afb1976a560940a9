package offline

import (
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// DelegatedEnv names the environment variable with domains that count as
// delegated, separated by commas; "*" stands for all. They are marked in the
// state file when a provider starts.
const DelegatedEnv = "RUNG_OFFLINE_DELEGATED"

// Delegate marks domains in a state file as delegated: as if somebody had entered
// the name servers of their zones at the registrar. Until then no certificate for
// a name in such a zone is issued.
func Delegate(stateFile string, domains ...string) error {
	return storeOf(stateFile).Change(func(c *sim.Cloud) error {
		for _, d := range domains {
			c.Delegate(d)
		}
		return nil
	})
}

// Delegated reports whether a domain is marked as delegated in a state file.
func Delegated(stateFile, domain string) (marked bool, err error) {
	err = storeOf(stateFile).View(func(c *sim.Cloud) error {
		marked = c.IsDelegated(domain)
		return nil
	})
	return marked, err
}

// markDelegated marks what the environment says.
func markDelegated(stateFile, domains string) error {
	if domains == "" {
		return nil
	}
	return Delegate(stateFile, strings.Split(domains, ",")...)
}
