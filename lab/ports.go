package lab

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rung-dev/rung/lab/address"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/redis"
	"github.com/rung-dev/rung/lab/services"
	"github.com/rung-dev/rung/lab/site"
)

// listening is a port on which a lab listens from a stage on, and what does.
type listening struct {
	port, from int
	what       string
}

// listens are the ports of a lab, beside those of its app.
func listens(app []int) []listening {
	all := []listening{
		{postgres.Port, 1, "PostgreSQL"}, {redis.Port, 1, "Redis"}, {80, 2, "the CDN and load balancers"},
		{443, 2, "the CDN and load balancers"}, {services.Port, 3, "AWS's API"}, {services.OriginPort, 3, "AWS's API"},
	}
	for _, port := range app {
		all = append(all, listening{port, 1, "the app"})
	}
	return all
}

// samples are addresses of those that labs choose from. Who listens on the same port of all of
// them listens on every address of the machine.
var samples = []string{"127.16.0.7", "127.77.77.77", "127.203.9.41"}

// checkPorts fails where somebody listens on a port that a stage needs at every address: the
// lab could then have none of its own. Ports of some addresses are no matter, others are chosen.
func checkPorts(stage int, all []listening) error {
	at := site.Site{Privileged: address.Privileged()}
	var taken, filters []string
	for _, l := range all {
		port := at.Public(l.port)
		if stage >= l.from && takenEverywhere(port) {
			taken = append(taken, fmt.Sprintf("%d (%s)", port, l.what))
			filters = append(filters, fmt.Sprintf("sport = :%d", port))
		}
	}
	if len(taken) == 0 {
		return nil
	}
	return fmt.Errorf("%w: other programs listen on these ports at all addresses of this machine, and the lab's "+
		"servers need them at addresses of their own: %s; end them, or let them listen on 127.0.0.1 alone. "+
		"`sudo ss -ltnp '%s'` names them (Debian starts nginx by itself: sudo systemctl disable --now nginx)", ErrSetup,
		strings.Join(taken, ", "), strings.Join(filters, " or "))
}

func takenEverywhere(port int) bool {
	for _, a := range samples {
		if err := address.Listenable(a, port); !errors.Is(err, address.ErrTaken) {
			return false
		}
	}
	return true
}
