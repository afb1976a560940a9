package database

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
	// DefaultEngineVersion is PostgreSQL's newest major version that all supported
	// classes run; RDS chooses its newest minor version.
	DefaultEngineVersion = "17"
	// DefaultClass is the smallest class that is not burstable: a database
	// that has used up its credits stops the whole system.
	DefaultClass = "db.m7g.large"
	// DefaultAllocatedGiB holds stage 3's profile (100,000 users of 50 kB) many
	// times over.
	DefaultAllocatedGiB = 50
	// DefaultBackupDays is the least that a data store should keep.
	DefaultBackupDays = 7
	// NoBackups keeps no backups, for data that can be made again. It rules
	// out replicas.
	NoBackups = -1
	// DefaultBackupWindow and DefaultMaintenanceWindow are night in Europe
	// and late evening in America (UTC); they do not overlap.
	DefaultBackupWindow      = "03:00-04:00"
	DefaultMaintenanceWindow = "sun:04:30-sun:05:30"
	// DefaultLogDays is how long exported logs are kept.
	DefaultLogDays = 30
	// MaxReplicas is RDS's limit for both engines.
	MaxReplicas = 15
	// Port is PostgreSQL's.
	Port = 5432
)

// Args describe the database. VPCID and Subnets are required; the zero value
// of everything else is a production default.
type Args struct {
	part.Common
	// VPCID is the network that the database lives in.
	VPCID pulumi.StringInput
	// Subnets are where its instances may stand: at least two zones, no way
	// in from the internet.
	Subnets []part.Subnet
	// Clients are the security groups that may connect.
	Clients []part.Client

	// Source makes the database a copy of another one, in another region: its
	// first instance copies the source's over the regions, and its replicas
	// copy that one, so that the data crosses once. Name, user and password
	// are the source's. Nil makes an original. A copy never takes another
	// source: RDS refuses it, and a new copy is a new database.
	Source *Database
	// Region is the region of a copy, "eu-west-1" say; required with Source,
	// whose secret must have a replica there (SecretRegions).
	Region string
	// KMSKeyARN is a key of that region; required with Source. It cannot be
	// changed. An original has AWS's own key.
	KMSKeyARN pulumi.StringInput
	// Standby gives a copy's first instance a standby in a second zone. One
	// that is promoted has it anyway, unless SingleAZ says otherwise.
	Standby bool
	// Promoted makes a copy an original of its own, in place: it stops to
	// follow its source and takes writes. There is no way back. The old
	// source stays as it is, and so do the copies that follow it. After a run
	// that was killed in the middle of it, RDS says that the database is no
	// replica any more: refresh, then deploy again.
	Promoted bool
	// SecretRegions are further regions in which machines read the secret of
	// an original; leave it empty for a copy.
	SecretRegions []string

	// Engine is PostgreSQL or MySQL. Empty means PostgreSQL; a copy has its
	// source's. It cannot be changed.
	Engine Engine
	// EngineVersion is the engine's major version, "14" to "18" of PostgreSQL,
	// "8.0" or "8.4" of MySQL, or a minor one, "17.4". Empty means
	// DefaultEngineVersion or DefaultMySQLVersion. Minor upgrades happen by
	// themselves in the maintenance window.
	EngineVersion string
	// AllowMajorUpgrade lets a changed EngineVersion cross a major version:
	// minutes of downtime, and no way back but a restore. Set it for that one
	// deployment.
	AllowMajorUpgrade bool
	// Class is the primary's instance class. Empty means DefaultClass.
	Class string
	// ReplicaClass is the replicas' class. Empty means Class. A replica that
	// is smaller than its primary may fall behind.
	ReplicaClass string
	// AllocatedGiB is the disk at creation, in GiB, 20 to 65,536. Zero means
	// DefaultAllocatedGiB. A disk never shrinks.
	AllocatedGiB int
	// MaxAllocatedGiB is how far RDS may let the disk grow by itself, in GiB.
	// Zero means three times AllocatedGiB; at least a tenth more than
	// AllocatedGiB, at most 65,536.
	MaxAllocatedGiB int
	// SingleAZ gives up the standby in a second zone: half the price, and
	// down for as long as AWS needs to repair the zone.
	SingleAZ bool
	// Replicas is the number of read replicas, 0 to MaxReplicas. Those of a
	// copy are further ones, beside its first instance.
	Replicas int
	// BackupDays is how long automatic backups are kept, 7 to 35 days. Zero
	// means DefaultBackupDays, NoBackups keeps none.
	BackupDays int
	// Username is the master user and DatabaseName the first database. Empty
	// means "app" for both. AWS cannot change either of an existing database.
	// A copy has its source's; leave them empty.
	Username, DatabaseName string
	// Parameters are the engine's parameters over those that the package sets.
	Parameters map[string]string
	// BackupWindow ("03:00-04:00") and MaintenanceWindow
	// ("sun:04:30-sun:05:30") are in UTC, at least 30 minutes each. Empty
	// means the defaults.
	BackupWindow, MaintenanceWindow string
	// WaitForWindow leaves changes to the maintenance window. False applies
	// them at once, so that what a deployment reports is true when it ends; a
	// new class then fails over to the standby (a minute or two).
	WaitForWindow bool
	// LogDays is how long exported logs are kept, in days. Zero means
	// DefaultLogDays.
	LogDays int
}

func (a Args) withDefaults() Args {
	if a.Source != nil {
		a.Username = cmp.Or(a.Username, a.Source.args.Username)
		a.DatabaseName = cmp.Or(a.DatabaseName, a.Source.Name)
		a.Engine = cmp.Or(a.Engine, a.Source.args.Engine)
		a.EngineVersion = cmp.Or(a.EngineVersion, a.Source.args.EngineVersion)
	}
	a.Engine = cmp.Or(a.Engine, PostgreSQL)
	a.EngineVersion = cmp.Or(a.EngineVersion, a.kind().standard)
	a.Class = cmp.Or(a.Class, DefaultClass)
	a.ReplicaClass = cmp.Or(a.ReplicaClass, a.Class)
	a.AllocatedGiB = cmp.Or(a.AllocatedGiB, DefaultAllocatedGiB)
	a.MaxAllocatedGiB = cmp.Or(a.MaxAllocatedGiB, min(3*a.AllocatedGiB, maxGiB))
	a.BackupDays = cmp.Or(a.BackupDays, DefaultBackupDays)
	a.Username = cmp.Or(a.Username, "app")
	a.DatabaseName = cmp.Or(a.DatabaseName, "app")
	a.BackupWindow = cmp.Or(a.BackupWindow, DefaultBackupWindow)
	a.MaintenanceWindow = cmp.Or(a.MaintenanceWindow, DefaultMaintenanceWindow)
	a.LogDays = cmp.Or(a.LogDays, DefaultLogDays)
	return a
}

// minGiB and maxGiB bound a gp3 disk of RDS for PostgreSQL and MySQL.
const minGiB, maxGiB = 20, 65_536

// minBackupDays is ours, maxBackupDays RDS's.
const minBackupDays, maxBackupDays = 7, 35

func (a Args) validate() error {
	errs := slices.Concat(a.checkPlace(), a.checkEngine(), a.checkSize(), a.checkBackups(), a.checkNames(),
		a.checkWindows(), a.checkCopy())
	return errors.Join(errs...)
}

func (a Args) checkPlace() []error {
	errs := door.Check(a.Clients)
	if a.VPCID == nil {
		errs = append(errs, errors.New("VPCID: required"))
	}
	if zones := door.Zones(a.Subnets); len(zones) < 2 {
		errs = append(errs, fmt.Errorf("Subnets: got %d zones %v, want subnets in at least 2: RDS refuses fewer", len(zones),
			zones))
	}
	return errs
}

func (a Args) checkSize() []error {
	var errs []error
	for field, class := range map[string]string{"Class": a.Class, "ReplicaClass": a.ReplicaClass} {
		if _, err := MemoryGiB(class); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", field, err))
		}
	}
	if a.AllocatedGiB < minGiB || a.AllocatedGiB > maxGiB {
		errs = append(errs, fmt.Errorf("AllocatedGiB: got %d, want %d to %d", a.AllocatedGiB, minGiB, maxGiB))
	}
	if least := (a.AllocatedGiB*11 + 9) / 10; a.MaxAllocatedGiB < least || a.MaxAllocatedGiB > maxGiB {
		errs = append(errs, fmt.Errorf("MaxAllocatedGiB: got %d, want %d (a tenth over AllocatedGiB) to %d",
			a.MaxAllocatedGiB, least, maxGiB))
	}
	return errs
}

func (a Args) checkBackups() []error {
	var errs []error
	if d := a.BackupDays; d != NoBackups && (d < minBackupDays || d > maxBackupDays) {
		errs = append(errs, fmt.Errorf("BackupDays: got %d, want %d to %d, or %d for none", d, minBackupDays, maxBackupDays,
			NoBackups))
	}
	if a.Replicas < 0 || a.Replicas > MaxReplicas {
		errs = append(errs, fmt.Errorf("Replicas: got %d, want 0 to %d", a.Replicas, MaxReplicas))
	}
	if a.Replicas > 0 && a.BackupDays == NoBackups {
		errs = append(errs, fmt.Errorf("Replicas: got %d without backups: RDS builds a replica from a backup of its "+
			"source, so set BackupDays to %d or more", a.Replicas, minBackupDays))
	}
	errs = append(errs, part.CheckLogDays(a.LogDays))
	return errs
}

var nameForm = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// reserved are names that RDS or PostgreSQL keep for themselves.
var reserved = []string{"admin", "rdsadmin", "rdsrepladmin", "user", "template0", "template1", "public", "all", "none",
	"default"}

func (a Args) checkNames() []error {
	k, known := kinds[a.Engine]
	if !known { // checkEngine has named it
		return nil
	}
	return []error{
		k.checkName("Username", a.Username, k.userForm, k.userWords),
		k.checkName("DatabaseName", a.DatabaseName, k.databaseForm, k.nameWords),
	}
}

var (
	dailyForm  = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$`)
	weeklyForm = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$`)
)

func (a Args) checkWindows() []error {
	var errs []error
	if !dailyForm.MatchString(a.BackupWindow) {
		errs = append(errs, fmt.Errorf(`BackupWindow: got %q, want UTC times like %q`, a.BackupWindow, DefaultBackupWindow))
	}
	if !weeklyForm.MatchString(a.MaintenanceWindow) {
		errs = append(errs, fmt.Errorf(`MaintenanceWindow: got %q, want days and UTC times like %q`, a.MaintenanceWindow,
			DefaultMaintenanceWindow))
	}
	return errs
}

// backupDays is what RDS calls the retention period.
func (a Args) backupDays() int { return max(a.BackupDays, 0) }
