package postgres

import (
	"fmt"
	"path/filepath"

	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
)

// A primary's backup is a copy of its files from when it began, and every segment of
// its log since: so it can be restored to any moment, as RDS restores. The log is put
// away at least once a minute; RDS does so every five.

// archiveSeconds is how old the newest backup may be while something is written.
const archiveSeconds = 60

// Backup is where a database's backup lies: Base is the copy, Archive has the segments.
type Backup struct{ Base, Archive string }

// BackupOf is the backup of a server whose log is archived.
func BackupOf(archive string) Backup {
	return Backup{Base: filepath.Join(filepath.Dir(archive), "backup", "base"), Archive: archive}
}

// Restore is the command by which PostgreSQL gets a segment back.
func (b Backup) Restore() string { return "gunzip -c " + quoted(b.Archive+"/%f.gz") + " > %p" }

func quoted(path string) string { return `"` + path + `"` }

// archiving are the parameters by which a server puts its log away.
func (s Server) archiving() [][2]string {
	if s.Archive == "" {
		return nil
	}
	to := quoted(s.Archive + "/%f.gz")
	fresh := quoted(s.Archive + "/%f.new")
	return [][2]string{{"archive_mode", "on"}, {"archive_timeout", fmt.Sprintf("%ds", archiveSeconds)},
		{"archive_command", "mkdir -p " + quoted(s.Archive) + " && gzip -1 -c %p > " + fresh + " && mv " + fresh + " " + to}}
}

// copying takes the copy, and then does without the segments before it.
const copying = `set -e
rm -rf "$2.new"
"$1" -D "$2.new" -X fetch -c fast --no-sync -d "$3"
rm -rf "$2"
mv "$2.new" "$2"
if [ -d "$4" ]; then find "$4" -name '*.gz' ! -name '*.history.gz' ! -newer "$2/backup_label" -delete; fi
`

// Backup is the unit that takes the copy once the server is well.
func (s Server) Backup(at site.Site, id string) unit.Unit {
	_, bin := at.Programs.Server(s.Major)
	b := BackupOf(s.Archive)
	return unit.Unit{
		Name: id + "/backup", What: "the backup of " + id, Dir: filepath.Dir(b.Base),
		User: unit.Database, Once: true, After: []string{s.Name}, Environment: []string{"PGPASSWORD=" + s.Admin},
		Program: []string{"/bin/sh", "-c", copying, "sh", filepath.Join(bin, "pg_basebackup"), b.Base,
			fmt.Sprintf("host=%s port=%d user=%s sslmode=require", s.Address, Port, admin), b.Archive},
	}
}

// Superuser may do everything in a server; its password is in the file PasswordFile of
// the server's directory.
const (
	Superuser    = admin
	PasswordFile = "admin"
)
