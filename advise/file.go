package advise

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/outside/figure"
	"github.com/rung-dev/rung/outside/nearest"
)

// tunedKey is the key of the list of steps that were taken.
const tunedKey = "tuned"

// MostFile is how large a file of measurements may be, in bytes.
const MostFile = 1 << 20

// Parse reads a file of measurements: the keys of [Measures], each with a number or with
// nothing for what was not measured, and "tuned", a list of ids of [Steps]. It is strict:
// all problems are reported at once, each with its line, what was found and what is allowed.
func Parse(text []byte) (Measurements, []string, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, nil, fmt.Errorf("read the measurements: %w; `rung advise init` writes a file to begin with", err)
	}
	if len(root.Content) == 0 {
		return Measurements{}, nil, nil
	}
	top := root.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, nil, fmt.Errorf("read the measurements: line %d: got %s, want lines like \"serverCPUPercent: 85\"; "+
			"`rung advise init` writes a file to begin with", top.Line, kindOf(top))
	}
	file := reading{values: Measurements{}, seen: map[string]bool{}}
	for i := 0; i+1 < len(top.Content); i += 2 {
		file.take(top.Content[i], top.Content[i+1])
	}
	return file.values, file.tuned, errors.Join(file.problems...)
}

// reading is a file as far as it was read.
type reading struct {
	values   Measurements
	tuned    []string
	seen     map[string]bool
	problems []error
}

func (r *reading) problem(n *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...)))
}

func (r *reading) take(key, value *yaml.Node) {
	i := slices.IndexFunc(Measures(), func(m Measure) bool { return string(m.Key) == key.Value })
	switch {
	case r.seen[key.Value]:
		r.problem(key, "%s stands there twice", key.Value)
	case key.Value == tunedKey:
		r.takeTuned(value)
	case i < 0:
		r.problem(key, "unknown measure %q%s", key.Value, suggest(key.Value, names()))
	default:
		r.takeValue(Measures()[i], value)
	}
	r.seen[key.Value] = true
}

// takeValue reads a number within its bounds. Nothing is not measured, which is not zero.
func (r *reading) takeValue(m Measure, value *yaml.Node) {
	if value.Tag == "!!null" {
		return
	}
	allowed := fmt.Sprintf("a number from 0 to %s", Measure{Unit: m.Unit}.Amount(m.Most))
	if value.Kind != yaml.ScalarNode {
		r.problem(value, "%s: got %s, want %s", m.Key, kindOf(value), allowed)
		return
	}
	d, err := figure.Parse(value.Value)
	v := d.InexactFloat64()
	if err != nil || v < 0 || v > m.Most {
		r.problem(value, "%s: got %q, want %s, or nothing where it was not measured", m.Key, value.Value, allowed)
		return
	}
	r.values[m.Key] = v
}

func (r *reading) takeTuned(value *yaml.Node) {
	if value.Tag == "!!null" {
		return
	}
	if value.Kind != yaml.SequenceNode {
		r.problem(value, "%s: got %s, want a list of steps, as in [indexes, pool]", tunedKey, kindOf(value))
		return
	}
	known := stepIDs()
	for _, n := range value.Content {
		if !slices.Contains(known, n.Value) {
			r.problem(n, "%s: got %q, want one of %s%s", tunedKey, n.Value, strings.Join(known, ", "), suggest(n.Value, known))
			continue
		}
		r.tuned = append(r.tuned, n.Value)
	}
}

// CheckTuned reports ids of steps that do not exist, all at once.
func CheckTuned(ids []string) error {
	var errs []error
	known := stepIDs()
	for _, id := range ids {
		if !slices.Contains(known, id) {
			errs = append(errs, fmt.Errorf("got %q, want one of %s%s", id, strings.Join(known, ", "), suggest(id, known)))
		}
	}
	return errors.Join(errs...)
}

func names() []string {
	list := []string{tunedKey}
	for _, m := range Measures() {
		list = append(list, string(m.Key))
	}
	return list
}

func stepIDs() []string {
	var list []string
	for _, s := range Steps() {
		list = append(list, s.ID)
	}
	return list
}

func suggest(given string, known []string) string {
	if q := nearest.Question(given, known, ""); q != "" {
		return "; " + q
	}
	return ""
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "keys of its own"
	case yaml.AliasNode:
		return "an alias"
	}
	return fmt.Sprintf("%q", n.Value)
}

// Template is a file of measurements to fill in: every measure with its unit, what it is and
// how to find it, and every step that may have been taken. It parses as it is: nothing is measured.
func Template() string {
	var b strings.Builder
	b.WriteString("# Measurements for `rung advise --measurements FILE`. Give what you know; what stands empty was not\n" +
		"# measured, and the advice says so instead of guessing. Zero is a value.\n")
	for _, m := range Measures() {
		fmt.Fprintf(&b, "\n# %s, in %s: %s.\n%s:\n", m.Name, m.Unit, m.How, m.Key)
	}
	b.WriteString("\n# What was tuned already, by its name: the advice goes on to the next.\n")
	for _, s := range Steps() {
		fmt.Fprintf(&b, "#   %s: %s\n", s.ID, s.Text)
	}
	fmt.Fprintf(&b, "%s: []\n", tunedKey)
	return b.String()
}
