package route53

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Invokes are Route 53's functions.
func Invokes() map[string]sim.Invoke {
	return map[string]sim.Invoke{token.Route53GetZone: lookupZone}
}

// lookupZone finds a zone by its id, or by its name: a private one only where one is asked for.
func lookupZone(o *sim.Op) (sim.Props, error) {
	id, name := o.In.Str("zoneId"), strings.TrimSuffix(o.In.Str("name"), ".")
	for _, z := range o.All(token.Route53Zone) {
		private := len(z.Props.Maps("vpcs")) > 0
		if id != "" && z.ID != id || name != "" && strings.TrimSuffix(z.Props.Str("name"), ".") != name ||
			id == "" && private != (o.In.Bool("privateZone") || o.In.Has("vpcId")) {
			continue
		}
		out := o.In.Copy()
		out["id"], out["zoneId"], out["name"], out["arn"], out["privateZone"] = z.ID, z.ID, z.Props.Str("name"),
			z.Props.Str("arn"), private
		out["comment"], out["nameServers"], out["primaryNameServer"] = z.Props.Str("comment"), z.Props.Get("nameServers"),
			z.Props.Str("primaryNameServer")
		out["callerReference"], out["resourceRecordSetCount"], out["tags"] = "offline", 2.0,
			map[string]any(z.Props.Map("tags"))
		out["linkedServicePrincipal"], out["linkedServiceDescription"] = "", ""
		return out, nil
	}
	return nil, fmt.Errorf("no matching Route 53 Hosted Zone found for %q: "+
		"offline, the zones are known that a program has made", o.In.Str("name")+id)
}
