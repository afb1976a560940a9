package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/operate"
)

func (a *app) restoreCommand() *cobra.Command {
	var at, name string
	c := &cobra.Command{
		Use:   "restore [STORE]",
		Short: "Restore the database as it was at a moment, to a new one beside it",
		Long: `Restore the stack's database as it was at a moment, to a new one beside it: nothing of the
stack is changed, and the app goes on with the one that it has. --at is a time with its
zone (2026-11-30T11:55:00Z), how long ago (15m), or latest.

On AWS it is a new instance of RDS, or a new cluster of Aurora with one instance, with the
subnets, security groups, parameters and class of the first, in one zone; it takes minutes
and costs what such an instance costs until it is deleted. In the lab a server of its own
replays the log, the rows of both are counted, and it ends. What comes next, docs/restore.md says.`,
		Example: "  rung restore --at 2026-11-30T11:55:00Z --cloud aws\n  rung restore --at 15m --cloud lab",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error {
			return a.restoreTo(ctx, strings.Join(args, ""), at, name)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "the `moment`: a time with its zone, how long ago (15m), or latest; required")
	c.Flags().StringVar(&name, "name", "",
		"the `name` of the new database; without it the stack's, the store's and the time")
	c.Flags().BoolVar(&a.flags.yes, "yes", false, "do not ask before making anything on AWS")
	return c
}

// latestMoment is the word for what backups know last.
const latestMoment = "latest"

// moment reads --at; zero is the latest.
func moment(text string, now time.Time) (time.Time, error) {
	if text == latestMoment {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago > 0 {
		return now.Add(-ago).Truncate(time.Second), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, usageError{fmt.Sprintf("--at: got %q, want a time with its zone, as in 2026-11-30T11:55:00Z, how long "+
			"ago, as in 15m, or latest", text)}
	}
	if at.After(now) {
		return at, usageError{fmt.Sprintf("--at: got %s, which is to come: it is %s", text, now.UTC().Format(time.RFC3339))}
	}
	return at, nil
}

// instanceName is what RDS takes, which knows no capitals and no two hyphens in a row.
var instanceName = regexp.MustCompile(`^[a-z](-?[a-z0-9]){0,62}$`)

// restoredName is the new database's name where nobody gives one.
func restoredName(stack string, store operate.Store, now time.Time) string {
	const stamp = "-20060102-150405"
	most := store.MostName()
	name := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower("r-"+stack+"-"+store.Name), "-")
	if len(name) > most-len(stamp) {
		name = name[:most-len(stamp)]
	}
	return strings.TrimRight(name, "-") + now.UTC().Format(stamp)
}

func (a *app) restoreTo(ctx context.Context, store, at, name string) error {
	now := time.Now()
	when, err := moment(at, now)
	if err != nil {
		return err
	}
	if name != "" {
		if err := checkRestoredName(name, operate.Store{}); err != nil {
			return err
		}
	}
	return a.onDay(ctx, "restore", false, appAsItStands, func(d *day) error {
		of, err := d.stands.Database(store)
		if err != nil {
			return usageError{err.Error()}
		}
		if name == "" {
			name = restoredName(d.stack.Name(), of, now)
		}
		if err := checkRestoredName(name, of); err != nil {
			return err
		}
		if err := a.consent(fmt.Sprintf("Restore %s to a new database %s, which is paid until it is deleted?", of.Name,
			name)); err != nil {
			return err
		}
		defer engine.Hands()() // the end of what is under way is waited for
		made, err := d.driver.Restore(ctx, d.stands, operate.Restoring{Of: of, At: when, Name: name},
			func(line string) { a.say("%s", line) })
		if ctx.Err() != nil && made.GoesOn != "" {
			a.say("%s", made.GoesOn)
		}
		if err != nil {
			return err
		}
		return a.tellRestored(of, made)
	})
}

// checkRestoredName refuses a name that RDS does not take for what is restored.
func checkRestoredName(name string, of operate.Store) error {
	if most := of.MostName(); !instanceName.MatchString(name) || len(name) > most {
		return usageError{fmt.Sprintf("--name: got %q, want 1 to %d small letters, digits and single hyphens, "+
			"a letter first and no hyphen last", name, most)}
	}
	return nil
}

// tellRestored says what there is now, and what comes next.
func (a *app) tellRestored(of operate.Store, made operate.Restored) error {
	fmt.Fprintf(a.out, "%s as it was at %s\n", of.Name, made.At.UTC().Format(time.RFC3339))
	if len(made.Rows) > 0 {
		fmt.Fprintf(a.out, "%-32s %12s %12s\n", "table", "rows then", "rows now")
	}
	for _, r := range made.Rows {
		fmt.Fprintf(a.out, "%-32s %12s %12s\n", r.Table, countOf(r.Then), countOf(r.Now))
	}
	if made.Host == "" {
		a.say("The restored server has ended; the stack was not touched.")
		return nil
	}
	fmt.Fprintf(a.out, "%s  %s:%d\n", made.Name, made.Host, made.Port)
	a.say("The app goes on with the database that it has. Look into the restored one, with the same login: "+
		"`rung db %s --host %s`. How its rows come back, how it takes the place of the other, and how it is deleted: "+
		"docs/restore.md.", of.Name, made.Host)
	return nil
}

// countOf is a number of rows; a table that is not there has none to count.
func countOf(n int64) string {
	if n < 0 {
		return "no table"
	}
	return fmt.Sprint(n)
}
