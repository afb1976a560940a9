package inside

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/inside/api"
)

// Driver runs a move's commands on an instance inside a VPC.
type Driver struct {
	Place Place
	Spec  hosts.Spec
	Cloud *api.Client
	// Tell is called with each entry of the journal, Watch with how far the copy is; nil
	// tells nobody.
	Tell  func(handover.Entry)
	Watch func(hosts.Progress)
	// Dir is where the journal is kept here as well; empty means nowhere.
	Dir string
	// Every is how often the bucket is asked for news; zero means 2 s.
	Every time.Duration
	// last is how the move stood at the end of the last command.
	last *hosts.Status
}

// long is for how long a copy may run, short for how long any other command may.
const (
	long  = api.MostWithin
	short = time.Hour
	// spare is for how long permissions outlive the command.
	spare = 10 * time.Minute
)

// Plan looks at both sides from the instance.
func (d *Driver) Plan(ctx context.Context) (hosts.Plan, error) {
	a, err := d.run(ctx, hosts.Order{Command: hosts.CommandPlan})
	if a.Plan == nil {
		return hosts.Plan{}, err
	}
	return *a.Plan, err
}

// Do runs a command on the instance.
func (d *Driver) Do(ctx context.Context, o hosts.Order) (time.Duration, error) {
	a, err := d.run(ctx, o)
	d.last = a.Status
	return a.Paused, err
}

// Status asks from the instance how the move stands. After a command it is what that
// has answered.
func (d *Driver) Status(ctx context.Context) (hosts.Status, error) {
	if last := d.last; last != nil {
		d.last = nil
		return *last, nil
	}
	a, err := d.run(ctx, hosts.Order{Command: hosts.CommandStatus})
	if a.Status == nil {
		return hosts.Status{}, err
	}
	return *a.Status, err
}

// Dry says whether nothing is done but told.
func (d *Driver) Dry() bool { return d.Cloud.Dry != nil }

// errand is one run of a command.
type errand struct {
	*Driver
	task   Task
	role   string
	within time.Duration
	mover  []byte
	sum    string
	// told is how many entries of the journal were passed on.
	told int
}

func (d *Driver) run(ctx context.Context, o hosts.Order) (a Answer, err error) {
	e, err := d.prepare(ctx, o)
	if err != nil {
		return a, fmt.Errorf("handover %s inside the VPC: %w", o.Command, err)
	}
	a, err = e.send(ctx)
	var lost lostSight
	if errors.As(err, &lost) { // what runs there goes on, and needs what it was allowed
		return a, fmt.Errorf("handover %s: %w; it goes on on %s: `rung handover status` shows it", o.Command, lost.error,
			d.Place.Instance)
	}
	return a, errors.Join(err, e.leave(context.WithoutCancel(ctx)))
}

// lostSight is why a command that runs is not watched any more.
type lostSight struct{ error }

func (l lostSight) Unwrap() error { return l.error }

// prepare looks at everything that can be wrong before anything is changed.
func (d *Driver) prepare(ctx context.Context, o hosts.Order) (*errand, error) {
	if d.Spec.Name == "" {
		d.Spec.Name = hosts.DefaultName
	}
	e := &errand{Driver: d, within: short,
		task: Task{Order: o, Spec: d.Spec, ID: strings.ToLower(rand.Text()[:12]), Region: d.Place.Region,
			Bucket: d.Place.Bucket}}
	if o.Command == hosts.CommandStart {
		e.within = long
	}
	if err := errors.Join(d.Place.Check(), d.Spec.Check()); err != nil {
		return nil, err
	}
	var err error
	if e.mover, err = os.ReadFile(d.Place.Mover); err != nil {
		return nil, fmt.Errorf("read the mover: %w", err)
	}
	sum := sha256.Sum256(e.mover)
	e.sum = hex.EncodeToString(sum[:])
	return e, e.find(ctx)
}

// find looks whether the instance can be given orders, and whose permissions it has.
func (e *errand) find(ctx context.Context) error {
	status, err := e.Cloud.Managed(ctx, e.Place.Instance)
	if err != nil {
		return err
	}
	if status != "Online" {
		return fmt.Errorf("SSM does not reach %s in %s (it says %q): its agent must run, with a way to SSM and the policy "+
			"AmazonSSMManagedInstanceCore in its role", e.Place.Instance, e.Place.Region, status)
	}
	if e.role, err = e.Cloud.Role(ctx, e.Place.Instance); err != nil {
		return err
	}
	if e.role == "" {
		return fmt.Errorf("%s has no role that could be allowed to reach the bucket: give it an instance profile",
			e.Place.Instance)
	}
	return nil
}

func (e *errand) moverKey() string { return "rung-handover/mover/" + e.sum }

// send gives the order and waits for the answer.
func (e *errand) send(ctx context.Context) (a Answer, err error) {
	if err := e.lay(ctx); err != nil {
		return a, err
	}
	entries, err := e.journal(ctx)
	if err != nil {
		return a, err
	}
	e.told = len(entries)
	id, err := e.Cloud.Send(ctx, api.Run{Instance: e.Place.Instance, Script: e.script(), Within: e.within,
		Comment: "rung handover " + e.task.Command + " of the move " + e.task.Spec.Name})
	var refused api.Refusal
	switch {
	case errors.As(err, &refused):
		return a, err
	case err != nil: // nobody knows whether it was taken
		return a, lostSight{err}
	}
	outcome, err := e.follow(ctx, id)
	if err != nil {
		return a, lostSight{err}
	}
	return e.answer(ctx, outcome)
}

// lay puts what the instance needs where it finds it.
func (e *errand) lay(ctx context.Context) error {
	document, err := grant(e.task, e.moverKey(), time.Now().Add(e.within+spare))
	if err != nil {
		return err
	}
	if err := e.Cloud.Grant(ctx, e.role, grantName(e.task.Spec.Name, e.task.ID), document); err != nil {
		return err
	}
	there, err := e.Cloud.Has(ctx, e.Place.Bucket, e.moverKey())
	if err != nil {
		return err
	}
	if !there {
		if err := e.Cloud.Put(ctx, e.Place.Bucket, e.moverKey(), e.mover); err != nil {
			return err
		}
	}
	order, err := json.Marshal(e.task)
	if err != nil {
		return err
	}
	return e.Cloud.Seal(ctx, Parameter(e.task.Spec.Name, e.task.ID), string(order))
}

// leave takes away what the run was given. After the end of a move nothing of it that
// killed drivers have left stays either.
func (e *errand) leave(ctx context.Context) error {
	name := e.task.Spec.Name
	errs := []error{e.Cloud.Forget(ctx, Parameter(name, e.task.ID)),
		e.Cloud.Revoke(ctx, e.role, grantName(name, e.task.ID))}
	if e.task.Command != hosts.CommandFinish && e.task.Command != hosts.CommandAbort {
		return errors.Join(errs...)
	}
	policies, err := e.Cloud.Grants(ctx, e.role)
	errs = append(errs, err)
	for _, p := range policies {
		if isGrantOf(name, p) && p != grantName(name, e.task.ID) {
			errs = append(errs, e.Cloud.Revoke(ctx, e.role, p))
		}
	}
	return errors.Join(errs...)
}
