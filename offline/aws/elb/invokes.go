package elb

import (
	"cmp"
	"fmt"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/region"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are Elastic Load Balancing's functions.
func Invokes() map[string]sim.Invoke {
	return map[string]sim.Invoke{token.ELBGetServiceAccount: elbAccount}
}

func elbAccount(o *sim.Op) (sim.Props, error) {
	name := cmp.Or(o.In.Str("region"), o.Region)
	r, _ := region.Get(name)
	id := r.BalancerAccount
	if id == "" {
		return nil, fmt.Errorf("unknown region (%q): there, grant the service principal "+
			"logdelivery.elasticloadbalancing.amazonaws.com instead", name)
	}
	return sim.Props{"id": id, "arn": "arn:aws:iam::" + id + ":root", "region": name}, nil
}
