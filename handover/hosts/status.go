package hosts

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/postgres"
)

// Plan is what a move would be, looked at and not begun.
type Plan struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
	// Tables, Rows and Bytes are what would move; rows are the planner's number.
	Tables int   `json:"tables"`
	Rows   int64 `json:"rows"`
	Bytes  int64 `json:"bytes"`
	// CopySeconds is about how long the copy takes, at the rate that stands there.
	CopySeconds float64 `json:"copy_seconds"`
	CopyRate    int64   `json:"copy_bytes_per_second"`
	// LogPerSecond is how much log the old side writes, bytes.
	LogPerSecond int64 `json:"log_bytes_per_second"`
	// Edge is how writes are held back, for at most MaxPause seconds.
	Edge     string  `json:"writes_held_back_by"`
	MaxPause float64 `json:"max_pause_seconds"`
	WayBack  bool    `json:"way_back"`
	// Only are the tables that were named, where not all move, and After the command that
	// runs after a switch.
	Only  []string `json:"only,omitempty"`
	After string   `json:"after,omitempty"`
	// Findings are what stands in the way or must be known.
	Findings []postgres.Finding `json:"findings"`
	// Next is the command to go on with; empty where something stands in the way.
	Next string `json:"next,omitempty"`
}

// Plan looks at both sides. It changes nothing.
func (m *Move) Plan(ctx context.Context) (Plan, error) {
	f, err := m.Facts(ctx)
	if err != nil {
		return Plan{}, err
	}
	if phase := f.Phase(); phase != Nothing {
		return Plan{}, ErrOrder{Command: CommandPlan, Phase: phase, Fits: append([]string{CommandStatus}, commands[phase]...)}
	}
	from, to, err := m.surveys(ctx)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Name: m.spec.Name, Only: m.spec.Tables, After: m.spec.After, From: m.from.Shown(), To: m.to.Shown(),
		Tables:      len(from.Tables),
		CopySeconds: postgres.CopyTime(from, m.spec.options()).Seconds(), CopyRate: postgres.CopyRate,
		LogPerSecond: from.WALPerSecond, Edge: m.edge.Says(), MaxPause: m.spec.MaxPause.Seconds(), WayBack: !m.spec.NoWayBack,
		Findings: m.spec.judge(from, to)}
	for _, t := range from.Tables {
		p.Rows, p.Bytes = p.Rows+t.Rows, p.Bytes+t.AllBytes
	}
	if !p.Stopped() {
		p.Next = Nothing.Next()
	}
	return p, nil
}

// Stopped says whether something stands in the way.
func (p Plan) Stopped() bool { return postgres.Stopped(p.Findings) }

// Status is how a move stands.
type Status struct {
	Name  string `json:"name"`
	Phase Phase  `json:"phase"`
	From  string `json:"from"`
	To    string `json:"to"`
	// Writes is the side that takes writes: from, to, none, or both, which must not be.
	Writes string `json:"writes"`
	// Copy is how far the first copy is; nil before and after.
	Copy *Progress `json:"copy,omitempty"`
	// LagBytes is the log that was written and has not arrived on the other side.
	LagBytes int64 `json:"lag_bytes"`
	// Errors counts what could not be applied there, and Stuck says why, where that can be
	// found out.
	Errors int64  `json:"errors"`
	Stuck  string `json:"stuck,omitempty"`
	// Lost says that the log was thrown away before it arrived.
	Lost bool `json:"log_lost,omitempty"`
	// Refused are the writes that the fences have refused, on both sides.
	Refused int64 `json:"writes_refused"`
	// LongestPause is for how long writes were held back at most, in milliseconds.
	LongestPause int64 `json:"longest_pause_ms"`
	// Edge is how writes are held back.
	Edge string `json:"writes_held_back_by"`
	// Slots keep a server's log until the move ends.
	Slots []Slot `json:"slots,omitempty"`
	// Diverged is what somebody has changed of the schema on one side.
	Diverged []string `json:"schema_diverged,omitempty"`
	// Last are the newest entries of the journal.
	Last []handover.Entry `json:"journal"`
	Next string           `json:"next"`
}

// Status reads how the move stands, beside a mover that runs. dir is the journal's.
func (m *Move) Status(ctx context.Context, dir string) (Status, error) {
	f, err := m.Facts(ctx)
	if err != nil {
		return Status{}, err
	}
	s := Status{Name: m.spec.Name, Phase: f.Phase(), From: m.from.Shown(), To: m.to.Shown(), Writes: writes(f),
		Edge: m.edge.Says(), Next: f.Phase().Next()}
	flow, stream := f.There, m.there
	if f.Back.Subscribed {
		flow, stream = f.Back, m.back
	}
	s.LagBytes, s.Errors, s.Lost = flow.LagBytes, flow.Errors, flow.Lost
	if s.Stuck, err = stream.Stuck(ctx, flow); err != nil {
		return s, err
	}
	if err := m.statusOfSides(ctx, f, &s); err != nil {
		return s, err
	}
	return s, s.read(dir)
}

func (m *Move) statusOfSides(ctx context.Context, f Facts, s *Status) error {
	for _, side := range []*postgres.Side{m.from, m.to} {
		n, err := side.Refused(ctx)
		if err != nil {
			return err
		}
		s.Refused += n
	}
	var err error
	if s.Slots, err = m.slots(ctx); err != nil {
		return err
	}
	if f.Phase() == Copying {
		p, err := m.there.Progress(ctx)
		if err != nil {
			return err
		}
		s.Copy = &Progress{Progress: p}
	}
	if !f.There.Subscribed && !f.Back.Subscribed {
		return nil
	}
	from, err := m.from.Shape(ctx)
	if err != nil {
		return err
	}
	to, err := m.to.Shape(ctx)
	s.Diverged = postgres.Diverged(from, to)
	return err
}

// writes names the side that takes writes. Before the move has begun nobody knows
// what the new side is used for.
func writes(f Facts) string {
	from, to := f.From.Writes(), f.To.Writes()
	switch {
	case from && to && f.Phase() == Broken:
		return "both"
	case from:
		return "from"
	case to:
		return "to"
	}
	return "none"
}

// most is how many entries of the journal are shown.
const most = 8

// read adds what the journal says.
func (s *Status) read(dir string) error {
	entries, err := handover.ReadJournal(dir)
	if err != nil {
		return err
	}
	s.LongestPause = LongestPause(entries).Milliseconds()
	s.Last = entries[max(0, len(entries)-most):]
	if made := slotMade(entries); !made.IsZero() && len(s.Slots) > 0 {
		s.Slots[len(s.Slots)-1].AgeSeconds = time.Since(made).Seconds()
	}
	if s.Copy != nil {
		s.Copy.pace(entries)
	}
	// An end that has freed the old tables leaves nothing in the databases to tell of it.
	if s.Phase == Nothing && len(entries) > 0 && isOver(entries) && entries[len(entries)-1].Command == CommandFinish {
		s.Phase, s.Next = Finished, Finished.Next()
	}
	return nil
}

// LongestPause is the longest time for which writes were held back, by the journal.
func LongestPause(entries []handover.Entry) (longest time.Duration) {
	for _, e := range entries {
		if e.Event == handover.EventPaused {
			ms, _ := strconv.ParseInt(e.Text, 10, 64) // what the mover wrote itself
			longest = max(longest, time.Duration(ms)*time.Millisecond)
		}
	}
	return longest
}

// pace works out the rate since the copy began.
func (p *Progress) pace(entries []handover.Entry) {
	for _, e := range entries {
		if e.Step == "subscription" && e.Event == handover.EventDid {
			*p = paceOf(postgres.Progress{}, p.Progress, time.Since(e.At))
		}
	}
}

// String says it in a line.
func (p Progress) String() string {
	text := fmt.Sprintf("%d of %d tables, %d of %d rows", p.Tables, p.AllTables, p.Rows, p.AllRows)
	if p.Left > 0 {
		text += fmt.Sprintf(", %s left", p.Left)
	}
	return text
}
