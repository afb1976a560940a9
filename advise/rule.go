package advise

import (
	"fmt"
	"slices"

	"github.com/rung-dev/rung/stacks/ladder"
)

// Rule is one row of the decision matrix.
type Rule struct {
	// ID names the rule for programs.
	ID string
	// Symptom is what somebody notices.
	Symptom string
	// Any are groups of conditions: the symptom is there when all of one group hold.
	Any [][]Condition
	// Steps are what to tune first, in order.
	Steps []Step
	// Climbs are the ways up, at most one from each stage.
	Climbs []Rise
	// Blocks are when the rule's tool does not help although the symptom is there.
	Blocks []Block
	// Not are further reasons against the tool, which no measure tells.
	Not []string
	// Beyond is what remains where nothing is left to tune and no stage helps.
	Beyond string
	// SeedCost is what the toolkit's decision matrix gives for the tool, a month.
	SeedCost string
	// Source is where symptom, tool and figures stand.
	Source string
}

// Stages is a range of stages, both ends in it. The zero value is all of them.
type Stages struct{ From, To ladder.Number }

func (x Stages) has(n ladder.Number) bool { return n >= x.From && (x.To == 0 || n <= x.To) }

// Step is one thing to tune before any climb.
type Step struct {
	// ID names the step in the file's list of what was tuned already.
	ID string `json:"id"`
	// Text says what to do, with the setting where there is one.
	Text string `json:"text"`
	// On are the stages that it is for.
	On Stages `json:"-"`
	// If must be measured and hold for the step to make sense; none always does.
	If []Condition `json:"-"`
	// Well is a measurement that says that it was done; none leaves it to the person.
	Well []Condition `json:"-"`
}

// Rise is a climb that helps against a symptom.
type Rise struct {
	On Stages
	To ladder.Number
	// Tool is what that stage brings, Why how it helps.
	Tool, Why string
	// When must hold besides the symptom, else the climb does not help.
	When []Condition
	// Cheaper is true for a climb that is made to save money: it is only one where
	// the estimate of that stage is below this one's.
	Cheaper bool
}

// Block is a reason not to, which measurements tell.
type Block struct {
	On   Stages
	When []Condition
	Text string
}

// Comparison is how a value is held against a limit.
type Comparison string

// The comparisons. A value at the limit is not over and not under it.
const (
	Over    Comparison = "over"
	AtLeast Comparison = "at least"
	Under   Comparison = "under"
	AtMost  Comparison = "at most"
)

// Condition holds a measure against a limit.
type Condition struct {
	Measure Key
	Is      Comparison
	// Than is the limit, in the measure's unit.
	Than float64
	// Of gives the limit by the stage instead; false where there is none, and then
	// the condition does not hold. Nil takes Than.
	Of func(ladder.Number) (float64, bool)
}

// Reading is a measurement against a limit.
type Reading struct {
	Measure Key     `json:"measure"`
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Is      string  `json:"is"`
	Limit   float64 `json:"limit"`
	Holds   bool    `json:"holds"`
}

// answer is what is known of a condition.
type answer int

const (
	unknown answer = iota
	no
	yes
)

// ask holds a condition against what was measured.
func (c Condition) ask(s Situation) answer {
	v, measured := s.Measured[c.Measure]
	limit, limited := c.limit(s.Stage)
	switch {
	case !limited:
		return no
	case !measured:
		return unknown
	case c.holds(v, limit):
		return yes
	}
	return no
}

func (c Condition) limit(n ladder.Number) (float64, bool) {
	if c.Of != nil {
		return c.Of(n)
	}
	return c.Than, true
}

func (c Condition) holds(v, limit float64) bool {
	switch c.Is {
	case AtLeast:
		return v >= limit
	case Under:
		return v < limit
	case AtMost:
		return v <= limit
	}
	return v > limit
}

// reading is the condition with its measurement; false without one.
func (c Condition) reading(s Situation) (Reading, bool) {
	v, measured := s.Measured[c.Measure]
	limit, limited := c.limit(s.Stage)
	if !measured || !limited {
		return Reading{}, false
	}
	return Reading{c.Measure, v, measure(c.Measure).Unit, string(c.Is), limit, c.holds(v, limit)}, true
}

// Sentence says it: "the busiest server's CPU is 85 %, over 80 %".
func (r Reading) Sentence() string {
	m := measure(r.Measure)
	is := r.Is
	if !r.Holds {
		is = "not " + is
	}
	return fmt.Sprintf("%s is %s, %s %s", m.Name, m.Amount(r.Value), is, m.Amount(r.Limit))
}

// all asks conditions that must hold together, and names what is missing to tell.
func all(list []Condition, s Situation) (answer, []Key) {
	var missing []Key
	for _, c := range list {
		switch c.ask(s) {
		case no:
			return no, nil
		case unknown:
			missing = append(missing, c.Measure)
		}
	}
	if len(missing) > 0 {
		return unknown, missing
	}
	return yes, nil
}

// present asks whether the symptom is there.
func (r Rule) present(s Situation) (answer, []Key) {
	var missing []Key
	for _, group := range r.Any {
		is, lacks := all(group, s)
		if is == yes {
			return yes, nil
		}
		for _, k := range lacks {
			if !slices.Contains(missing, k) {
				missing = append(missing, k)
			}
		}
	}
	if len(missing) > 0 {
		return unknown, missing
	}
	return no, nil
}
