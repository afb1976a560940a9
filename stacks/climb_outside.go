package stacks

import (
	"fmt"

	"github.com/rung-dev/rung/stacks/config"
)

// ownStores are the groups of the databases that services have to themselves.
func ownStores(cfg config.Config) (groups [][]string) {
	for _, service := range withServices(cfg, cfg.OwnDatabases()...) {
		name := config.DatabaseOf(service)
		groups = append(groups, []string{name + "/cpu-high", slowAtBalancer}, []string{name + "/storage-low"})
	}
	return groups
}

// outageSignal is what one region costs: the month's errors are used up by what
// no release of the app has caused.
func outageSignal(cfg config.Config) signal {
	return signal{
		name: "outage",
		near: "The month's budget of errors burns, and not because the app answers with errors: the load balancer finds nothing that could answer.",
		next: "If that was the region and no change of yours: " + climbTo(cfg, "goes on in another region"),
		any:  [][]string{{"slo/errors-ticket", "loadbalancer/balancer-errors"}},
	}
}

// farSignal is that users are elsewhere. How long they wait for it no metric of
// AWS tells by country; where they are, the firewall counts.
func farSignal(cfg config.Config) signal {
	return signal{
		name: "far", firewall: true,
		near: fmt.Sprintf("Over a day, %d %% of the requests or more came from countries far from %s: every answer that is not cached crosses an ocean.", farPercent, cfg.Home()),
		next: climbTo(cfg, "has the whole system in several regions, and reads the nearest copy of the data"),
	}
}
