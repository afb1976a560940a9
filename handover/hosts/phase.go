package hosts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/handover/postgres"
)

// Phase is how far a move is, read from the two databases themselves.
type Phase string

const (
	// Nothing is a move that has not begun, or whose traces were taken away.
	Nothing Phase = "nothing"
	// Preparing is a move whose stream is not there yet.
	Preparing Phase = "preparing"
	// Copying is a move whose tables are being copied.
	Copying Phase = "copying"
	// Following is a copy that has everything and is told what is new.
	Following Phase = "following"
	// Changing is the moment in which neither side takes writes.
	Changing Phase = "changing"
	// Settling is the new side at work, and a switch that has more to do.
	Settling Phase = "settling"
	// Switched is the new side at work.
	Switched Phase = "switched"
	// Returning is the old side at work again, and a way back that has more to do.
	Returning Phase = "returning"
	// Finished is a move that is over: the old side keeps its rows, closed.
	Finished Phase = "finished"
	// Broken is what must not be: both sides take writes while rows stream.
	Broken Phase = "broken"
)

// Facts are what the databases say of a move.
type Facts struct {
	From, To postgres.Gate
	// There and Back are the two directions of the stream.
	There, Back postgres.Flow
	// Claimed says that the new side belongs to this move.
	Claimed bool
}

// Phase judges the facts. It is pure.
func (f Facts) Phase() Phase {
	streams := f.There.Subscribed || f.Back.Subscribed
	switch {
	case f.From.Writes() && f.To.Writes() && streams:
		return Broken
	case !f.From.Writes() && !f.To.Writes():
		return Changing
	case !f.From.Writes():
		return f.switched()
	case f.Back.Subscribed || f.Back.HasSlot:
		return Returning
	case !f.Claimed:
		return Nothing
	case f.There.Follows():
		return Following
	case f.There.Subscribed:
		return Copying
	}
	return Preparing
}

// switched is how far the move is when the new side has the writes.
func (f Facts) switched() Phase {
	switch {
	case f.There.Subscribed || f.There.HasSlot || f.Back.HasSlot && !f.Back.Subscribed:
		return Settling
	case !f.Claimed:
		return Finished
	}
	return Switched
}

// changed says that the change to the new side is over, as far as writes go: the
// stream back is only made when the new side is open.
func (f Facts) changed() bool { return !f.From.Writes() && (f.To.Writes() || f.Back.Subscribed) }

// turned is the same facts seen from the other side.
func (f Facts) turned() Facts {
	return Facts{From: f.To, To: f.From, There: f.Back, Back: f.There, Claimed: f.Claimed}
}

// The commands of a move.
const (
	CommandPlan   = "plan"
	CommandStart  = "start"
	CommandStatus = "status"
	CommandSwitch = "switch"
	CommandBack   = "back"
	CommandFinish = "finish"
	CommandAbort  = "abort"
)

// commands are those that fit each phase; the first is the one to go on with.
var commands = map[Phase][]string{
	Nothing:   {CommandStart},
	Preparing: {CommandStart, CommandAbort},
	Copying:   {CommandStart, CommandAbort},
	Following: {CommandSwitch, CommandStart, CommandAbort, CommandBack}, // back: a way back that was ended late
	Changing:  {CommandSwitch, CommandBack, CommandAbort},
	Settling:  {CommandSwitch, CommandBack},
	Switched:  {CommandFinish, CommandBack, CommandSwitch},
	Returning: {CommandBack, CommandSwitch, CommandAbort}, // abort: one that was ended early
	Finished:  {CommandStatus, CommandFinish},             // finish: one that was ended before its last step
	Broken:    {CommandStatus},
}

// Next is the command to go on with.
func (p Phase) Next() string {
	if p == Finished {
		return "nothing: the move is over, and the old side can go when you want it to"
	}
	return "rung handover " + commands[p][0]
}

// ErrOrder is a command that does not fit where the move is.
type ErrOrder struct {
	Command string
	Phase   Phase
	Fits    []string
}

func (e ErrOrder) Error() string {
	return fmt.Sprintf("rung handover %s: the move is %s: want one of %s", e.Command, e.Phase, strings.Join(e.Fits, ", "))
}

// fits says whether a command may run now.
func (p Phase) fits(command string) error {
	if slices.Contains(commands[p], command) {
		return nil
	}
	return ErrOrder{Command: command, Phase: p, Fits: commands[p]}
}
