package advise

import (
	"slices"
	"strings"

	"github.com/rung-dev/rung/stacks/ladder"
)

// judge holds a rule against a situation.
func (r Rule) judge(s Situation) Finding {
	f := r.blank(s)
	is, missing := r.present(s)
	switch {
	case is == unknown:
		return f.notMeasured(missing)
	case is == no:
		f.Verdict, f.Because = Stay, sentences(f.Readings, false)
		return f
	}
	f.Because = sentences(f.Readings, true)
	if text, blocked := r.blocked(s); blocked {
		f.Verdict, f.Because = Stay, f.Because+"; but "+text
		return f
	}
	f.Steps, f.Tuned = r.steps(s)
	way, missing := r.way(s)
	f.Climb = way
	switch {
	case len(f.Steps) > 0:
		f.Verdict = Tune
	case way != nil:
		f.Verdict = Climb
	case len(missing) > 0:
		there := f.Because
		f = f.notMeasured(missing)
		f.Because = there + "; whether a higher stage helps is " + f.Because
	default:
		f.Verdict, f.Because = Stay, f.Because+"; "+r.Beyond
	}
	return f
}

// blank is a finding before anything is decided. No list is nil: in JSON they are lists.
func (r Rule) blank(s Situation) Finding {
	f := Finding{
		Rule: r.ID, Symptom: r.Symptom, Readings: []Reading{}, Missing: []Measure{}, Steps: []Step{}, Tuned: []string{},
		Not: []string{}, SeedCost: r.SeedCost, Source: r.Source,
	}
	for _, c := range slices.Concat(r.Any...) {
		reading, known := c.reading(s)
		if known && !slices.Contains(f.Readings, reading) {
			f.Readings = append(f.Readings, reading)
		}
	}
	for _, b := range r.Blocks {
		if b.On.has(s.Stage) {
			f.Not = append(f.Not, b.Text)
		}
	}
	f.Not = append(f.Not, r.Not...)
	return f
}

func (f Finding) notMeasured(missing []Key) Finding {
	var names []string
	for _, k := range missing {
		m := measure(k)
		f.Missing, names = append(f.Missing, m), append(names, m.Name)
	}
	f.Verdict = NotMeasured
	f.Because = "not measured: " + strings.Join(names, ", ")
	return f
}

// sentences are the readings that hold, or do not, as one sentence.
func sentences(list []Reading, hold bool) string {
	var out []string
	for _, r := range list {
		if r.Holds == hold {
			out = append(out, r.Sentence())
		}
	}
	return strings.Join(out, "; ")
}

// blocked is the first reason not to that the measurements give.
func (r Rule) blocked(s Situation) (string, bool) {
	for _, b := range r.Blocks {
		if is, _ := all(b.When, s); is == yes && b.On.has(s.Stage) {
			return b.Text, true
		}
	}
	return "", false
}

// steps are those that are left, and the ids of those that are done.
func (r Rule) steps(s Situation) (left []Step, done []string) {
	left, done = []Step{}, []string{}
	for _, step := range r.Steps {
		sensible, _ := all(step.If, s)
		well, _ := all(step.Well, s)
		switch {
		case !step.On.has(s.Stage) || sensible != yes:
		case slices.Contains(s.Tuned, step.ID), len(step.Well) > 0 && well == yes:
			done = append(done, step.ID)
		default:
			left = append(left, step)
		}
	}
	return left, done
}

// way is the climb that helps from this stage; nil for none, with what is missing to tell.
func (r Rule) way(s Situation) (*Way, []Key) {
	for _, rise := range r.Climbs {
		if !rise.On.has(s.Stage) || rise.To <= s.Stage {
			continue
		}
		is, missing := all(rise.When, s)
		if is == unknown {
			return nil, missing
		}
		now, then := s.month(s.Stage), s.month(rise.To)
		if is == no || rise.Cheaper && !then.cheaper(now) {
			return nil, nil
		}
		return rise.way(s.Stage, now, then), nil
	}
	return nil, nil
}

func (x Rise) way(from ladder.Number, now, then *Month) *Way {
	w := &Way{To: x.To, Tool: x.Tool, Why: x.Why, Now: now, Then: then}
	for _, stage := range ladder.Stages()[from:x.To] {
		w.Changes = append(w.Changes, stage.Adds)
		w.Breaks, w.Users, w.PeakRequestsPerSecond = stage.Breaks, stage.Users, stage.PeakRequestsPerSecond
	}
	return w
}
