package onlab

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/operate"
)

// lasting is how long new machines may fail before the release is given up: one fails for
// a moment where its database is being changed.
const lasting = 15 * time.Second

// Rollout compares what runs with what the cloud's file wants.
func (d *Driver) Rollout(_ context.Context, s operate.Stack, since time.Time) (operate.Rollout, error) {
	now, led, err := d.now("deploy")
	if err != nil {
		return operate.Rollout{}, err
	}
	c, err := cloud.Read(d.at.Cloud())
	if err != nil {
		return operate.Rollout{}, err
	}
	l := look{now: now, led: led, groups: machines.Groups(c, led.Desired), since: since,
		settled: now.Settled && now.Seen.Same(state.StampOf(d.at.Cloud()))}
	var parts []operate.Progress
	for _, p := range s.Parts {
		if p.Runs() {
			parts = append(parts, d.progress(p, l))
		}
	}
	return operate.NewRollout(parts), nil
}

// look is the lab at a moment, for a rollout that began at another. It has settled when
// all is as the cloud's file says: before, its machines may be those of before.
type look struct {
	now     state.State
	led     *ledger.Ledger
	groups  []machines.Group
	since   time.Time
	settled bool
}

// progress is how far one part is.
func (d *Driver) progress(p operate.Part, l look) operate.Progress {
	progress := operate.Progress{Part: p.Name, State: operate.Rolling, Of: 1}
	ids := []string{p.IDs[0]}
	if p.Kind == operate.Fleet {
		ids, progress.Fresh, progress.Of = fresh(p, l.led, l.groups)
	}
	if why := l.returned(p); why != "" {
		progress.State, progress.Says = operate.Failed, why
		return progress
	}
	if l.settled {
		progress.State, progress.Fresh = operate.Done, progress.Of
		return progress
	}
	trouble, well := l.trouble(ids)
	switch first := d.failing[p.Name]; {
	case well:
		delete(d.failing, p.Name)
	case trouble != "" && (first.IsZero() || first.Before(l.since)):
		d.failing[p.Name] = time.Now()
	case !first.IsZero() && !first.Before(l.since) && time.Since(first) > lasting:
		progress.State = operate.Failed
	}
	progress.Says = trouble
	return progress
}

// returned is why a fleet's new machines were taken back; empty where they were not.
func (l look) returned(p operate.Part) string {
	for _, g := range l.groups {
		refused := l.led.Refused[g.Name].Launch
		if p.Kind == operate.Fleet && slices.Contains(p.IDs, g.Name) && refused == g.Launch && refused != "" {
			return strings.Join(l.now.Returned, "; ")
		}
	}
	return ""
}

// trouble is what a machine's app has ended with, and whether all apps are well. One that
// is started again has no trouble for that moment.
func (l look) trouble(ids []string) (trouble string, well bool) {
	well = len(ids) > 0
	for _, u := range l.now.Units {
		if !slices.ContainsFunc(ids, func(id string) bool { return u.Name == id+"/app" }) {
			continue
		}
		well = well && u.State == "well"
		if u.State == "failed" {
			trouble = fmt.Sprintf("%s: %s", u.Name, u.Error)
		}
	}
	return trouble, well
}

// fresh are the machines of a group that were launched with what it launches now, and how
// many of them serve.
func fresh(p operate.Part, led *ledger.Ledger, groups []machines.Group) (ids []string, serving, of int) {
	for _, g := range groups {
		if !slices.Contains(p.IDs, g.Name) {
			continue
		}
		of += g.Desired
		for _, m := range led.Machines {
			if m.Group != g.Name || m.Launch != g.Launch {
				continue
			}
			ids = append(ids, m.ID)
			if m.State == ledger.InService {
				serving++
			}
		}
	}
	return ids, serving, of
}
