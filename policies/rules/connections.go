package rules

import (
	"fmt"

	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/resource/token"
)

// The app's pool: contract.EnvDatabasePool, "cores*2+1 within 5 and 20".
const (
	leastPool = 5
	mostPool  = 20
)

func connections(c *rule.Check, s *rule.Stack) {
	machines := 0.0
	for _, g := range s.Of(token.AutoScalingGroup) {
		n, there := g.At("maxSize").Number()
		if there == rule.Unknown {
			c.Undecided(g, "maxSize")
		}
		machines += n
	}
	if machines == 0 {
		return
	}
	if proxies := s.Of(token.RDSProxy); len(proxies) > 0 {
		proxyPools(c, s)
		return
	}
	for _, db := range s.Of(token.RDSInstance) {
		if !replica(db) {
			checkConnections(c, db, machines)
		}
	}
}

func proxyPools(c *rule.Check, s *rule.Stack) {
	for _, pool := range s.Of(token.RDSProxyDefaultTargetGroup) {
		at := pool.At("connectionPoolConfig.maxConnectionsPercent")
		c.Require(at.Between(1, 90), pool, "connectionPoolConfig.maxConnectionsPercent",
			"set it to 90 or less: administrators need some too")
	}
}

func checkConnections(c *rule.Check, db *rule.Resource, machines float64) {
	name, there := db.At("instanceClass").Text()
	if there == rule.Unknown {
		c.Undecided(db, "instanceClass")
	}
	memory, known := MemoryGiB(name)
	if !known {
		return
	}
	_, size := class(name)
	pool := c.Number("pool")
	if pool == 0 {
		pool = min(max(2*cpus(size)+1, leastPool), mostPool)
	}
	most := float64(machine.PostgreSQLConnections.Of(memory)) * c.Number("share") / 100
	if machines*pool > most {
		c.Fail(db, "instanceClass", fmt.Sprintf("%s for %.0f machines with %.0f connections each", name, machines, pool),
			fmt.Sprintf("it carries %.0f connections: lower the fleets' maximum, take a larger class or add a proxy", most))
	}
}
