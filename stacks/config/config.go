// Package config reads the settings of a stack, the keys of the `rung:`
// namespace, into one typed value.
//
// It is strict: an unknown key, a value that is not allowed or a contradiction
// is reported with its key, its value and what is allowed, together with all
// other problems, before anything is created. Every key stands in one table
// (see [Keys]) with its default for each stage, so that ten lines of
// configuration are enough for any stage.
package config

import (
	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/stacks/ladder"
	"github.com/rung-dev/rung/stacks/manifest"
)

// Namespace is the prefix of every key in a stack file: `rung:stage`.
const Namespace = "rung"

// Config is a stack's settings, complete with every default. Its zero value
// is not valid: use [Parse].
type Config struct {
	// Stage is the stage of the ladder, 1 to [Built].
	Stage ladder.Number
	// Domain is the site's domain; empty means that the site is reached by
	// the names that AWS gives.
	Domain string
	// HostedZone is the id of an existing Route 53 zone of Domain; empty
	// creates one.
	HostedZone string
	// DomainDelegated says that the registrar names the name servers of the zone
	// that was created: certificates can be proved.
	DomainDelegated bool
	// DNSTTLSeconds is how long resolvers may keep the site's address.
	DNSTTLSeconds int
	// CDN is what stands in front of the origin.
	CDN CDN
	// CloudflareZone is the id of the Cloudflare zone of Domain, and
	// CloudflareAccount that of the account it is in.
	CloudflareZone, CloudflareAccount string
	// Regions are the AWS regions; the first is home. Stages 1–4 have one,
	// stage 5 up to eight.
	Regions []string
	// Zones is the number of availability zones that are used in a region.
	Zones int
	// Users and PeakRequestsPerSecond replace the stage's own load.
	Users                 int
	PeakRequestsPerSecond float64
	// Budget is the most that a month may cost, in USD. Zero means no limit.
	Budget decimal.Decimal
	// Artifact is the path of the app's binary for Linux on arm64; empty
	// builds the app of this project.
	Artifact string
	// App is somebody's own app; nil is rung's.
	App *manifest.App
	// AMI is the machine image; empty takes Amazon Linux 2023's current one.
	AMI string
	// AlertEmail receives alarms and budget notices; empty sends to nobody.
	AlertEmail string
	// NAT is how machines without a public address reach the internet.
	NAT NAT
	// FlowLogs records the network's traffic in the bucket of logs.
	FlowLogs bool
	// Maintenance answers everybody with 503 and a page, from stage 3 on.
	Maintenance bool
	// Deploy is how a release comes to the machines.
	Deploy Deploy
	// Handover says whether the server of stages 1–2 stays beside the fleet.
	Handover Handover
	// ConfirmDataLoss names the resources that may go with their data.
	ConfirmDataLoss []string
	// Policy is the settings of the policy pack, as JSON; the pack reads them.
	Policy string
	// ReservedInstances are the instances that reservations or savings plans
	// cover, by instance type.
	ReservedInstances map[string]int
	// Commitment covers the baseline where ReservedInstances is empty.
	Commitment Commitment

	// Routing is how users come to a region, and Held are the regions to which nobody is led
	// yet.
	Routing Routing
	Held    []string

	Network  Network
	Server   Server
	Web      Fleet
	Workers  Workers
	Balancer Balancer
	Database Database
	Cache    Cache

	Services      Services
	UsersDatabase UsersDatabase
	Search        Search
	Firewall      Firewall

	// Unknown are the machine types, classes and node types that the user takes
	// although rung does not know them.
	Unknown []string

	Edge     Edge
	Capacity Capacity
	// OriginShield is a further cache at home before the bucket of static files.
	OriginShield bool
}

// Server is the one machine of stages 1 and 2.
type Server struct {
	// InstanceType must be a Graviton type. Changing it stops and starts the
	// machine.
	InstanceType string
	// DataGiB is the size of the data volume; it can only grow.
	DataGiB int
}

// Fleet is a group of machines that scales.
type Fleet struct {
	// InstanceTypes are the types that the fleet may use, cheapest first.
	InstanceTypes []string
	// Min and Max bound the number of machines.
	Min, Max int
	// SpotShare is the part of the machines above Min that are spot, in percent.
	SpotShare int
	// Predictive forecasts the load and scales ahead of it.
	Predictive bool
	// Schedules raise or lower the minimum at set times.
	Schedules []Schedule
}

// Schedule changes a fleet's minimum from a time on.
type Schedule struct {
	// Name tells schedules apart, "morning" say.
	Name string `json:"name"`
	// Recurrence is a cron expression of five fields, "0 8 * * 1-5" say.
	Recurrence string `json:"recurrence"`
	// TimeZone is its IANA time zone; empty means UTC.
	TimeZone string `json:"timeZone"`
	// Min is the minimum from then on.
	Min int `json:"min"`
}

// Workers is the fleet that takes jobs from the queue.
type Workers struct {
	Fleet
	// AcceptableDelaySeconds is how long a job may wait.
	AcceptableDelaySeconds int
	// SecondsPerJob is how long one job takes a machine.
	SecondsPerJob float64
}

// Balancer is the load balancer of stage 3 and up.
type Balancer struct {
	// Algorithm picks the machine for a request.
	Algorithm Algorithm
	// StickySeconds keeps a user on one machine; zero does not.
	StickySeconds int
	// SlowStartSeconds lets a new machine warm up; zero does not.
	SlowStartSeconds int
}

// Database is the PostgreSQL database of stage 3 and up.
type Database struct {
	// Class is the instance class of the primary.
	Class string
	// ReplicaClass is that of the replicas; empty means Class.
	ReplicaClass string
	// StorageGiB is the size at creation; storage grows by itself up to
	// five times that.
	StorageGiB int
	// MultiAZ keeps a standby in a second zone.
	MultiAZ bool
	// Replicas is the number of read replicas.
	Replicas int
	// BackupDays is how long automated backups are kept.
	BackupDays int
	// BackupRegion gets a copy of the backups from stage 5 on; [NoBackupRegion]
	// is none, and empty the first region that is another than the database's.
	BackupRegion string
	// BackupCopyDays is how long the copies are kept; zero means BackupDays.
	BackupCopyDays int
	// Version is PostgreSQL's major version.
	Version string
	// Shards is the number of databases that users are spread over.
	Shards int
	// WriteRegion is where writes go; empty means home.
	WriteRegion string
	// Global is how the database is in several regions.
	Global GlobalDatabase
	// Proxy says whether a proxy stands before it, from stage 4 on.
	Proxy Proxy
}

// Cache is the Redis-compatible cache of stage 3 and up.
type Cache struct {
	// Engine is "valkey" or "redis".
	Engine CacheEngine
	// NodeType is the class of each node.
	NodeType string
	// Replicas is the number of replicas of each shard.
	Replicas int
	// ClusterMode spreads the keys over Shards. It cannot be undone.
	ClusterMode ClusterMode
	// Shards is the number of shards in cluster mode.
	Shards int
}

// Built is the highest stage that this version deploys.
const Built ladder.Number = 6

// Home is the first region: where everything is that exists once.
func (c Config) Home() string { return c.Regions[0] }

// ZoneNames are the availability zones that are used in region, in the order
// of their slots.
func (c Config) ZoneNames(region string) []string {
	return Zones(region)[:c.Zones]
}

// Traffic is the load that the stack is estimated for.
func (c Config) Traffic() ladder.Traffic {
	stage, err := ladder.Get(c.Stage)
	if err != nil { // Parse lets no such stage through
		return ladder.Traffic{}
	}
	return stage.For(c.Users, c.PeakRequestsPerSecond)
}

// HasServer reports whether the stack has the single server: on stages 1 and
// 2, and on higher ones until its data is handed over.
func (c Config) HasServer() bool { return c.Stage <= 2 || c.Handover == HandoverPending }
