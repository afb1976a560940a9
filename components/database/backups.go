package database

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BackupCopy says where a database's backups are copied to.
type BackupCopy struct {
	// Code names the region in a word, "euw1" say; the resource is named for it.
	Code string
	// Provider is the region's.
	Provider pulumi.ProviderResource
	// KMSKeyARN is a key of that region. It cannot be changed.
	KMSKeyARN pulumi.StringInput
	// Days is how long the copies are kept, 7 to 35. Zero means as long as the
	// database's own backups. Another number makes the copy anew: what was
	// copied stays until it expires.
	Days int
}

// CopyBackups keeps the database's backups and its log in another region, too,
// so that it can be restored there to any minute, also when the region is lost
// or a mistake has reached every copy of the database. The child is
// "<name>-backups-<code>". It costs $0.095 a GB and month and the transfer
// (us-east-1). Taking it away stops the copying; what was copied stays as long
// as it was meant to. RDS takes 20 databases for each region of an account, and
// none that is a cluster of several zones.
func (d *Database) CopyBackups(to BackupCopy) error {
	if to.Days == 0 {
		to.Days = d.args.backupDays()
	}
	if err := d.checkBackupCopy(to); err != nil {
		return fmt.Errorf("copy the backups of database %s: %w", d.name, err)
	}
	_, err := rds.NewInstanceAutomatedBackupsReplication(d.ctx, d.name+"-backups-"+to.Code,
		&rds.InstanceAutomatedBackupsReplicationArgs{
			SourceDbInstanceArn: d.ARN,
			KmsKeyId:            to.KMSKeyARN.ToStringOutput(),
			RetentionPeriod:     pulumi.Int(to.Days),
			// RDS copies a database's backups once.
		}, pulumi.Parent(d), pulumi.Provider(to.Provider), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return fmt.Errorf("copy the backups of database %s to %s: %w", d.name, to.Code, err)
	}
	return nil
}

func (d *Database) checkBackupCopy(to BackupCopy) error {
	var errs []error
	if d.args.follows() {
		errs = append(errs, errors.New("it is a copy itself; copy the backups of what it follows"))
	}
	if d.args.backupDays() == 0 {
		errs = append(errs, errors.New("it has no backups; set BackupDays"))
	}
	if to.Code == "" {
		errs = append(errs, errors.New("Code: required"))
	}
	if to.Provider == nil {
		errs = append(errs, fmt.Errorf("Provider: required (region %q)", to.Code))
	}
	if to.KMSKeyARN == nil {
		errs = append(errs, fmt.Errorf("KMSKeyARN: required (region %q): RDS encrypts the copies with a key of their own "+
			"region", to.Code))
	}
	if to.Days != 0 && (to.Days < minBackupDays || to.Days > maxBackupDays) {
		errs = append(errs, fmt.Errorf("Days: got %d, want %d to %d", to.Days, minBackupDays, maxBackupDays))
	}
	return errors.Join(errs...)
}
