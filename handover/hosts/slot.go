package hosts

import (
	"context"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/postgres"
)

// Slot is a slot of the move and for how long it has kept a log.
type Slot struct {
	postgres.Slot
	// AgeSeconds is since it was made, by the journal; zero means that this does not say.
	AgeSeconds float64 `json:"age_seconds,omitempty"`
}

// slots are those of both directions that are there.
func (m *Move) slots(ctx context.Context) (all []Slot, err error) {
	for _, stream := range []postgres.Stream{m.there, m.back} {
		slot, err := stream.Slot(ctx)
		if err != nil {
			return nil, err
		}
		if slot != nil {
			all = append(all, Slot{Slot: *slot})
		}
	}
	return all, nil
}

// slotMade is when the journal says that the newest slot was made; zero for never.
func slotMade(entries []handover.Entry) (at time.Time) {
	for _, e := range entries {
		if (e.Step == "slot" || e.Step == "slot-back") && e.Event == handover.EventDid {
			at = e.At
		}
	}
	return at
}

// String reminds of the slot: a forgotten one fills a disk.
func (s Slot) String() string {
	size := func(n int64) string { return humanize.IBytes(uint64(max(n, 0))) }
	text := fmt.Sprintf("The slot %s lets the server on the side %q keep %s of its log", s.Name, s.Side,
		size(s.RetainedBytes))
	if s.AgeSeconds > 0 {
		age := time.Duration(s.AgeSeconds * float64(time.Second)).Round(time.Second)
		text += fmt.Sprintf(", and has been there for %s", age)
	}
	if s.LeftBytes < 0 {
		return text + "; nothing bounds it, so a forgotten move fills that disk: set max_slot_wal_keep_size (a reload is " +
			"enough), and end the move when you can."
	}
	return text + fmt.Sprintf("; after %s more it is thrown away (max_slot_wal_keep_size), and the copy would begin "+
		"anew: end the move before that.", size(s.LeftBytes))
}
