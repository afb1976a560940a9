package loadbalancer

import (
	"errors"
	"fmt"

	"github.com/rung-dev/rung/components/part"
)

// Admit lets one more client connect to the port that serves. It is for
// clients that need the balancer's groups to be built, and so cannot stand in
// Args.Clients. It fails for a balancer that is open to the world anyway.
func (l *LoadBalancer) Admit(client part.Client) error {
	if err := admissible(client, l.open, l.door.name); err != nil {
		return err
	}
	return l.door.admit(l.Port, visitor{part: client.Name, who: client.Name, sg: client.SecurityGroupID})
}

// admissible reports why a client cannot be let into the balancer of that name.
func admissible(client part.Client, open bool, name string) error {
	switch {
	case open:
		return fmt.Errorf("admit %s to load balancer %s: it is open to the world already", client.Name, name)
	case client.Name == "" || client.SecurityGroupID == nil:
		return errors.New("admit a client to load balancer " + name + ": it needs a name and a security group")
	}
	return nil
}
