package machines

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
	"github.com/rung-dev/rung/resource/token"
)

// AddressOf is the address of a group's machine, at which its program can listen.
func AddressOf(m ledger.Machine, at site.Site) (string, error) {
	return at.Address(m.ID, ports(portIn(ReadBoot(m.Boot).told()))...)
}

// ports are what a machine's program listens on.
func ports(serves int) []int { return []int{serves, contract.InternalPort} }

// portIn is the port at which a program is told to serve; rung's own app's without one.
func portIn(env []string) int {
	listen := variable(env, contract.EnvListen)
	port, err := strconv.Atoi(listen[strings.LastIndexByte(listen, ':')+1:])
	if err != nil {
		return contract.Port
	}
	return port
}

// readHealth reads the path that the balancers' group of the machines asks for.
func (g *Group) readHealth(c cloud.Cloud) {
	for _, arn := range g.TargetGroups {
		if target, ok := c.First(token.LBTargetGroup, "arn", arn); ok {
			g.HealthPath = cmp.Or(g.HealthPath, target.Str("healthCheck.path"))
		}
	}
}

// asked is how a machine is asked whether it is well: as its balancer asks it. Behind
// none, rung's own app answers all the same; a worker of somebody's own serves nothing,
// and is well while it runs.
func (g Group) asked(env []string, port int) unit.Health {
	path := g.HealthPath
	if path == "" && variable(env, contract.EnvRole) != "" {
		path = contract.HealthPath
	}
	if path == "" {
		return unit.Health{}
	}
	return unit.Health{Kind: unit.HTTP, Port: port, Path: path}
}

// served is where a single server's program serves, and the path that it is asked for:
// what the server was set up with.
func (b Boot) served() (port int, path string) {
	settings := readEnvironment(b[serverFile])
	port, err := strconv.Atoi(variable(settings, "RUNG_PORT"))
	if err != nil {
		port = contract.Port
	}
	return port, cmp.Or(variable(settings, "RUNG_HEALTH"), contract.HealthPath)
}
