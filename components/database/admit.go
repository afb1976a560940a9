package database

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
)

// Admit lets one more client connect. It is for clients that need the
// database's address to be built, and so cannot stand in Args.Clients.
func (d *Database) Admit(ctx *pulumi.Context, name string, c part.Common, client part.Client) error {
	return door.Door{What: "database", Port: Port}.Admit(ctx, d.SecurityGroupID, d, name, c, client)
}

// CopyFrom lets the database connect to a PostgreSQL elsewhere, as a logical
// replication that copies from it does. Without it the database reaches nothing.
func (d *Database) CopyFrom(ctx *pulumi.Context, name string, c part.Common, source part.Client) error {
	return door.Door{What: "database", Port: Port}.Reach(ctx, d.SecurityGroupID, d, name, c, source)
}

// AdmitRange lets the clients of another region connect, by their addresses.
func (d *Database) AdmitRange(ctx *pulumi.Context, name string, c part.Common, from part.Range) error {
	return door.Door{What: "database", Port: Port}.AdmitRange(ctx, d.SecurityGroupID, d, name, c, from)
}
