package database

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
)

const (
	// DefaultPoolPercent leaves a tenth of the connections to administrators
	// and to what connects beside the proxy.
	DefaultPoolPercent = 90
	// DefaultIdlePercent is half of the pool: enough for the next peak, while
	// idle connections cost the database memory.
	DefaultIdlePercent = 50
	// DefaultBorrowSeconds is how long a client waits for a connection before
	// it is told so: a web request that waits longer has failed already.
	DefaultBorrowSeconds = 10
	// DefaultIdleClientSeconds is AWS's own.
	DefaultIdleClientSeconds = 1800
)

// proxyZones is how many zones a proxy stands in: the least that AWS takes,
// and the same however many a network has, because other subnets are another
// proxy with another address.
const proxyZones = 2

// ProxyArgs describe a proxy. VPCID, Subnets and Database are required.
type ProxyArgs struct {
	part.Common
	// VPCID is the database's network and Subnets the subnets in it; the
	// proxy stands in the first two zones.
	VPCID   pulumi.StringInput
	Subnets []part.Subnet
	// Database is what the proxy connects to: its primary. Reads that may lag
	// go to the replicas without a proxy. RDS takes no copy of another
	// database, so where the writes move to another region, the proxy must be
	// another one there.
	Database *Database
	// Clients are the security groups that may connect.
	Clients []part.Client
	// PoolPercent is the share of the database's connections that the proxy
	// may open, 10 to 90. Zero means DefaultPoolPercent.
	PoolPercent int
	// IdlePercent is the share that it keeps open when nobody needs them, 1
	// to PoolPercent. Zero means DefaultIdlePercent or PoolPercent, the
	// smaller of the two.
	IdlePercent int
	// BorrowSeconds is how long a client may wait for a connection, 1 to 120.
	// Zero means DefaultBorrowSeconds.
	BorrowSeconds int
	// IdleClientSeconds closes a client's connection on which nothing
	// happens, 60 to 28,800. Zero means DefaultIdleClientSeconds.
	IdleClientSeconds int
	// LogDays is how long the proxy's log is kept, in days. Zero means DefaultLogDays.
	LogDays int
}

// port is the database's.
func (a ProxyArgs) port() int { return a.Database.args.kind().port }

func (a ProxyArgs) withDefaults() ProxyArgs {
	a.PoolPercent = cmp.Or(a.PoolPercent, DefaultPoolPercent)
	a.IdlePercent = cmp.Or(a.IdlePercent, min(DefaultIdlePercent, a.PoolPercent))
	a.BorrowSeconds = cmp.Or(a.BorrowSeconds, DefaultBorrowSeconds)
	a.IdleClientSeconds = cmp.Or(a.IdleClientSeconds, DefaultIdleClientSeconds)
	a.LogDays = cmp.Or(a.LogDays, DefaultLogDays)
	return a
}

func (a ProxyArgs) validate() error {
	errs := door.Check(a.Clients)
	if a.VPCID == nil {
		errs = append(errs, errors.New("VPCID: required"))
	}
	switch {
	case a.Database == nil:
		errs = append(errs, errors.New("Database: required"))
	case a.Database.args.follows():
		errs = append(errs, errors.New("Database: it is a copy, before which RDS puts no proxy; name the one that takes "+
			"the writes"))
	}
	if zones := door.Zones(a.Subnets); len(zones) < proxyZones {
		errs = append(errs, fmt.Errorf("Subnets: got %d zones %v, want subnets in at least %d", len(zones), zones,
			proxyZones))
	}
	errs = append(errs, part.CheckLogDays(a.LogDays))
	for _, f := range []struct {
		field          string
		got, low, high int
	}{
		{"PoolPercent", a.PoolPercent, 10, DefaultPoolPercent},
		{"IdlePercent", a.IdlePercent, 1, a.PoolPercent},
		{"BorrowSeconds", a.BorrowSeconds, 1, 120},
		{"IdleClientSeconds", a.IdleClientSeconds, 60, 28_800},
	} {
		if f.got < f.low || f.got > f.high {
			errs = append(errs, fmt.Errorf("%s: got %d, want %d to %d", f.field, f.got, f.low, f.high))
		}
	}
	return errors.Join(errs...)
}

// firstOfZones are the subnets of the first n zones, one each, in order.
func firstOfZones(subnets []part.Subnet, n int) []part.Subnet {
	var first []part.Subnet
	seen := map[string]bool{}
	for _, s := range subnets {
		if len(first) < n && !seen[s.Zone] {
			seen[s.Zone] = true
			first = append(first, s)
		}
	}
	return first
}
