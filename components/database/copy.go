package database

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// follows reports whether the database is a copy that was not promoted.
func (a Args) follows() bool { return a.Source != nil && !a.Promoted }

// SecretIn is the ARN by which machines of that region read the secret. It
// must be the database's own or one of SecretRegions.
func (d *Database) SecretIn(region string) pulumi.StringOutput { return d.secret.In(region) }

func (a Args) checkCopy() []error {
	if a.Source == nil {
		return a.checkOriginal()
	}
	var errs []error
	if a.Source.args.follows() {
		errs = append(errs, errors.New("Source: it is a copy itself; name the database that takes the writes"))
	}
	if a.Region == "" {
		errs = append(errs, errors.New("Region: required for a copy: it reads the secret there"))
	}
	if a.KMSKeyARN == nil {
		errs = append(errs, errors.New("KMSKeyARN: required for a copy: RDS encrypts it with a key of its own region"))
	}
	if a.Username != a.Source.args.Username || a.DatabaseName != a.Source.Name {
		errs = append(errs, fmt.Errorf("Username, DatabaseName: got %q and %q for a copy, leave them empty: they are its "+
			"source's", a.Username, a.DatabaseName))
	}
	if its := cmp.Or(a.Source.args.Engine, PostgreSQL); a.Engine != its {
		errs = append(errs, fmt.Errorf("Engine: got %s for a copy of %s, leave it empty", a.Engine, its))
	}
	if a.BackupDays == NoBackups {
		errs = append(errs, errors.New("BackupDays: a copy needs backups: its replicas are made from them, and without "+
			"them a promoted one has none"))
	}
	if len(a.SecretRegions) > 0 {
		errs = append(errs, errors.New("SecretRegions: a copy has its source's secret; name the regions there"))
	}
	return errs
}

func (a Args) checkOriginal() []error {
	var errs []error
	if a.Promoted {
		errs = append(errs, errors.New("Promoted: only a copy can be; set Source"))
	}
	if a.Standby {
		errs = append(errs, errors.New("Standby: an original has one unless SingleAZ is set"))
	}
	if a.KMSKeyARN != nil {
		errs = append(errs, errors.New("KMSKeyARN: only a copy takes one: another key would replace the database"))
	}
	return errs
}

// copyArgs are those of a copy's first instance. User, database and version it
// has from its source, also once promoted.
//
// Promoting is one update: without its source, the provider promotes the
// instance first, with the backups that it has had as a copy, and then
// changes the rest.
func (b *builder) copyArgs(child string, id pulumi.StringOutput) *rds.InstanceArgs {
	args := b.common(child, id, b.args.Class)
	args.DbSubnetGroupName = b.subnets.Name
	args.KmsKeyId = b.args.KMSKeyARN.ToStringOutput().ToStringPtrOutput()
	args.BackupRetentionPeriod = pulumi.Int(b.args.backupDays())
	args.BackupWindow = pulumi.String(b.args.BackupWindow)
	args.DeleteAutomatedBackups = pulumi.Bool(false)
	if b.args.follows() {
		args.ReplicateSourceDb = b.args.Source.ARN
		args.MultiAz = pulumi.Bool(b.args.Standby)
		args.SkipFinalSnapshot = pulumi.Bool(true)
		return args
	}
	b.promote(args, id)
	return args
}

// promote adds what an original has and a copy must not have.
func (b *builder) promote(args *rds.InstanceArgs, id pulumi.StringOutput) {
	args.Engine = pulumi.String(string(b.args.Engine))
	args.MultiAz = pulumi.Bool(!b.args.SingleAZ)
	args.AllocatedStorage = pulumi.Int(b.args.AllocatedGiB)
	args.Password = b.db.secret.Value
	args.SkipFinalSnapshot = pulumi.Bool(false)
	args.FinalSnapshotIdentifier = id.ApplyT(finalSnapshot).(pulumi.StringOutput)
	if b.args.AllowMajorUpgrade { // a copy has no version of its own to compare with
		args.AllowMajorVersionUpgrade = pulumi.Bool(true)
		args.EngineVersion = pulumi.String(b.args.EngineVersion)
	}
}
