package cache

import "github.com/rung-dev/rung/components/part"

// Admit lets one more client connect. It is for clients that need the cache's
// address to be built, and so cannot stand in Args.Clients.
func (c *Cache) Admit(client part.Client) error { return c.door.Admit(client) }

// AdmitRange lets the clients of another region connect, by their addresses.
func (c *Cache) AdmitRange(from part.Range) error { return c.door.AdmitRange(from) }
