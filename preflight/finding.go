package preflight

import (
	"cmp"
	"slices"
	"time"
)

// Level says what a finding means for an `up`.
type Level int

// The levels, the worst first.
const (
	// Stops is what surely makes the `up` fail.
	Stops Level = iota
	// Warns is what lets the `up` pass and stands in the way later.
	Warns
	// Notes is what could not be found out.
	Notes
	// Well is what was looked at and is as it should be.
	Well
)

// String is the level for people and programs.
func (l Level) String() string { return [...]string{"stops", "warns", "note", "well"}[l] }

// Finding is what one comparison came to.
type Finding struct {
	Level Level
	// Key is what was compared, Region where; empty for the whole account.
	Key, Region string
	// Found is what others hold or the account has, Needed what the plan asks for,
	// Allowed what the account may have. Each may be empty.
	Found, Needed, Allowed string
	// Text is the finding as a sentence, and Do what to do about it.
	Text, Do string
	// Link is the page of the console on which it is done; may be empty.
	Link string
}

// Check holds a need against an account, and what it runs against the day. The worst
// comes first.
func Check(n Need, a Account, now time.Time) []Finding {
	var all []Finding
	all = append(all, whose(n, a)...)
	for _, amount := range n.Amounts {
		all = append(all, n.quota(amount, a)...)
	}
	all = append(all, zones(n, a)...)
	for _, o := range n.Offers {
		all = append(all, offered(o, a)...)
	}
	for _, v := range n.Versions {
		all = append(all, version(v, a)...)
	}
	all = append(all, ends(n, now)...)
	all = append(all, n.taken(a)...)
	all = append(all, delegation(n, a)...)
	all = append(all, unasked(a)...)
	slices.SortStableFunc(all, func(x, y Finding) int { return cmp.Compare(x.Level, y.Level) })
	return all
}

// Stopping reports whether an `up` would surely fail.
func Stopping(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Level == Stops })
}
