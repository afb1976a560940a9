package aurora

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
)

const (
	// DefaultEngineVersion is stated to the minor version: all regions of a
	// global database must run the same one, and RDS upgrades none of them by
	// itself. It is the one with AWS's long-term support, which lasts as long as
	// its major version (package lifecycle); others end after a year or two.
	DefaultEngineVersion = "17.7"
	// DefaultClass is the smallest class that a global database should have:
	// it demands those with much memory.
	DefaultClass = "db.r7g.large"
	// DefaultInstances survives the loss of an instance or a zone.
	DefaultInstances = 2
	// MaxInstances is what remains for each region when all five further
	// regions are in use.
	MaxInstances = 10
	// MaxRegions is how many further regions a global database may have.
	MaxRegions = 5
	// DefaultBackupDays is the least that a data store should keep.
	DefaultBackupDays = 7
	// The windows are those of the other database (UTC).
	backupWindow      = "03:00-04:00"
	maintenanceWindow = "sun:04:30-sun:05:30"
	// DefaultLogDays is how long the exported log is kept.
	DefaultLogDays = 30
	// Port is PostgreSQL's.
	Port = 5432
)

// Args describe one region's cluster. VPCID, Subnets, Region and KMSKeyARN are
// required.
type Args struct {
	part.Common
	// VPCID is the network that the cluster lives in.
	VPCID pulumi.StringInput
	// Subnets are where its instances may stand: at least two zones, no way in
	// from the internet.
	Subnets []part.Subnet
	// Clients are the security groups that may connect.
	Clients []part.Client
	// Region is the cluster's, "eu-west-1" say.
	Region string
	// KMSKeyARN is a key of that region. It cannot be changed.
	KMSKeyARN pulumi.StringInput
	// Global makes the cluster a further region of that database. Nil makes a
	// global database with its first region.
	Global *Aurora

	// EngineVersion is PostgreSQL's version with its minor part, "17.7" say.
	// Empty means DefaultEngineVersion. It counts when the database is made: one
	// that stands keeps its version, and its further regions, parameter groups and
	// instances follow that. AWS upgrades a global database as a whole, by
	// ModifyGlobalCluster, and sets its parameter groups to AWS's own; the next
	// deployment after a refresh brings ours back. A further region has the first
	// one's version; leave it empty.
	EngineVersion string
	// Class is every instance's class. Empty means DefaultClass. A further
	// region should have the first one's, to take over from it.
	Class string
	// Instances is the number of instances, 1 to MaxInstances. Zero means
	// DefaultInstances. In the first region one of them takes the writes.
	Instances int
	// IOOptimized pays more for machines and storage and nothing for I/O: it
	// is cheaper once I/O is over a quarter of the bill.
	IOOptimized bool
	// BackupDays is how long automatic backups are kept, 7 to 35 days. Zero
	// means DefaultBackupDays.
	BackupDays int
	// Username is the master user and DatabaseName the first database. Empty
	// means "app" for both. A further region has the first one's.
	Username, DatabaseName string
	// SecretRegions are further regions in which machines read the secret.
	SecretRegions []string
	// LogDays is how long the exported log is kept, in days. Zero means
	// DefaultLogDays.
	LogDays int
}

func (a Args) withDefaults() Args {
	if a.Global != nil {
		first := a.Global.args
		a.EngineVersion = cmp.Or(a.EngineVersion, first.EngineVersion)
		a.Username, a.DatabaseName = cmp.Or(a.Username, first.Username), cmp.Or(a.DatabaseName, first.DatabaseName)
	}
	a.EngineVersion = cmp.Or(a.EngineVersion, DefaultEngineVersion)
	a.Class = cmp.Or(a.Class, DefaultClass)
	a.Instances = cmp.Or(a.Instances, DefaultInstances)
	a.BackupDays = cmp.Or(a.BackupDays, DefaultBackupDays)
	a.Username = cmp.Or(a.Username, "app")
	a.DatabaseName = cmp.Or(a.DatabaseName, "app")
	a.LogDays = cmp.Or(a.LogDays, DefaultLogDays)
	return a
}

var (
	versionForm = regexp.MustCompile(`^(14|15|16|17)\.[0-9]+$`)
	classForm   = regexp.MustCompile(`^db\.(r5|r6g|r6i|r7g|r7i|r8g)\.([0-9]*x?large)$`)
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	regionForm  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
)

// memoryGiB is the memory of each size of those classes.
// Source: the Aurora user guide's table of DB instance classes.
var memoryGiB = map[string]float64{
	"large": 16, "xlarge": 32, "2xlarge": 64, "4xlarge": 128, "8xlarge": 256, "12xlarge": 384, "16xlarge": 512, "24xlarge": 768,
}

// memory is a class's memory in GiB; zero for one that the package does not know.
func memory(class string) float64 {
	parts := classForm.FindStringSubmatch(class)
	if parts == nil {
		return 0
	}
	return memoryGiB[parts[2]]
}

func (a Args) validate() error {
	return errors.Join(slices.Concat(a.checkPlace(), a.checkShape(), a.checkNames(), a.checkGlobal())...)
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
	if !regionForm.MatchString(a.Region) {
		errs = append(errs, fmt.Errorf(`Region: got %q, want an AWS region like "eu-west-1"`, a.Region))
	}
	if a.KMSKeyARN == nil {
		errs = append(errs, errors.New("KMSKeyARN: required: each region encrypts with a key of its own"))
	}
	return errs
}

func (a Args) checkShape() []error {
	var errs []error
	if !versionForm.MatchString(a.EngineVersion) {
		errs = append(errs, fmt.Errorf(`EngineVersion: got %q, want one with its minor part like %q`, a.EngineVersion,
			DefaultEngineVersion))
	}
	if memory(a.Class) == 0 {
		errs = append(errs, fmt.Errorf("Class: got %q, want db.FAMILY.SIZE with a family of much memory, r5 to r8g (large "+
			"to 24xlarge): a global database takes no others", a.Class))
	}
	if a.Instances < 1 || a.Instances > MaxInstances {
		errs = append(errs, fmt.Errorf("Instances: got %d, want 1 to %d", a.Instances, MaxInstances))
	}
	if a.BackupDays < DefaultBackupDays || a.BackupDays > 35 {
		errs = append(errs, fmt.Errorf("BackupDays: got %d, want %d to 35", a.BackupDays, DefaultBackupDays))
	}
	errs = append(errs, part.CheckLogDays(a.LogDays))
	return errs
}

func (a Args) checkNames() []error {
	var errs []error
	for field, name := range map[string]string{"Username": a.Username, "DatabaseName": a.DatabaseName} {
		if !nameForm.MatchString(name) || slices.Contains([]string{"admin", "rdsadmin", "postgres"}, name) ||
			strings.HasPrefix(name, "pg_") {
			errs = append(errs, fmt.Errorf("%s: got %q, want 1 to 63 of a-z, 0-9 and _, beginning with a letter, and no name "+
				"of RDS's or PostgreSQL's own", field, name))
		}
	}
	return errs
}

func (a Args) checkGlobal() []error {
	if a.Global == nil {
		return nil
	}
	first := a.Global.args
	var errs []error
	if first.Global != nil {
		errs = append(errs, errors.New("Global: it is a further region itself; name the first one"))
	}
	if a.EngineVersion != first.EngineVersion || a.Username != first.Username || a.DatabaseName != first.DatabaseName {
		errs = append(errs, errors.New("EngineVersion, Username, DatabaseName: leave them empty: a further region has the "+
			"first one's"))
	}
	if a.Region == first.Region {
		errs = append(errs, fmt.Errorf("Region: got %q, the first one's; a global database has one cluster in each region",
			a.Region))
	}
	if len(a.SecretRegions) > 0 {
		errs = append(errs, errors.New("SecretRegions: a further region has the first one's secret; name the regions there"))
	}
	return errs
}
