// Package advise answers the question "when do I climb?" from measurements: for each
// symptom of a system that grows, whether to tune first, to climb, or to stay.
//
// The rules are data (see [Rules]), each with its figures and where they come from: the two
// documents that rung is built from, "Scalability Strategies" and "The Scalability Toolkit".
// Their golden rule is kept: no tool without its problem. So a symptom that was not measured
// is never guessed, and "stay" is an answer with its reason.
//
// [Advise] is a pure function. What a stage costs comes in by a function, so that the package
// knows neither prices nor stacks. Measurements come from a file that a person fills in
// ([Parse], [Template]) or from Prometheus (package prometheus).
package advise

import (
	"cmp"
	"slices"

	"github.com/rung-dev/rung/stacks/ladder"
)

// Verdict is what a finding says to do.
type Verdict string

// The verdicts, from the one that asks for most.
const (
	// Climb: the symptom is there, what could be tuned is, and a higher stage helps.
	Climb Verdict = "climb"
	// Tune: the symptom is there, and something on this stage is to be done first.
	Tune Verdict = "tune first"
	// NotMeasured: whether the symptom is there, nobody knows.
	NotMeasured Verdict = "not measured"
	// Stay: there is no such symptom, or nothing that a stage would mend.
	Stay Verdict = "stay"
)

// weight orders the verdicts.
func (v Verdict) weight() int { return slices.Index([]Verdict{Climb, Tune, NotMeasured, Stay}, v) }

// Situation is all that the advice depends on.
type Situation struct {
	// Stage is the one that the system stands on.
	Stage ladder.Number
	// Measured are the measurements; what is missing was not measured.
	Measured Measurements
	// Tuned are the ids of steps (see [Steps]) that were taken already.
	Tuned []string
	// Month is what a stage costs under the measured load; false where that is not
	// known. Nil knows no stage's.
	Month func(ladder.Number) (Month, bool)
}

// month is what a stage costs; nil where that is not known.
func (s Situation) month(n ladder.Number) *Month {
	if s.Month == nil {
		return nil
	}
	if m, known := s.Month(n); known {
		return &m
	}
	return nil
}

// Finding is what one rule says.
type Finding struct {
	// Rule is the rule's id, Symptom what users or operators notice.
	Rule    string  `json:"rule"`
	Symptom string  `json:"symptom"`
	Verdict Verdict `json:"verdict"`
	// Because gives the reason in one sentence, with the figures.
	Because string `json:"because"`
	// Readings are what was measured, against the rule's limits.
	Readings []Reading `json:"readings"`
	// Missing are the measures that would settle it; empty unless NotMeasured.
	Missing []Measure `json:"missing"`
	// Steps are what to tune first, in order. Tuned are those that were taken, or
	// that a measurement says are well.
	Steps []Step   `json:"steps"`
	Tuned []string `json:"tuned"`
	// Climb is the way up that helps, once nothing is left to tune; nil where no
	// stage helps or the symptom is not there.
	Climb *Way `json:"climb"`
	// Not says when not to reach for the rule's tool.
	Not []string `json:"not"`
	// SeedCost is what the toolkit's decision matrix gives for the tool.
	SeedCost string `json:"seedCost"`
	Source   string `json:"source"`
}

// Way is a climb: where to, what it brings, costs and changes, and what is next.
type Way struct {
	To ladder.Number `json:"to"`
	// Tool is what the stage brings against the symptom.
	Tool string `json:"tool"`
	Why  string `json:"why"`
	// Changes are what each stage on the way adds.
	Changes []string `json:"changes"`
	// Now and Then are the month of this stage and of that one, under the same load;
	// nil where they are not known.
	Now  *Month `json:"now"`
	Then *Month `json:"then"`
	// Breaks is what gives way next there, beyond Users and PeakRequestsPerSecond.
	Breaks                string `json:"breaks"`
	Users                 int    `json:"users"`
	PeakRequestsPerSecond int    `json:"peakRequestsPerSecond"`
}

// Advise judges every rule. The findings that ask for most come first; those alike are in
// the order of [Rules].
func Advise(s Situation) []Finding {
	s.Measured = s.Measured.derived()
	var list []Finding
	for _, r := range Rules() {
		list = append(list, r.judge(s))
	}
	slices.SortStableFunc(list, func(a, b Finding) int { return cmp.Compare(a.Verdict.weight(), b.Verdict.weight()) })
	return list
}
