package polyglot

import (
	"github.com/rung-dev/rung/components/alerts"
	"github.com/rung-dev/rung/components/budget"
	"github.com/rung-dev/rung/components/climb"
	"github.com/rung-dev/rung/components/dashboard"
	"github.com/rung-dev/rung/components/slo"
)

// watchComponents are those that watch the others, and the bill.
func watchComponents() []component {
	return []component{
		derive(derived{kind: "Alerts", folder: "alerts"}, alerts.New),
		derive(derived{kind: "SLO", folder: "slo", required: "LoadBalancerSuffix"}, slo.New),
		derive(derived{kind: "Climb", folder: "climb"}, climb.New),
		derive(derived{kind: "Dashboard", folder: "dashboard", required: "Region"}, dashboard.New),
		derive(derived{kind: "Budget", folder: "budget", required: "Monthly"}, budget.New),
	}
}
