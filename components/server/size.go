package server

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// DefaultInstanceType has 2 GiB: PostgreSQL, Valkey and the app of stage 1
	// use about half of it.
	DefaultInstanceType = "t4g.small"
	// DefaultDataGiB leaves room for the data of 1,000 users, their uploads and
	// a dump of the database.
	DefaultDataGiB = 20
	// DefaultSnapshotDays is a week: the time in which a mistake is noticed.
	DefaultSnapshotDays = 7
	// rootGiB is the root disk: the operating system and a few releases.
	rootGiB = 8

	// DatabasePort, DatabaseName and DatabaseUser are PostgreSQL's on the server.
	DatabasePort = 5432
	DatabaseName = "app"
	DatabaseUser = "app"
)

// graviton matches an instance type with AWS's own arm64 processor: a g after
// the generation's number, as in t4g, m7gd or c6gn.
var graviton = regexp.MustCompile(`^[a-z]+[0-9]+[a-z]*g[a-z]*\.(nano|micro|small|medium|large|[0-9]*xlarge|metal(-[0-9]+xl)?)$`)

// isBurstable is true for types that earn and spend CPU credits.
func isBurstable(instanceType string) bool { return strings.HasPrefix(instanceType, "t") }

func (a Args) withDefaults(name string) Args {
	a.Program = a.Program.WithDefaults(name)
	if a.InstanceType == "" {
		a.InstanceType = DefaultInstanceType
	}
	if a.DataGiB == 0 {
		a.DataGiB = DefaultDataGiB
	}
	if a.SnapshotDays == 0 {
		a.SnapshotDays = DefaultSnapshotDays
	}
	return a
}

func (a Args) validate() error {
	errs := []error{a.validateRequired(), validateType(a.InstanceType), a.validateProgram()}
	if a.DataGiB < 8 || a.DataGiB > 16_384 {
		errs = append(errs, fmt.Errorf("DataGiB: got %d, want 8 to 16384", a.DataGiB))
	}
	if a.SnapshotDays < 1 || a.SnapshotDays > 1_000 {
		errs = append(errs, fmt.Errorf("SnapshotDays: got %d, want 1 to 1000", a.SnapshotDays))
	}
	for i, port := range a.Open {
		if port != 80 && port != 443 || slices.Index(a.Open, port) != i {
			errs = append(errs, fmt.Errorf("Open[%d]: got %d, want 80 or 443, each once", i, port))
		}
	}
	if len(a.Clients) > 0 && a.DatabaseSecret == nil {
		errs = append(errs, errors.New("DatabaseSecret: required with Clients, who need a password to log in"))
	}
	return errors.Join(errs...)
}

func (a Args) validateRequired() error {
	var errs []error
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"Region", a.Region != ""},
		{"VPCID", a.VPCID != nil},
		{"VPCCIDR", a.VPCCIDR != ""},
		{"Subnet.ID", a.Subnet.ID.OutputState != nil},
		{"Subnet.Zone", a.Subnet.Zone != ""},
		{"ImageID", a.ImageID != nil},
		{"BackupBucket", a.BackupBucket != nil},
		{"BackupBucketARN", a.BackupBucketARN != nil},
		{"Program.Port", a.Program.Serves()},
		{"Files", a.Files != nil},
	} {
		if !f.given {
			errs = append(errs, errors.New(f.name+": required"))
		}
	}
	return errors.Join(errs...)
}

func validateType(t string) error {
	if !graviton.MatchString(t) {
		return fmt.Errorf("InstanceType: got %q, want a Graviton (arm64) type such as t4g.small, m7g.large or r7g.large", t)
	}
	if strings.HasSuffix(t, ".nano") {
		return fmt.Errorf("InstanceType: got %q with 0.5 GiB of memory, want at least 1 GiB for the app and both databases",
			t)
	}
	return nil
}

// validateProgram is about what runs. The server starts and stops it itself.
func (a Args) validateProgram() error {
	errs := []error{a.Program.Check()}
	if !a.Program.Runs() {
		errs = append(errs, errors.New("Program: want an Artifact or a Command: the server starts it, and goes back to the "+
			"one before when it is not healthy"))
	}
	if a.Program.FinishesWork || a.Program.DatabaseCA {
		errs = append(errs, errors.New("Program: FinishesWork and DatabaseCA are a fleet's: the server stays, and its "+
			"databases are on it"))
	}
	return errors.Join(errs...)
}

// parameterName is the release parameter's name. It is not automatic, since the
// user data must know it before the parameter exists.
func parameterName(ctx *pulumi.Context, name string) string {
	return fmt.Sprintf("/%s/%s/%s/release", ctx.Project(), ctx.Stack(), name)
}
