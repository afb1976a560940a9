package advise

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/stacks/ladder"
)

// Report is the whole answer.
type Report struct {
	Stage ladder.Number `json:"stage"`
	// Source says where the measurements come from.
	Source string `json:"source"`
	// Verdict is what to do all in all, and Headline the same in a sentence.
	Verdict  Verdict `json:"verdict"`
	Headline string  `json:"headline"`
	// To is the stage to climb to; the stage itself without a climb.
	To ladder.Number `json:"to"`
	// Load is where the load stands in what the stage is meant for, as far as measured.
	// That alone is no reason to climb.
	Load     []Reading `json:"load"`
	Findings []Finding `json:"findings"`
	// CostsUnknown is true where nobody could say what the stage costs.
	CostsUnknown bool `json:"costsUnknown"`
}

// NewReport judges a situation whose measurements come from source.
func NewReport(s Situation, source string) Report {
	r := Report{Stage: s.Stage, To: s.Stage, Source: source, Load: load(s), Findings: Advise(s)}
	r.CostsUnknown = s.month(s.Stage) == nil
	for _, f := range r.Findings {
		if f.Verdict == Climb {
			r.To = max(r.To, f.Climb.To)
		}
	}
	r.Verdict, r.Headline = r.conclusion()
	return r
}

// count is how many findings have a verdict.
func (r Report) count(v Verdict) int {
	n := 0
	for _, f := range r.Findings {
		if f.Verdict == v {
			n++
		}
	}
	return n
}

// conclusion is the verdict over all: the first climb, else what is to be tuned, else to stay.
func (r Report) conclusion() (Verdict, string) {
	unmeasured := ""
	if n := r.count(NotMeasured); n > 0 {
		unmeasured = fmt.Sprintf("; %d of %d symptoms are not measured", n, len(r.Findings))
	}
	switch tune := r.count(Tune); {
	case r.To > r.Stage:
		return Climb, fmt.Sprintf("climb to stage %d, for %s%s", r.To, r.reasons(), unmeasured)
	case tune > 0:
		return Tune, fmt.Sprintf("stay on stage %d and tune first: %s%s", r.Stage, r.symptoms(Tune), unmeasured)
	case r.count(NotMeasured) == len(r.Findings):
		return NotMeasured, "nothing was measured that a decision could rest on: measure first"
	}
	return Stay, fmt.Sprintf("stay on stage %d: nothing that was measured is a reason to climb%s", r.Stage, unmeasured)
}

// reasons are the tools that the climbs bring.
func (r Report) reasons() string {
	var list []string
	for _, f := range r.Findings {
		if f.Verdict == Climb {
			list = append(list, f.Climb.Tool)
		}
	}
	return strings.Join(list, "; ")
}

func (r Report) symptoms(v Verdict) string {
	var list []string
	for _, f := range r.Findings {
		if f.Verdict == v {
			list = append(list, f.Symptom)
		}
	}
	return strings.Join(list, "; ")
}

// load are users and requests against what the stage is meant for.
func load(s Situation) []Reading {
	list := []Reading{}
	stage, err := ladder.Get(s.Stage)
	if err != nil || s.Stage == ladder.Last { // there is no upper end
		return list
	}
	for _, c := range []Condition{
		{Measure: Users, Is: Over, Than: float64(stage.Users)},
		{Measure: PeakRequestsPerSecond, Is: Over, Than: float64(stage.PeakRequestsPerSecond)},
	} {
		if r, known := c.reading(s); known {
			list = append(list, r)
		}
	}
	return list
}
