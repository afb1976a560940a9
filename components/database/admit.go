package database

import "github.com/rung-dev/rung/components/part"

// Admit lets one more client connect. It is for clients that need the
// database's address to be built, and so cannot stand in Args.Clients.
func (d *Database) Admit(client part.Client) error { return d.door.Admit(client) }

// CopyFrom lets the database connect to a PostgreSQL elsewhere, as a logical
// replication that copies from it does. Without it the database reaches nothing.
func (d *Database) CopyFrom(source part.Client) error { return d.door.Reach(source) }

// AdmitRange lets the clients of another region connect, by their addresses.
func (d *Database) AdmitRange(from part.Range) error { return d.door.AdmitRange(from) }
