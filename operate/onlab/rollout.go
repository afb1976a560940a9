package onlab

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/operate"
)

// lasting is how long new machines may fail before the release is given up: one fails for
// a moment where its database is being changed.
const lasting = 10 * time.Second

// Rollout compares what runs with what the cloud's file wants.
func (d *Driver) Rollout(_ context.Context, s operate.Stack, _ time.Time) (operate.Rollout, error) {
	now, led, err := d.now("deploy")
	if err != nil {
		return operate.Rollout{}, err
	}
	c, err := cloud.Read(d.at.Cloud())
	if err != nil {
		return operate.Rollout{}, err
	}
	settled := now.Settled && now.Seen.Same(state.StampOf(d.at.Cloud()))
	groups := machines.Groups(c)
	var parts []operate.Progress
	for _, p := range s.Parts {
		if p.Runs() {
			parts = append(parts, d.progress(p, now, led, groups, settled))
		}
	}
	return operate.NewRollout(parts), nil
}

// progress is how far one part is. It is done when the lab has settled on the file as it
// stands; before, its machines may be those of before.
func (d *Driver) progress(p operate.Part, now state.State, led *ledger.Ledger, groups []machines.Group, settled bool) operate.Progress {
	progress := operate.Progress{Part: p.Name, State: operate.Rolling, Of: 1}
	ids := []string{p.IDs[0]}
	if p.Kind == operate.Fleet {
		ids, progress.Fresh, progress.Of = fresh(p, led, groups)
	}
	trouble := ""
	for _, u := range now.Units {
		if u.State == "failed" && slices.ContainsFunc(ids, func(id string) bool { return u.Name == id+"/app" }) {
			trouble = fmt.Sprintf("%s: %s", u.Name, u.Error)
		}
	}
	switch {
	case settled:
		progress.State, progress.Fresh = operate.Done, progress.Of
	case trouble == "":
		delete(d.failing, p.Name)
	default:
		if d.failing[p.Name].IsZero() {
			d.failing[p.Name] = time.Now()
		}
		progress.Says = trouble
		if time.Since(d.failing[p.Name]) > lasting {
			progress.State = operate.Failed
		}
	}
	return progress
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
