package aws

import (
	"context"
	"slices"
	"strings"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// The units that run the app, as the components write them.
const (
	serverUnit = "app.service"
	fleetUnit  = "rung-app.service"
)

// Machines are a server's one, or those of a fleet that are in service.
func (d *Driver) Machines(ctx context.Context, p operate.Part) ([]operate.Machine, error) {
	if p.Kind == operate.Server {
		return []operate.Machine{{ID: p.IDs[0], Part: p.Name, Region: p.Region, App: serverUnit}}, nil
	}
	groups, err := d.groups(ctx, p)
	if err != nil {
		return nil, awswire.Explained(err, "find the machines of "+p.Name, healths[operate.Fleet].action)
	}
	var all []operate.Machine
	for _, g := range groups {
		for _, m := range g.All("Instances") {
			if m.Child("LifecycleState") == "InService" {
				all = append(all, operate.Machine{ID: m.Child("InstanceId"), Part: p.Name, Region: p.Region, App: fleetUnit})
			}
		}
	}
	slices.SortFunc(all, func(a, b operate.Machine) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}
