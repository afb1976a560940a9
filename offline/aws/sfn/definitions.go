package sfn

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/sim"
)

// machine is a definition, or a branch of a state, as far as it is looked into.
type machine struct {
	StartAt string
	States  map[string]state
}

type state struct {
	Next, Default  string
	Choices, Catch []struct{ Next string }
	Branches       []machine
	Iterator       *machine
	ItemProcessor  *machine
}

// definitionValid refuses a definition as Step Functions does, in previews too: the provider
// has it validated whenever it is known.
func definitionValid(in sim.Props) []sim.Failure {
	text := in.Str("definition")
	if text == "" {
		return nil
	}
	var m machine
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return check.Wrong("definition", "ERROR (INVALID_JSON_DESCRIPTION): Invalid State Machine Definition: %s", err)
	}
	var failures []sim.Failure
	for _, problem := range m.problems("") {
		failures = append(failures, check.Wrong("definition", "ERROR (MISSING_TRANSITION_TARGET): %s", problem)...)
	}
	return failures
}

// problems are the states that a machine leads to and has not, and those that nothing leads to.
func (m machine) problems(at string) (all []string) {
	reached := map[string]bool{}
	reach := func(name, path string) {
		if _, ok := m.States[name]; !ok {
			all = append(all, fmt.Sprintf("Missing 'Next' target: %s at %s", name, path))
		}
		reached[name] = true
	}
	reach(m.StartAt, at+"/StartAt")
	names := slices.Sorted(maps.Keys(m.States))
	for _, name := range names {
		s, path := m.States[name], at+"/States/"+name
		for _, step := range s.ways() {
			reach(step[1], path+step[0])
		}
		for _, inner := range s.inside() {
			all = append(all, inner.problems(path)...)
		}
	}
	for _, name := range names {
		if !reached[name] {
			all = append(all, fmt.Sprintf("State %q is not reachable. at %s/States/%s", name, at, name))
		}
	}
	return all
}

// ways are where a state leads to, each with its place.
func (s state) ways() (all [][2]string) {
	add := func(place, name string) {
		if name != "" {
			all = append(all, [2]string{place, name})
		}
	}
	add("/Next", s.Next)
	add("/Default", s.Default)
	for i, c := range s.Choices {
		add(fmt.Sprintf("/Choices[%d]/Next", i), c.Next)
	}
	for i, c := range s.Catch {
		add(fmt.Sprintf("/Catch[%d]/Next", i), c.Next)
	}
	return all
}

// inside are the machines within a state.
func (s state) inside() []machine {
	all := slices.Clone(s.Branches)
	for _, m := range []*machine{s.Iterator, s.ItemProcessor} {
		if m != nil {
			all = append(all, *m)
		}
	}
	return all
}

// nextVersion follows the version that was published last.
func nextVersion(o *sim.Op) string {
	arn, n := machineARN(o), 0
	fmt.Sscan(strings.TrimPrefix(o.Old.Str("stateMachineVersionArn"), arn+":"), &n) //nolint:errcheck // none counts from zero
	return fmt.Sprintf("%s:%d", arn, n+1)
}
