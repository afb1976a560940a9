package config

import (
	"fmt"
	"slices"
	"strings"
)

// NoBackupRegion leaves backups in their database's region.
const NoBackupRegion = "none"

// mostBackupCopies is of how many databases RDS keeps copied backups in one
// region of an account (RDS user guide, "Enabling cross-Region automated
// backups").
const mostBackupCopies = 20

// BackupRegion is where the backups of a database in that region are copied
// to; empty is nowhere.
func (c Config) BackupRegion(of string) string {
	named := c.Database.BackupRegion
	if c.Stage < SeveralRegions || named == NoBackupRegion {
		return ""
	}
	if named != "" && named != of {
		return named
	}
	for _, region := range c.Regions {
		if region != of {
			return region
		}
	}
	return ""
}

func checkBackupCopies(c Config, add report) {
	named := c.Database.BackupRegion
	switch {
	case named == "" || named == NoBackupRegion:
	case c.Stage < SeveralRegions:
		add("database.backupRegion",
			fmt.Sprintf("stage %d has one region: leave the key out, or take rung:stage %d", c.Stage, SeveralRegions))
	case !slices.Contains(c.Regions, named):
		add("database.backupRegion", "want one of rung:regions, which are "+strings.Join(c.Regions, ", ")+", or none")
	case named == c.WriteRegion():
		add("database.backupRegion", "the databases that take writes are there: want another region, or none")
	}
	if c.Database.BackupCopyDays > 0 && c.BackupRegion(c.WriteRegion()) == "" {
		add("database.backupCopyDays",
			"no backups are copied: want rung:stage 5, two regions and rung:database.backupRegion other than none")
	}
	own := len(c.OwnDatabases())
	if n := c.Database.Shards + own; n > mostBackupCopies && c.BackupRegion(c.WriteRegion()) != "" {
		add("database.backupRegion",
			fmt.Sprintf("AWS keeps copied backups of %d databases in a region, and the shards and those of services are %d: "+
				"want none, which leaves the backups in their own region, or at most %d for rung:database.shards", mostBackupCopies,
				n, max(1, mostBackupCopies-own)))
	}
}
