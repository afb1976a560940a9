package breaks

import (
	"slices"
	"time"

	"github.com/rung-dev/rung/lab/load"
)

// Look is what ran at a moment after the load began.
type Look struct {
	At    time.Duration
	Units []Unit
}

// Outcome is what a failure has cost. Times count from the blow; negative ones
// mean that it did not happen while anybody looked.
type Outcome struct {
	Break Break `json:"break"`
	// Faulted are the names of the units.
	Faulted []string `json:"faulted"`
	// Detect is how long until none of them was thought well, Recover until as
	// many served in each role as before.
	Detect  time.Duration `json:"detect_ns"`
	Recover time.Duration `json:"recover_ns"`
	// Sent and Failed count requests that were due after the blow, FailedFor is
	// from the first to the last of those that failed.
	Sent      int           `json:"sent"`
	Failed    int           `json:"failed"`
	FailedFor time.Duration `json:"failed_for_ns"`
	// Writes are all of the load.
	Writes load.Writes `json:"writes"`
	// Problem is what stood in the way of the drill itself; empty is nothing.
	Problem string `json:"problem,omitempty"`
}

// never is a time that did not come.
const never = time.Duration(-1)

// detected is when none of the faulted was thought well for the first time.
func detected(looks []Look, faulted []string, blow time.Duration) time.Duration {
	for _, l := range looks {
		if l.At >= blow && !slices.ContainsFunc(l.Units, func(u Unit) bool {
			return u.Serves && slices.Contains(faulted, u.Name)
		}) {
			return l.At - blow
		}
	}
	return never
}

// recovered is when, after something had been missing, as many served in each
// role as before, and still did when nobody looked any more. What was never
// missing has recovered at once.
func recovered(looks []Look, before []Unit, blow time.Duration) time.Duration {
	want, at, missing := serving(before), never, false
	for _, l := range looks {
		if l.At < blow {
			continue
		}
		have := serving(l.Units)
		whole := true
		for role, n := range want {
			whole = whole && have[role] >= n
		}
		switch {
		case !whole:
			at, missing = never, true
		case at == never:
			at = l.At - blow
		}
	}
	if !missing && at != never {
		return 0
	}
	return at
}

func serving(units []Unit) map[Role]int {
	n := map[Role]int{}
	for _, u := range units {
		if u.Serves {
			n[u.Role]++
		}
	}
	return n
}

// failing counts what was due after the blow and failed, and says for how long.
func failing(r load.Result, blow time.Duration) (sent, failed int, lasting time.Duration) {
	first := never
	for _, at := range r.FailedAt {
		if at < blow {
			continue
		}
		failed++
		if first == never {
			first = at
		}
		lasting = at - first
	}
	for _, s := range r.Timeline {
		if time.Duration(s.At)*time.Second >= blow.Truncate(time.Second) {
			sent += s.Sent
		}
	}
	return sent, failed, lasting
}

// Holds reports whether a failure cost no more than was expected, and why not.
func Holds(o Outcome, e Expect) (bool, string) {
	switch {
	case o.Problem != "":
		return false, o.Problem
	case o.Writes.Lost > 0:
		return false, "acknowledged writes were lost"
	case o.Writes.Unread > 0:
		return false, "writes could not be read back"
	case e.Failing == 0 && o.Failed > 0:
		return false, "requests failed: " + e.Because
	case o.FailedFor > e.Failing:
		return false, "requests failed for too long: " + e.Because
	case o.Recover == never:
		return false, "not all served again in the time of the drill"
	}
	return true, ""
}
