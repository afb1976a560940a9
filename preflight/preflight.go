// Package preflight tells before an `up` what the account would refuse: quotas
// that are too small, zones without what the plan puts there, engine versions that
// have ended, names that somebody else holds, another account's credentials.
//
// [NeedOf] counts what a plan needs, [Account] is what was found of an account, and
// [Check] holds one against the other. All of it is arithmetic on plain values:
// whoever asks AWS or the offline cloud fills an Account. What nobody could find out
// becomes a note and stops nothing. The package creates nothing and knows no SDK.
package preflight

import (
	"github.com/rung-dev/rung/resource"
)

// Stack is what is asked about.
type Stack struct {
	// Name is the stack's.
	Name string
	// Account is whose account the stack stands in; empty where it does not stand.
	Account string
	// Home is the region of resources that name none.
	Home string
	// Planned is everything that the stack will hold, Standing what it holds now.
	Planned, Standing []resource.Resource
	// Domain is the domain that the stack uses, and Servers are the name servers of
	// its zone; empty without one.
	Domain  string
	Servers []string
	// Zone is the id of the domain's hosted zone where it is not the stack's own.
	Zone string
	// Image is the name of the image that the plan's machines have; empty where the
	// user has chosen one.
	Image string
}

// Place is one kind of thing in one region; the region of global ones is Global.
// Scope is the zone or the group where a quota counts within one, else empty.
type Place struct{ Key, Region, Scope string }

// Global is where AWS keeps what has no region, quotas included.
const Global = "us-east-1"

// Need is what a plan asks of an account.
type Need struct {
	// Stack and Account are the stack's name and whose account it stands in.
	Stack, Account string
	// Regions are those of the plan, sorted.
	Regions []string
	// Amounts are what counts against quotas.
	Amounts []Amount
	// Offers are the types that zones must have.
	Offers []Offer
	// Versions are the engines that must exist.
	Versions []Version
	// Runs are the versions of everything that the stack runs.
	Runs []Version
	// Names are those that must be free.
	Names []Name
	// Domain, Servers and Zone are as in Stack.
	Domain  string
	Servers []string
	Zone    string

	// own are the ids and names of what the stack holds already.
	own map[string]bool
}

// Amount is what a plan needs of a quota.
type Amount struct {
	Place
	// AtOnce is what the `up` itself takes: with less it fails. AtMost is what the
	// stack may grow to by itself.
	AtOnce, AtMost int
}

// Offer is a type that must be there in zones.
type Offer struct {
	// Service is EC2, RDS, ElastiCache, OpenSearch or VPCLink.
	Service, Region string
	// Engine is the database engine, for RDS.
	Engine string
	// AnyOf are types of which one is enough: those of a group that takes several.
	// All others have one.
	AnyOf []string
	// Zones are the names of the zones.
	Zones []string
}

// The services whose offers differ between zones and regions.
const (
	EC2         = "ec2"
	RDS         = "rds"
	ElastiCache = "elasticache"
	OpenSearch  = "opensearch"
	VPCLink     = "vpc-link"
	RDSProxy    = "rds-proxy"
)

// Version is an engine in a version, whole or the beginning of one: "17" is any 17.
type Version struct{ Service, Region, Engine, Version string }

// Name is a name that only one in the region, or in the world, may have.
type Name struct {
	Place
	Name string
}

// Account is what was found of an account. What is not in a map is not known.
type Account struct {
	// ID is whose the credentials are; empty where that is not known.
	ID string
	// Limits are the quotas.
	Limits map[Place]int
	// Held is what the account holds.
	Held map[Place][]Held
	// Zones are those that the account can use, by region.
	Zones map[string][]Zone
	// Offered are the zones that have a type; an empty list is none.
	Offered map[Type][]string
	// Versions are those of an engine.
	Versions map[Engine][]string
	// Taken are the names that somebody holds.
	Taken map[Name]bool
	// Answers are the name servers that the world names for the stack's domain.
	// Servers are those of its zone, where the zone is not the stack's own.
	Answers, Servers []string
	// Unasked is what could not be found out.
	Unasked []Unasked
}

// Held is something that counts against a quota.
type Held struct {
	// ID is how AWS names it, Stack the rung stack whose tag it carries.
	ID, Stack string
	// Amount is what it counts for.
	Amount int
}

// Zone is an availability zone: its name is the account's own, its id AWS's.
type Zone struct{ Name, ID string }

// Type is a machine type, class or node type of a service in a region.
type Type struct{ Service, Region, Engine, Name string }

// Engine is a database, cache or search engine in a region.
type Engine struct{ Service, Region, Name string }

// Unasked is a question that was not answered.
type Unasked struct {
	What, Region, Why string
	// Permission is the IAM action that the caller lacks; empty for another reason.
	Permission string
}
