package cache

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
)

const (
	// DefaultNodeType is the cheapest type with room (1.4 GiB) for the
	// sessions and hot reads of stage 3.
	DefaultNodeType = "cache.t4g.small"
	// DefaultReplicas survives the loss of one node or zone.
	DefaultReplicas = 1
	// NoReplicas gives up the failover, for a cache that may be cold at any time.
	NoReplicas = -1
	// MaxReplicas is ElastiCache's limit for each shard.
	MaxReplicas = 5
	// MaxShards is what an account may have without asking AWS for more.
	MaxShards = 90
	// DefaultMaxMemoryPolicy evicts what was not used for longest, with or
	// without an expiry: writes never fail. AWS's own default, volatile-lru,
	// refuses writes once everything left has no expiry.
	DefaultMaxMemoryPolicy = "allkeys-lru"
	// DefaultSnapshotDays is how long daily snapshots are kept.
	DefaultSnapshotDays = 7
	// DefaultSnapshotWindow and DefaultMaintenanceWindow (UTC) do not overlap
	// with each other.
	DefaultSnapshotWindow    = "02:00-03:00"
	DefaultMaintenanceWindow = "sun:05:30-sun:06:30"
	// DefaultLogDays is how long the slow log is kept.
	DefaultLogDays = 30
	// Port is the engines' own.
	Port = 6379
)

// Args describe the cache. VPCID and Subnets are required; the zero value of
// everything else is a production default.
type Args struct {
	part.Common
	// VPCID is the network that the cache lives in.
	VPCID pulumi.StringInput
	// Subnets are where its nodes may stand: at least two zones.
	Subnets []part.Subnet
	// Clients are the security groups that may connect.
	Clients []part.Client
	// Events is the ARN of the topic that ElastiCache tells of failovers and
	// maintenance. It must not be encrypted, and its policy must go by
	// aws:SourceOwner: the one of alarms does not do. Nil tells nobody.
	Events pulumi.StringInput

	// Engine is Valkey or Redis. Empty means Valkey. AWS replaces the cache
	// when a Redis becomes a Valkey in some versions of the provider; the data
	// guard then stops the deployment.
	Engine Engine
	// EngineVersion is the engine's version, "8.0" say. Empty means the
	// package's default for the engine. It never goes back.
	EngineVersion string
	// NodeType is the type of every node. Empty means DefaultNodeType.
	NodeType string
	// Replicas is the number of replicas of each shard, up to MaxReplicas.
	// Zero means DefaultReplicas, NoReplicas none.
	Replicas int
	// ClusterMode says whether clients speak the cluster protocol. Empty
	// means Disabled. It is a one-way street: see Mode.
	ClusterMode Mode
	// Shards is the number of parts the keys are spread over. Zero means 1;
	// more need ClusterMode Enabled.
	Shards int
	// MaxMemoryPolicy says what goes when the memory is full. Empty means
	// DefaultMaxMemoryPolicy.
	MaxMemoryPolicy string
	// Parameters are further engine parameters.
	Parameters map[string]string
	// SnapshotDays is how long daily snapshots are kept, 1 to 35 days. Zero
	// means DefaultSnapshotDays.
	SnapshotDays int
	// SnapshotWindow ("02:00-03:00") and MaintenanceWindow
	// ("sun:05:30-sun:06:30") are in UTC, at least an hour each. Empty means
	// the defaults.
	SnapshotWindow, MaintenanceWindow string
	// WaitForWindow leaves changes to the maintenance window. False applies
	// them at once, so that what a deployment reports is true when it ends.
	WaitForWindow bool
	// LogDays is how long the slow log is kept, in days. Zero means DefaultLogDays.
	LogDays int
}

func (a Args) withDefaults() Args {
	a.Engine = cmp.Or(a.Engine, Valkey)
	if known := versions[a.Engine]; len(known) > 0 {
		a.EngineVersion = cmp.Or(a.EngineVersion, known[0])
	}
	a.NodeType = cmp.Or(a.NodeType, DefaultNodeType)
	a.Replicas = cmp.Or(a.Replicas, DefaultReplicas)
	a.ClusterMode = cmp.Or(a.ClusterMode, Disabled)
	a.Shards = cmp.Or(a.Shards, 1)
	a.MaxMemoryPolicy = cmp.Or(a.MaxMemoryPolicy, DefaultMaxMemoryPolicy)
	a.SnapshotDays = cmp.Or(a.SnapshotDays, DefaultSnapshotDays)
	a.SnapshotWindow = cmp.Or(a.SnapshotWindow, DefaultSnapshotWindow)
	a.MaintenanceWindow = cmp.Or(a.MaintenanceWindow, DefaultMaintenanceWindow)
	a.LogDays = cmp.Or(a.LogDays, DefaultLogDays)
	return a
}

func (a Args) validate() error {
	return errors.Join(slices.Concat(a.checkPlace(), a.checkEngine(), a.checkShape(), a.checkCare())...)
}

func (a Args) checkPlace() []error {
	errs := door.Check(a.Clients)
	if a.VPCID == nil {
		errs = append(errs, errors.New("VPCID: required"))
	}
	if zones := door.Zones(a.Subnets); len(zones) < 2 {
		errs = append(errs, fmt.Errorf("Subnets: got %d zones %v, want subnets in at least 2: a failover needs another zone",
			len(zones), zones))
	}
	return errs
}

func (a Args) checkEngine() []error {
	var errs []error
	known, ok := versions[a.Engine]
	switch {
	case !ok:
		errs = append(errs, fmt.Errorf("Engine: got %q, want %q or %q", a.Engine, Valkey, Redis))
	case !slices.Contains(known, a.EngineVersion):
		errs = append(errs, fmt.Errorf("EngineVersion: got %q, want one of %v for %s", a.EngineVersion, known, a.Engine))
	}
	if _, err := vcpus(a.NodeType); err != nil {
		errs = append(errs, fmt.Errorf("NodeType: %w", err))
	}
	if !slices.Contains(policies, a.MaxMemoryPolicy) {
		errs = append(errs, fmt.Errorf("MaxMemoryPolicy: got %q, want one of %v", a.MaxMemoryPolicy, policies))
	}
	for _, ours := range []string{"cluster-enabled", "maxmemory-policy"} {
		if _, given := a.Parameters[ours]; given {
			errs = append(errs, fmt.Errorf("Parameters: %q is set by ClusterMode or MaxMemoryPolicy", ours))
		}
	}
	return errs
}

func (a Args) checkShape() []error {
	var errs []error
	if a.Replicas != NoReplicas && (a.Replicas < 1 || a.Replicas > MaxReplicas) {
		errs = append(errs, fmt.Errorf("Replicas: got %d, want 1 to %d, or %d for none", a.Replicas, MaxReplicas, NoReplicas))
	}
	if !slices.Contains([]Mode{Disabled, Compatible, Enabled}, a.ClusterMode) {
		errs = append(errs, fmt.Errorf("ClusterMode: got %q, want %q, %q or %q", a.ClusterMode, Disabled, Compatible,
			Enabled))
	}
	if a.Shards < 1 || a.Shards > MaxShards {
		errs = append(errs, fmt.Errorf("Shards: got %d, want 1 to %d", a.Shards, MaxShards))
	}
	if a.Shards > 1 && a.ClusterMode != Enabled {
		errs = append(errs, fmt.Errorf("Shards: got %d with ClusterMode %q, want %q", a.Shards, a.ClusterMode, Enabled))
	}
	if a.ClusterMode.Clustered() && a.replicas() == 0 {
		errs = append(errs, fmt.Errorf("ClusterMode: %q needs a failover, so Replicas must be at least 1", a.ClusterMode))
	}
	if a.ClusterMode.Clustered() && major(a.EngineVersion) < 7 {
		errs = append(errs, fmt.Errorf("ClusterMode: %q needs engine version 7 or higher, got %q", a.ClusterMode,
			a.EngineVersion))
	}
	return errs
}

var (
	dailyForm  = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$`)
	weeklyForm = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$`)
)

func (a Args) checkCare() []error {
	var errs []error
	if a.SnapshotDays < 1 || a.SnapshotDays > 35 {
		errs = append(errs, fmt.Errorf("SnapshotDays: got %d, want 1 to 35", a.SnapshotDays))
	}
	if !dailyForm.MatchString(a.SnapshotWindow) {
		errs = append(errs, fmt.Errorf("SnapshotWindow: got %q, want UTC times like %q", a.SnapshotWindow,
			DefaultSnapshotWindow))
	}
	if !weeklyForm.MatchString(a.MaintenanceWindow) {
		errs = append(errs, fmt.Errorf("MaintenanceWindow: got %q, want days and UTC times like %q", a.MaintenanceWindow,
			DefaultMaintenanceWindow))
	}
	errs = append(errs, part.CheckLogDays(a.LogDays))
	return errs
}
