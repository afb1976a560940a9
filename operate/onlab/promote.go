package onlab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/hand"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/resource/token"
)

// available is what RDS calls an instance that serves.
const available = "available"

// Copies are the copies of the stack's databases in a region: those of instances elsewhere, and
// those that take writes by now. A source that does not answer, as one of a region that is cut
// off, has no state.
func (d *Driver) Copies(ctx context.Context, s operate.Stack, region string) (all []operate.Copy, err error) {
	now, led, err := d.now("failover")
	if err != nil {
		return nil, err
	}
	c, err := cloud.Read(d.at.Cloud())
	if err != nil {
		return nil, err
	}
	for _, p := range s.Parts {
		if p.Region != region {
			continue
		}
		if p.Kind == operate.Cluster {
			return nil, operate.NotHere{What: "failover", Because: p.Name + " is Aurora's, whose global database has calls of " +
				"its own", Instead: "`rung up STAGE --set database.writeRegion=" + region + "` moves its writes as planned"}
		}
		for _, r := range c.All(token.RDSInstance) {
			if p.Kind == operate.Database && r.Region == region && slices.Contains(p.IDs, r.Str("identifier")) {
				if one, is := copyOf(ctx, c, r, now, led); is {
					one.Name = p.Name
					all = append(all, one)
				}
			}
		}
	}
	return all, nil
}

// copyOf describes an instance that copies one of another region, or copies none. A replica of
// an instance of its own region is none.
func copyOf(ctx context.Context, c cloud.Cloud, r cloud.Resource, now state.State, led *ledger.Ledger) (operate.Copy,
	bool) {
	one := operate.Copy{ID: r.Str("identifier"), Region: r.Region, State: stateOf(r, now)}
	if r.Str("replicateSourceDb") == "" {
		return one, true
	}
	source, found := postgres.SourceOf(c, r)
	if !found || source.Region == r.Region {
		return one, false
	}
	one.Source, one.SourceRegion, one.SourceState = source.Str("identifier"), source.Region, stateOf(source, now)
	if lag, err := lagOf(ctx, led.Processes[postgres.UnitOf(one.ID)]); err == nil {
		one.Lag, one.At = &lag, time.Now()
	}
	return one, true
}

// stateOf is available where a server of an instance is well, else empty: it does not answer.
func stateOf(r cloud.Resource, now state.State) string {
	for _, u := range now.Units {
		if strings.HasPrefix(u.Name, r.Str("identifier")+"/") && len(u.Ports) > 0 && u.State == "well" {
			return available
		}
	}
	return ""
}

// lagOf is how many seconds ago that was written which a copy has shown last.
func lagOf(ctx context.Context, p ledger.Process) (seconds float64, err error) {
	at, err := hand.AdminURL(p)
	if err != nil {
		return 0, err
	}
	conn, err := pgx.Connect(ctx, at)
	if err != nil {
		return 0, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = conn.QueryRow(ctx, "SELECT coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0)").
		Scan(&seconds)
	return seconds, err
}

// promoteWithin is how long a copy may take to become a primary.
const promoteWithin = 2 * time.Minute

// Promote lets a copy take writes, as RDS does by its call: the cloud has it as an instance of its
// own from then on, and the lab makes its server one. It may be called again.
func (d *Driver) Promote(ctx context.Context, c operate.Copy, tell func(string)) error {
	if !c.Promoted() {
		tell(c.ID + " is promoted")
		if err := hand.Promote(d.at, hand.Instance{Region: c.Region, Identifier: c.ID},
			hand.Instance{Region: c.SourceRegion, Identifier: c.Source}); err != nil {
			return err
		}
	}
	_, led, err := d.now("failover")
	if err != nil {
		return err
	}
	for end := time.Now().Add(promoteWithin); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if takesWrites(ctx, led.Processes[postgres.UnitOf(c.ID)]) {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("wait for %s: %w; the lab goes on: run it again", c.ID, ctx.Err())
		}
		if _, led, err = d.now("failover"); err != nil {
			return err
		}
	}
	return errors.New("promote " + c.ID + ": it takes no writes yet; `rung lab status` says what its server does. Run it again")
}

// takesWrites says whether a server is a primary that answers.
func takesWrites(ctx context.Context, p ledger.Process) (is bool) {
	at, err := hand.AdminURL(p)
	if err != nil {
		return false
	}
	conn, err := pgx.Connect(ctx, at)
	if err != nil {
		return false
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return conn.QueryRow(ctx, "SELECT NOT pg_is_in_recovery()").Scan(&is) == nil && is
}
