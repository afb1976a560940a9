package main

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/inside"
	"github.com/rung-dev/rung/handover/inside/api"
	handoverreport "github.com/rung-dev/rung/handover/report"
)

// registerInside adds the flags of a move that runs inside a VPC.
func (f *moveFlags) registerInside(c *cobra.Command) {
	p, set := &f.place, c.Flags()
	set.StringVar(&p.Instance, "inside", "", "`instance` of EC2 to run the steps on, i-…; empty means here")
	set.StringVar(&p.Region, "inside-region", "", "the instance's `region`")
	set.StringVar(&p.Bucket, "inside-bucket", "", "`bucket` for the mover and its journal, such as that of the artifacts")
	set.StringVar(&p.As, "inside-as", "", "the instance's `user` who runs the mover, such as postgres; empty means root")
	set.StringVar(&p.Mover, "mover", "", "`file` of the mover for the instance's processor; make mover builds it")
	dryRun(c, &f.dry)
}

func dryRun(c *cobra.Command, to *bool) {
	c.Flags().BoolVar(to, "dry-run", false, "show every call to AWS in place of making it, for a move with --inside")
}

// checkInside reports every wrong value at once.
func (f *moveFlags) checkInside() error {
	if f.place != (inside.Place{}) {
		return f.place.Check()
	}
	return checkDry(f.place, f.dry)
}

// checkDry refuses to show calls where there are none.
func checkDry(place inside.Place, dry bool) error {
	if dry && place == (inside.Place{}) {
		return usageError{"--dry-run: got it for a move that runs here, want --inside: it shows calls to AWS; `rung " +
			"handover plan` looks and changes nothing"}
	}
	return nil
}

// save keeps the move and where it runs.
func (f *moveFlags) save(spec hosts.Spec, dir string) error {
	if err := spec.Save(dir); err != nil {
		return err
	}
	if f.place == (inside.Place{}) {
		return inside.Leave(dir)
	}
	return f.place.Save(dir)
}

// whereOf is where the move in dir runs; the zero value is here.
func whereOf(dir string) (inside.Place, error) {
	place, err := inside.ReadPlace(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return place, err
}

// line is how a move is driven, with the calls that a dry run has told.
type line struct {
	hosts.Driver
	app *app
	// calls is nil where they are made.
	calls *[]api.Call
}

// line drives a move from here, or from inside a VPC.
func (a *app) line(ctx context.Context, spec hosts.Spec, place inside.Place, dry bool) (line, error) {
	if err := checkDry(place, dry); err != nil {
		return line{}, err
	}
	dir := hosts.Dir(a.flags.dir, spec.Name)
	tell := func(e handover.Entry) {
		if e.Step != "" && e.Text != "" {
			a.say("%-20s %s: %s", e.Step, e.Event, e.Text)
		}
	}
	watch := func(p hosts.Progress) { a.say("%-20s %s", "copy", p) }
	if place == (inside.Place{}) {
		return line{Driver: hosts.Here{Spec: spec, Dir: dir, Tell: tell, Watch: watch}, app: a}, nil
	}
	l := line{app: a}
	var told func(api.Call)
	if dry {
		l.calls = &[]api.Call{}
		told = func(c api.Call) { *l.calls = append(*l.calls, c) }
	}
	cloud, err := api.Open(ctx, place.Region, told)
	if err != nil {
		return l, err
	}
	l.Driver = &inside.Driver{Place: place, Spec: spec, Cloud: cloud, Dir: dir, Tell: tell, Watch: watch}
	return l, nil
}

// told shows the calls of a dry run.
func (l line) told() error {
	if l.calls == nil {
		return nil
	}
	return l.app.show(handoverreport.Calls(*l.calls))
}
