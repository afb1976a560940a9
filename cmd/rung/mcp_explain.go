package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/policies/pack"
	"github.com/rung-dev/rung/policies/rule"
	"github.com/rung-dev/rung/policies/rule/ruletest"
	"github.com/rung-dev/rung/policies/rules"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/brief"
	"github.com/rung-dev/rung/stacks/config"
)

// judge holds a stage, as it is registered, against the rules.
func (a *app) judge(q policyQuestion) (string, error) {
	asked := a.beside(io.Discard)
	asked.flags = a.flags
	asked.flags.set = q.Set
	s, err := asked.read(strconv.Itoa(q.Stage))
	if err != nil {
		return "", err
	}
	recording, err := asked.recording(s.wanted)
	if err != nil {
		return "", err
	}
	set, err := pack.Settings(asked.secrets.open(s.wanted), time.Now())
	if err != nil {
		return "", err
	}
	stack := ruletest.Stack(recording)
	var all []brief.Judged
	for _, r := range rules.All() {
		level := r.LevelFor(set)
		if level == rule.Disabled {
			continue
		}
		j := brief.Judged{ID: r.ID, Level: string(level), Severity: string(r.Severity), Title: r.Title}
		for _, f := range set.Accept(r.ID, r.On(stack, set).Found) {
			j.Found = append(j.Found, f.Message)
		}
		all = append(all, j)
	}
	f := q.filter()
	f.Level = q.Level
	return brief.Policies(fmt.Sprintf("stage %d", s.config.Stage), all, f), nil
}

// explain answers about the one thing that is asked for.
func (a *app) explain(q explainQuestion) (string, error) {
	switch {
	case q.Key != "" && q.Rule == "" && q.Component == "":
		return explainKey(q.Key)
	case q.Rule != "" && q.Key == "" && q.Component == "":
		return explainRule(q.Rule)
	case q.Component != "" && q.Key == "" && q.Rule == "":
		return a.explainComponent(q.Component, q.Stage)
	}
	return "", fmt.Errorf("explain: want one of key, rule and component")
}

func explainKey(name string) (string, error) {
	name = strings.TrimPrefix(name, config.Namespace+":")
	var names []string
	for _, k := range config.Keys() {
		if k.Name == name {
			return brief.Facts(config.Namespace+":"+k.Name+": "+k.Meaning, brief.Fact{Is: "takes", Says: k.Allowed},
				brief.Fact{Is: "default by stage", Says: k.DefaultText()}, brief.Fact{Is: "a change", Says: k.Change.Text()}), nil
		}
		names = append(names, k.Name)
	}
	return "", fmt.Errorf("explain: no setting %q%s", name, didYouMean(name, names, ""))
}

func explainRule(id string) (string, error) {
	r, known := rules.ByID(id)
	if !known {
		var ids []string
		for _, r := range rules.All() {
			ids = append(ids, r.ID)
		}
		return "", fmt.Errorf("explain: no rule %q%s", id, didYouMean(id, ids, ""))
	}
	var params []string
	for _, p := range r.Params {
		params = append(params, fmt.Sprintf("%s = %v (%s)", p.Name, p.Default, p.Meaning))
	}
	return brief.Facts(fmt.Sprintf("%s (%s): %s", r.ID, r.Severity, r.Title), brief.Fact{Is: "why", Says: r.Why},
		brief.Fact{Is: "what to do", Says: r.Remedy}, brief.Fact{Is: "level", Says: r.Default.String()},
		brief.Fact{Is: "looks at", Says: strings.Join(r.Types, ", ")},
		brief.Fact{Is: "parameters", Says: strings.Join(params, "; ")}), nil
}

// explainStage is the stage whose components are explained where none is named.
const explainStage = 4

// explainComponent says what a component is made of on a stage, and what that costs.
func (a *app) explainComponent(name string, stage int) (string, error) {
	if stage == 0 {
		stage = explainStage
	}
	asked := a.beside(io.Discard)
	asked.flags = a.flags
	s, e, model, err := asked.priceable(strconv.Itoa(stage))
	if err != nil {
		return "", err
	}
	counts, others := map[string]int{}, map[string]bool{}
	for _, r := range model {
		if r.Component == name {
			counts[preview.ShortType(r.Type)]++
		} else {
			others[r.Component] = true
		}
	}
	if len(counts) == 0 {
		return "", fmt.Errorf("explain: stage %d has no component %q: it has %s", s.config.Stage, name,
			strings.Join(slices.Sorted(maps.Keys(others)), ", "))
	}
	month := decimal.Zero
	for _, l := range e.Estimate(model).Lines {
		if l.Component == name {
			month = month.Add(l.Monthly)
		}
	}
	var made, settings []string
	for _, typ := range slices.Sorted(maps.Keys(counts)) {
		made = append(made, fmt.Sprintf("%d %s", counts[typ], typ))
	}
	for _, k := range config.Keys() {
		if strings.HasPrefix(k.Name, name+".") {
			settings = append(settings, k.Name)
		}
	}
	return brief.Facts(fmt.Sprintf("%s on stage %d: %s a month", name, s.config.Stage, preview.USD(month)),
		brief.Fact{Is: "made of", Says: strings.Join(made, ", ")},
		brief.Fact{Is: "settings", Says: strings.Join(settings, ", ")}), nil
}
