package lab

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/state"
)

// Settle waits until everything is as the cloud's file says now; told is called
// whenever something has changed. A lab that cannot get there says why when for so long
// no further server has become well, or ended: many take their time, and that is no fault.
func (l Lab) Settle(ctx context.Context, within time.Duration, told func(state.State)) (state.State, error) {
	want := state.StampOf(l.at.Cloud())
	var last state.State
	var stuck since
	most, least := 0, math.MaxInt // servers that were well, and that were not
	for end := time.Now().Add(within); ; time.Sleep(100 * time.Millisecond) {
		s, err := l.State()
		bad := len(unwell(s))
		if good := len(s.Units) - bad; err == nil && (good > most || bad < least) {
			most, least, end = max(most, good), min(least, bad), time.Now().Add(within)
		}
		switch {
		case err == nil && stuck.longer(s.Trouble, lasting):
			return s, fmt.Errorf("wait for the lab: %s", s.Trouble)
		case err == nil && !s.Runs():
			return s, fmt.Errorf("wait for the lab: its supervisor has ended; see %s", l.at.Log(place.Own))
		case err == nil && s.Settled && s.Seen.Same(want):
			return s, nil
		case err == nil && s.Text() != last.Text():
			last = s
			told(s)
		}
		if ctx.Err() != nil {
			return last, ctx.Err()
		}
		if time.Now().After(end) {
			return last, fmt.Errorf("wait for the lab: for %v nothing more came up, and not everything runs as it should:%s",
				within, lines(last))
		}
	}
}

// lasting is how long the lab may not know what to run before that is no matter of a
// moment: a file that is being replaced is there again after some milliseconds.
const lasting = 5 * time.Second

// since is a trouble, and when it began.
type since struct {
	trouble string
	begin   time.Time
}

// longer notes a trouble, empty for none, and reports whether it has been the same for
// longer.
func (s *since) longer(trouble string, than time.Duration) bool {
	if s.trouble != trouble {
		s.trouble, s.begin = trouble, time.Now()
	}
	return trouble != "" && time.Since(s.begin) > than
}

// unwell are the servers that are not as they should be.
func unwell(s state.State) (all []state.Unit) {
	for _, u := range s.Units {
		if u.State != "well" && u.State != "done" {
			all = append(all, u)
		}
	}
	return all
}

func lines(s state.State) string {
	text := ""
	if s.Trouble != "" {
		text += "\n  " + s.Trouble
	}
	for _, u := range unwell(s) {
		text += fmt.Sprintf("\n  %s (%s) is %s %s", u.Name, u.What, u.State, u.Error)
	}
	return text
}
