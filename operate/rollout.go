package operate

import (
	"fmt"
	"strings"
)

// RolloutState is how a rollout stands.
type RolloutState string

// The states of a rollout. Back is one that went back by itself, because an alarm fired
// or no machine became healthy.
const (
	Rolling RolloutState = "rolling"
	Done    RolloutState = "done"
	Back    RolloutState = "went back"
	Failed  RolloutState = "failed"
)

// Progress is how far the machines of one part are.
type Progress struct {
	Part  string
	State RolloutState
	// Fresh are the machines that run the new release and serve, Of all that are wanted.
	Fresh, Of int
	// Says is what goes on, or why it ended as it did; empty for nothing to say.
	Says string
}

// String is the progress in one line.
func (p Progress) String() string {
	line := fmt.Sprintf("%s: %s, %d of %d machines", p.Part, p.State, p.Fresh, p.Of)
	if p.Says != "" {
		line += " (" + p.Says + ")"
	}
	return line
}

// Rollout is how far a release is on all parts. The zero value has not begun.
type Rollout struct {
	State RolloutState
	Parts []Progress
}

// NewRollout is the state of all parts in one: what failed or went back weighs most, and
// it is done when each part is.
func NewRollout(parts []Progress) Rollout {
	r := Rollout{State: Done, Parts: parts}
	weight := map[RolloutState]int{Done: 0, Rolling: 1, Back: 2, Failed: 3}
	for _, p := range parts {
		if weight[p.State] > weight[r.State] {
			r.State = p.State
		}
	}
	return r
}

// Ended reports whether nothing goes on any more.
func (r Rollout) Ended() bool {
	for _, p := range r.Parts {
		if p.State == Rolling {
			return false
		}
	}
	return true
}

// String is one line for each part.
func (r Rollout) String() string {
	var lines []string
	for _, p := range r.Parts {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}
