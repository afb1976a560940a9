package onlab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rung-dev/rung/lab/hand"
	"github.com/rung-dev/rung/operate"
)

// Restore makes a server from the copy and the archived log of the lab's first primary,
// counts the rows of both, and ends it: the lab keeps nothing that the cloud's file does
// not have.
func (d *Driver) Restore(ctx context.Context, _ operate.Stack, r operate.Restoring, tell func(string)) (
	made operate.Restored, err error) {
	if _, _, err := d.now("restore"); err != nil {
		return made, err
	}
	h, err := hand.Of(d.at)
	if err != nil {
		return made, err
	}
	backups, err := h.Backups(ctx)
	if err != nil {
		return made, err
	}
	from, until, err := backups.Span(ctx)
	if err != nil {
		return made, err
	}
	if err := r.Within(from, until); err != nil {
		return made, err
	}
	backups.Until(r.At)
	id, _, err := backups.Latest(ctx)
	if err != nil {
		return made, err
	}
	tell("a server of its own replays the log of " + r.Of.Name)
	then, err := backups.Restore(ctx, id)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, backups.Drop(context.WithoutCancel(ctx), then)) }()
	made = operate.Restored{Name: r.Name, At: r.At}
	if made.At.IsZero() {
		made.At = until
	}
	made.Rows, err = compared(ctx, backups, then)
	return made, err
}

// compared are the rows of the database that runs beside those of the restored one.
func compared(ctx context.Context, backups *hand.Backups, then string) (all []operate.Rows, err error) {
	now, err := backups.Running()
	if err != nil {
		return nil, err
	}
	has, err := backups.Rows(ctx, now)
	if err != nil {
		return nil, fmt.Errorf("count the rows of the database that runs: %w", err)
	}
	had, err := backups.Rows(ctx, then)
	if err != nil {
		return nil, fmt.Errorf("count the rows of the restored database: %w", err)
	}
	return sideBySide(has, had), nil
}

// sideBySide puts two counts beside one another, by table.
func sideBySide(has, had map[string]int64) (all []operate.Rows) {
	names := maps.Clone(has)
	maps.Copy(names, had)
	for _, table := range slices.Sorted(maps.Keys(names)) {
		row := operate.Rows{Table: table, Now: -1, Then: -1}
		if n, ok := has[table]; ok {
			row.Now = n
		}
		if n, ok := had[table]; ok {
			row.Then = n
		}
		all = append(all, row)
	}
	return all
}
