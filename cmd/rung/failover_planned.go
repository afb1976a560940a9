package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/failover"
	handoverreport "github.com/rung-dev/rung/handover/report"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/operate/releases"
	"github.com/rung-dev/rung/preview"
)

// regionMove is what `rung failover region` is asked for.
type regionMove struct {
	region                   string
	unplanned, accept, abort bool
	acceptOthers             bool
	maxPause                 time.Duration
}

// between is what a planned change-over is between. It is kept beside the journal: when the
// copies are promoted the state does not tell any more what they have copied.
type between struct {
	Region string              `json:"region"`
	Pairs  []operate.Following `json:"pairs"`
}

// ungatedKey lets no alarm take new machines back.
const ungatedKey = "deploy.ungated"

// betweenFile is where it lies in the directory of the journal.
const betweenFile = "between.json"

// moveWrites moves the writes of a stack to the copies in another region.
func (a *app) moveWrites(ctx context.Context, f regionMove) error {
	if !f.abort {
		// While machines are led over, those that are not yet there have their writes refused,
		// and the alarms that count that would take the new ones back.
		a.flags.set = append(a.flags.set, "database.writeRegion="+f.region, ungatedKey+"=true")
	}
	return a.onDay(ctx, "failover", true, appAsItStands, func(d *day) error {
		dir := filepath.Join(a.flags.dir, ".rung", "failover", "region-"+a.flags.stack)
		if _, err := os.Stat(filepath.Join(dir, betweenFile)); f.abort && err != nil {
			return usageError{"--abort: no change-over of this stack is under way in this directory"}
		}
		b, err := d.between(ctx, dir, f.region)
		if err != nil {
			return err
		}
		s := &failover.Stack{Pairs: d.pairs(b), Dir: dir, MaxPause: f.maxPause, AcceptOthers: f.acceptOthers,
			Tell: a.tellStep, Promoting: func(ctx context.Context) (bool, error) { return d.promoting(ctx, b) }}
		if f.abort {
			return errors.Join(s.Abort(ctx), over(dir))
		}
		return d.changeOver(ctx, s, b)
	})
}

func (a *app) tellStep(e handover.Entry) {
	if e.Step != "" && e.Text != "" {
		a.say("%-28s %s: %s", e.Step, e.Event, e.Text)
	}
}

// between finds what the change-over is between: what an earlier run has begun, or what
// stands.
func (d *day) between(ctx context.Context, dir, region string) (b between, err error) {
	text, err := os.ReadFile(filepath.Join(dir, betweenFile)) //nolint:gosec // a directory of rung's
	if err == nil {
		if err = json.Unmarshal(text, &b); err == nil && b.Region != region {
			err = usageError{fmt.Sprintf("a change-over to %s is under way: `rung failover region %s` goes on "+
				"with it, --abort ends it where nothing was promoted", b.Region, b.Region)}
		}
		return b, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return b, fmt.Errorf("read what the change-over is between: %w", err)
	}
	if !d.app.flags.lab() { // whose databases are asked by themselves
		if err := d.ready(ctx, region); err != nil {
			return b, err
		}
	}
	b = between{Region: region, Pairs: d.stands.Successors(region)}
	if len(b.Pairs) == 0 {
		return b, noCopies(region)
	}
	return b, nil
}

func noCopies(region string) error {
	return usageError{fmt.Sprintf("the stack has no copies of its databases in %s: rung:regions adds a "+
		"region, and where the writes are there is none", region)}
}

// ready asks the cloud whether the copies and what they copy are well.
func (d *day) ready(ctx context.Context, region string) error {
	copies, err := d.driver.Copies(ctx, d.stands, region)
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range copies {
		if !c.Promoted() && (c.State != "available" || c.SourceState != "available") {
			errs = append(errs, fmt.Errorf("%s in %s is %s, its source %s: want both available; where the region of the "+
				"writes is lost: --unplanned", c.ID, c.Region, c.State, sourceOf(c)))
		}
	}
	return errors.Join(errs...)
}

// promoting says whether a copy takes its own way, or is about to: by the cloud, and in the lab
// by what it was told.
func (d *day) promoting(ctx context.Context, b between) (bool, error) {
	if d.app.flags.lab() {
		err := d.find(ctx)
		return len(d.stands.Successors(b.Region)) < len(b.Pairs), err
	}
	copies, err := d.driver.Copies(ctx, d.stands, b.Region)
	return slices.ContainsFunc(copies, func(c operate.Copy) bool {
		return c.State != "available" || slices.ContainsFunc(b.Pairs, func(p operate.Following) bool {
			return p.Copy.Name == c.Name && c.Promoted()
		})
	}), err
}

// save keeps what the change-over is between.
func (b between) save(dir string) error {
	text, err := json.MarshalIndent(b, "", "  ")
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, betweenFile), text, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep what the change-over is between: %w", err)
	}
	return nil
}

// over ends a change-over: the next one begins anew.
func over(dir string) error {
	err := os.Remove(filepath.Join(dir, betweenFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("end the change-over: %w", err)
	}
	return handover.PutAside(dir, time.Now().UTC())
}

// changeOver shows what the deployment does, before anything is closed, and moves the writes.
func (d *day) changeOver(ctx context.Context, s *failover.Stack, b between) error {
	report, steps, err := d.planStanding(ctx)
	if err != nil {
		return err
	}
	d.app.say("%d databases give their writes to %s. They refuse writes from the moment in which the first is closed\n"+
		"until the last is promoted, and machines until they are led there; reads go on.", len(b.Pairs), b.Region)
	if err := d.before(report); err != nil {
		return err
	}
	if err := b.save(s.Dir); err != nil {
		return err
	}
	s.Lead = func(ctx context.Context) error { return d.leadMachines(ctx, steps) }
	result, err := s.Run(ctx)
	if err != nil {
		return err
	}
	if err := d.gateAgain(ctx); err != nil {
		return fmt.Errorf("let the alarms take machines back again: %w; the writes have moved: run it again", err)
	}
	return errors.Join(d.app.show(handoverreport.StackFailover(b.Region, result)), over(s.Dir))
}

// leadMachines carries the deployment out and follows the machines to its end.
func (d *day) leadMachines(ctx context.Context, steps []preview.Step) error {
	outcome, why, err := d.roll(ctx, steps, defaultPatience)
	if err != nil {
		return err
	}
	if outcome != releases.Running {
		return fmt.Errorf("lead the machines: the deployment %s: %s", outcome, why)
	}
	if _, err := d.inLab(ctx, nil); err != nil {
		return err
	}
	return errors.Join(d.stayed(), d.stack.Ended())
}

// gateAgain lets alarms take new machines back, as before the writes moved. No machine is
// replaced for that.
func (d *day) gateAgain(ctx context.Context) error {
	if err := d.want(ungatedKey, "false"); err != nil {
		return err
	}
	_, steps, err := d.planStanding(ctx)
	if err != nil || len(changing(steps)) == 0 {
		return err
	}
	return d.bring(ctx, steps)
}

// planStanding plans what a command changes of a stack that stands.
func (d *day) planStanding(ctx context.Context) (preview.Report, []preview.Step, error) {
	if err := d.checkStanding(ctx); err != nil {
		return preview.Report{}, nil, err
	}
	if err := d.recover(ctx); err != nil {
		return preview.Report{}, nil, err
	}
	return d.planToChange(ctx)
}

// pairs are the databases with the ways to them.
func (d *day) pairs(b between) (all []failover.Pair) {
	for _, p := range b.Pairs {
		all = append(all, failover.Pair{Name: p.Source.Name, From: d.way(p.Source, p.Source), To: d.way(p.Copy, p.Source)})
	}
	return all
}

// way is the one to a store through a machine that serves now, with another store's login.
func (d *day) way(to, login operate.Store) failover.Way {
	return func(ctx context.Context) (string, func(), error) {
		part, err := d.stands.Part(firstOf(d.stands.Running()))
		if err != nil {
			return "", nil, err
		}
		m, err := d.machine(ctx, part, "")
		if err != nil {
			return "", nil, err
		}
		who, err := d.driver.Login(ctx, m, login)
		if err != nil {
			return "", nil, err
		}
		at, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return "", nil, fmt.Errorf("open a local port: %w", err)
		}
		ctx, end := context.WithCancel(context.WithoutCancel(ctx))
		go func() {
			if err := d.driver.Tunnel(ctx, m, to.Host, to.Port, at); err != nil && ctx.Err() == nil {
				d.app.log(fmt.Sprintf("the way to %s: %v", to.Name, err))
			}
			_ = at.Close()
		}()
		return urlOf(who, at.Addr().String(), !d.app.flags.offline()), end, nil
	}
}

func firstOf(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// urlOf is the URL of a database at the near end of a tunnel. RDS takes nobody who does not
// encrypt.
func urlOf(who operate.Login, address string, encrypted bool) string {
	mode := "prefer"
	if encrypted {
		mode = "require"
	}
	u := url.URL{Scheme: "postgres", User: url.UserPassword(who.User, who.Password), Host: address,
		Path: "/" + who.Database, RawQuery: "sslmode=" + mode}
	return u.String()
}
