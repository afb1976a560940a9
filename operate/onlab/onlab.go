// Package onlab is the driver of the lab: parts are looked at in the lab's own record, logs
// are files, and a command runs beside the app's process, as its user, in its environment
// and its folder. What AWS measures, watches and keeps the lab does not; it says so.
package onlab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/postgres"
	"github.com/rung-dev/rung/lab/scaling"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/operate"
)

// Driver is operate.Driver for the lab of a directory.
type Driver struct {
	at place.Place
	// Contained says that the app runs in a container, in which commands run too.
	Contained bool
	// failing is since when a part's machines fail, by its name.
	failing map[string]time.Time
}

var _ operate.Driver = (*Driver)(nil)

// Of is the driver for the lab of a user's directory.
func Of(dir string) (*Driver, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the directory %q: %w", dir, err)
	}
	return &Driver{at: place.Of(abs), failing: map[string]time.Time{}}, nil
}

// asleep is a lab that does not run.
func asleep(what string) error {
	return operate.NotHere{What: what, Because: "the lab does not run", Instead: "`rung lab start` starts it"}
}

// now is what the lab tells, while it runs.
func (d *Driver) now(what string) (state.State, *ledger.Ledger, error) {
	s, err := state.Read(d.at.Status())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s, nil, err
	}
	if !s.Runs() {
		return s, nil, asleep(what)
	}
	led, err := ledger.Read(d.at.Ledger())
	return s, led, err
}

// Look says how the servers are that stand in for each part.
func (d *Driver) Look(_ context.Context, s operate.Stack) (operate.Found, error) {
	now, led, err := d.now("status")
	if err != nil {
		return operate.Found{}, err
	}
	f := operate.Found{Unasked: []string{"load: the lab measures it while `rung lab load` runs"}}
	d.ring(&f, now)
	for _, p := range s.Parts {
		f.Health = append(f.Health, healthOf(p, now, led))
	}
	f.Backups = backups(led)
	return f, nil
}

// ring says which alarms ring, of those whose metrics the lab measures.
func (d *Driver) ring(f *operate.Found, now state.State) {
	c, err := cloud.Read(d.at.Cloud())
	if err != nil {
		f.Unasked = append(f.Unasked, "alarms: "+err.Error())
		return
	}
	all, left := scaling.Alarms(c)
	f.AlarmsWatched = len(all)
	if left > 0 {
		f.Unasked = append(f.Unasked, fmt.Sprintf("%d alarms: the lab does not measure what they go by", left))
	}
	for _, sentence := range now.Ringing {
		name, says, _ := strings.Cut(sentence, ": ")
		f.Alarms = append(f.Alarms, operate.Alarm{Name: name, State: "ALARM", Reason: says})
	}
}

// beginnings are how the names of a part's servers begin.
func beginnings(p operate.Part, led *ledger.Ledger) (all []string) {
	switch p.Kind {
	case operate.Fleet:
		for _, m := range led.Machines {
			if slices.Contains(p.IDs, m.Group) {
				all = append(all, m.ID+"/")
			}
		}
	case operate.Balancer: // "app/NAME/id"
		if words := strings.Split(p.Metric, "/"); len(words) > 1 {
			all = append(all, words[1]+"/")
		}
	default:
		for _, id := range p.IDs {
			all = append(all, id+"/")
		}
	}
	return all
}

func healthOf(p operate.Part, now state.State, led *ledger.Ledger) operate.Health {
	h := operate.Health{Part: p.Name, Kind: p.Kind, State: operate.Well}
	begin, well, all, trouble := beginnings(p, led), 0, 0, ""
	for _, u := range now.Units {
		ours := slices.ContainsFunc(begin, func(b string) bool { return strings.HasPrefix(u.Name, b) })
		if !ours || u.State == "done" {
			continue
		}
		all++
		switch u.State {
		case "well":
			well++
		case "failed":
			h.State, trouble = operate.Ill, ": "+u.Name+" "+u.Error
		default:
			if h.State == operate.Well {
				h.State = operate.Busy
			}
		}
	}
	if all == 0 {
		h.State, h.Says = operate.Unknown, "no server of the lab stands in for it alone"
		return h
	}
	h.Says = fmt.Sprintf("%d of %d servers well%s", well, all, trouble)
	return h
}

// backups are those of the databases that keep one.
func backups(led *ledger.Ledger) (all []operate.Backup) {
	for name, p := range led.Processes {
		if p.Dir == "" || strings.HasSuffix(name, "/backup") {
			continue
		}
		b := postgres.BackupOf(filepath.Join(p.Dir, "archive"))
		newest := modified(filepath.Join(b.Base, "backup_manifest"))
		if newest.IsZero() {
			continue
		}
		segments, _ := filepath.Glob(filepath.Join(b.Archive, "*.gz")) // the pattern is well-formed
		for _, path := range segments {
			if at := modified(path); at.After(newest) {
				newest = at
			}
		}
		all = append(all, operate.Backup{Of: name, At: newest, Kind: "point in time"})
	}
	slices.SortFunc(all, func(a, b operate.Backup) int { return strings.Compare(a.Of, b.Of) })
	return all
}

func modified(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// Machines are a server's one, or those of a group that serve.
func (d *Driver) Machines(_ context.Context, p operate.Part) ([]operate.Machine, error) {
	_, led, err := d.now("machines")
	if err != nil {
		return nil, err
	}
	if p.Kind == operate.Server {
		return []operate.Machine{{ID: p.IDs[0], Part: p.Name, Region: p.Region}}, nil
	}
	var all []operate.Machine
	for _, m := range led.Machines {
		if slices.Contains(p.IDs, m.Group) && m.State == ledger.InService {
			all = append(all, operate.Machine{ID: m.ID, Part: p.Name, Region: p.Region})
		}
	}
	slices.SortFunc(all, func(a, b operate.Machine) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

// app is the name of a machine's app among the lab's servers.
func app(m operate.Machine) string { return m.ID + "/app" }
