package stacks

import (
	"github.com/rung-dev/rung/components/database"
	"github.com/rung-dev/rung/stacks/config"
)

// copyBackups keeps the backups of a database that takes writes, or once did,
// in another region: a copy of the database repeats every mistake at once, a
// backup undoes it. A database whose writes have moved keeps its copies, and
// what has the writes now gets its own; so a move deletes no backup.
func (m *multiRegion) copyBackups(c *cell, d *database.Database) error {
	region := c.cfg.BackupRegion(c.region)
	if region == "" {
		return nil
	}
	to := config.Code(region)
	return d.CopyBackups(database.BackupCopy{
		Code: to, Provider: m.cell(region).here, KMSKeyARN: m.home.key.In(to), Days: c.cfg.Database.BackupCopyDays,
	})
}
