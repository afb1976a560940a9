package cache

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
)

// Admit lets one more client connect. It is for clients that need the cache's
// address to be built, and so cannot stand in Args.Clients.
func (c *Cache) Admit(ctx *pulumi.Context, name string, common part.Common, client part.Client) error {
	return door.Door{What: "cache", Port: Port}.Admit(ctx, c.SecurityGroupID, c, name, common, client)
}

// AdmitRange lets the clients of another region connect, by their addresses.
func (c *Cache) AdmitRange(ctx *pulumi.Context, name string, common part.Common, from part.Range) error {
	return door.Door{What: "cache", Port: Port}.AdmitRange(ctx, c.SecurityGroupID, c, name, common, from)
}
