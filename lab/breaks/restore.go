package breaks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Backups is what the restore drill needs of the lab.
type Backups interface {
	// Latest is the newest backup and until when it has all that was written.
	Latest(ctx context.Context) (id string, until time.Time, err error)
	// Restore makes a fresh database of a backup and returns its URL.
	Restore(ctx context.Context, id string) (url string, err error)
	// Drop removes a database that Restore has made.
	Drop(ctx context.Context, url string) error
	// Rows counts the rows of each table of a database.
	Rows(ctx context.Context, url string) (map[string]int64, error)
}

// Restored is what a restore drill has shown.
type Restored struct {
	// RPO is how much of the past would be lost: from the backup's end to the
	// beginning of the drill. RTO is how long the fresh database took.
	RPO time.Duration `json:"rpo_ns"`
	RTO time.Duration `json:"rto_ns"`
	// Tables are compared, the restored beside what runs.
	Tables []TableRows `json:"tables"`
}

// TableRows are the rows of a table in the fresh database and in what runs.
type TableRows struct {
	Table    string `json:"table"`
	Restored int64  `json:"restored"`
	Running  int64  `json:"running"`
	// Missing says that the fresh database does not have the table at all.
	Missing bool `json:"missing,omitempty"`
}

// Whole reports whether every table is there, and some row where some run: what
// was written after the backup may be missing, no more.
func (r Restored) Whole() bool {
	return len(r.Tables) > 0 && !slices.ContainsFunc(r.Tables, func(t TableRows) bool {
		return t.Missing || t.Running > 0 && t.Restored == 0
	})
}

// RestoreDrill takes the latest backup to a fresh database, compares it with
// what runs at the URL, and removes it.
func RestoreDrill(ctx context.Context, b Backups, running string) (out Restored, err error) {
	begin := time.Now()
	id, until, err := b.Latest(ctx)
	if err != nil {
		return out, fmt.Errorf("find the latest backup: %w", err)
	}
	out.RPO = max(begin.Sub(until), 0)
	fresh, err := b.Restore(ctx, id)
	if err != nil {
		return out, fmt.Errorf("restore the backup %s: %w", id, err)
	}
	out.RTO = time.Since(begin)
	defer func() {
		if dropErr := b.Drop(context.WithoutCancel(ctx), fresh); dropErr != nil {
			err = errors.Join(err, fmt.Errorf("remove the restored database: %w", dropErr))
		}
	}()
	restored, err := b.Rows(ctx, fresh)
	if err != nil {
		return out, fmt.Errorf("count the rows of the restored database: %w", err)
	}
	here, err := b.Rows(ctx, running)
	if err != nil {
		return out, fmt.Errorf("count the rows of the running database: %w", err)
	}
	out.Tables = compare(restored, here)
	return out, nil
}

func compare(restored, running map[string]int64) []TableRows {
	var all []TableRows
	for _, table := range slices.Sorted(maps.Keys(running)) {
		n, there := restored[table]
		all = append(all, TableRows{Table: table, Restored: n, Running: running[table], Missing: !there})
	}
	return all
}
