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
	return map[string]sim.Invoke{token.ELBGetServiceAccount: elbAccount, token.LBGetLoadBalancer: lookup}
}

// lookup finds a balancer by its ARN, its name or its tags.
func lookup(o *sim.Op) (sim.Props, error) {
	var found []sim.Found
	for _, lb := range o.All(token.LBLoadBalancer) {
		if fits(o.In, lb) {
			found = append(found, lb)
		}
	}
	if len(found) != 1 {
		return nil, sim.Refuse("LoadBalancerNotFound",
			fmt.Sprintf("Search returned %d results, please revise so only one is returned", len(found)),
			"Offline, balancers that a program made are known.")
	}
	out := o.In.Copy()
	for _, key := range []string{"arn", "arnSuffix", "dnsName", "name", "internal", "idleTimeout", "ipAddressType",
		"loadBalancerType",
		"securityGroups", "subnets", "vpcId", "zoneId", "enableDeletionProtection", "enableHttp2"} {
		if v := found[0].Props.Get(key); v != nil {
			out[key] = v
		}
	}
	out["id"], out["tags"] = found[0].ID, map[string]any(found[0].Props.Map("tags"))
	return out, nil
}

func fits(asked sim.Props, lb sim.Found) bool {
	for _, key := range []string{"arn", "name"} {
		if want := asked.Str(key); want != "" && lb.Props.Str(key) != want {
			return false
		}
	}
	for key, want := range asked.Map("tags") {
		if lb.Props.Map("tags")[key] != want && lb.Props.Map("tagsAll")[key] != want {
			return false
		}
	}
	return true
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
