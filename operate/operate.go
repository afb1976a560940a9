// Package operate is what is done with a stack every day after the first: looking at it,
// reading its logs, running a command on its machines, and seeing a release through.
//
// What stands is read from the stack's state ([Of]): parts with their machines, stores,
// alarms and logs, by AWS's own ids. A [Driver] does the rest, one for each cloud: package
// aws on an account, onlab on the lab's processes, and offline, which has neither and says
// so. What can be decided without a cloud is decided here, as plain functions.
package operate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Driver does on one cloud what a command asks for. Each method ends when its context
// does. What a cloud does not have is a [NotHere].
type Driver interface {
	// Look finds out how a stack is. What could not be asked is in the answer, with the
	// action that it takes; an error means that nothing could.
	Look(ctx context.Context, s Stack) (Found, error)
	// Machines are those of a part that run, in a steady order.
	Machines(ctx context.Context, p Part) ([]Machine, error)
	// Logs gives the lines of a part, the oldest first, and goes on with new ones where
	// that is asked for.
	Logs(ctx context.Context, p Part, q Query, line func(Line) error) error
	// Exec runs a command on a machine, as the app's user and in its environment, and
	// returns its exit code.
	Exec(ctx context.Context, m Machine, argv []string, out IO) (code int, err error)
	// Shell is Exec for a person at a terminal.
	Shell(ctx context.Context, m Machine, out IO) error
	// Tunnel carries the connections that a listener takes to a host and a port, as a
	// machine reaches them, until the context ends.
	Tunnel(ctx context.Context, m Machine, host string, port int, at net.Listener) error
	// Login is how the app's user logs in to a database from the near end of a tunnel by
	// that machine. A database that takes nobody from outside its machine is a [NotHere].
	Login(ctx context.Context, m Machine, s Store) (Login, error)
	// Restart begins to start the app anew on all machines of a part, which reads its
	// secrets again; Rollout says how far that is. One server has it behind it on return.
	Restart(ctx context.Context, p Part) error
	// Restore makes another database beside one of the stack, as that was at a moment, and
	// changes nothing of the stack. Tell is called when there is something new.
	Restore(ctx context.Context, s Stack, r Restoring, tell func(string)) (Restored, error)
	// Copies are those of the stack's databases in a region, which may take the writes over,
	// and Promote lets one do it, whatever becomes of its source. Tell is called when there is
	// something new.
	Copies(ctx context.Context, s Stack, region string) ([]Copy, error)
	Promote(ctx context.Context, c Copy, tell func(string)) error
	// Rollout is how far the machines are with what they are to run since a moment; what
	// ended before then is no part of it.
	Rollout(ctx context.Context, s Stack, since time.Time) (Rollout, error)
}

// IO is where a command on a machine reads and writes.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
}

// Machine is one machine of a part.
type Machine struct {
	// ID is EC2's.
	ID string `json:"id"`
	// Part is whose it is, Region where.
	Part   string `json:"part"`
	Region string `json:"region"`
	// App is the unit that runs the app, as systemd calls it.
	App string `json:"-"`
}

// Query is which lines of a log are wanted.
type Query struct {
	// Since is how far back to begin; zero is an hour.
	Since time.Duration
	// Follow goes on with what is written from now on.
	Follow bool
	// Filter keeps lines that hold this text; empty keeps all.
	Filter string
}

// Back is how far back a query reaches.
func (q Query) Back() time.Duration {
	if q.Since == 0 {
		return time.Hour
	}
	return q.Since
}

// Line is one line of a log.
type Line struct {
	// At is when it was written; zero where nobody knows.
	At time.Time
	// From is the machine.
	From string
	Text string
}

// ErrNoSuchMoment is a moment to which no backup goes back.
var ErrNoSuchMoment = errors.New("no backup goes there")

// ErrNotHere is something that a cloud does not have.
var ErrNotHere = errors.New("not on this cloud")

// NotHere says what a cloud does not have, and where to turn.
type NotHere struct{ What, Because, Instead string }

func (e NotHere) Error() string { return fmt.Sprintf("%s: %s; %s", e.What, e.Because, e.Instead) }

// Is makes it an [ErrNotHere].
func (e NotHere) Is(target error) bool { return target == ErrNotHere }
