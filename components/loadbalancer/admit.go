package loadbalancer

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Admit lets one more client connect to the port that serves. It is for
// clients that need the balancer's groups to be built, and so cannot stand in
// Args.Clients. It fails for a balancer that is open to the world anyway.
func (l *LoadBalancer) Admit(ctx *pulumi.Context, name string, c part.Common, client part.Client) error {
	switch {
	case l.open:
		return fmt.Errorf("admit %s to load balancer %s: it is open to the world already", client.Name, name)
	case client.Name == "" || client.SecurityGroupID == nil:
		return errors.New("admit a client to load balancer " + name + ": it needs a name and a security group")
	}
	return l.admit(ctx, name, Args{Common: c}, listener{port: l.Port},
		visitor{part: client.Name, who: client.Name, sg: client.SecurityGroupID})
}
