// Package rule is what a policy is made of: a rule as data, readers that take
// any property without failing, and an index of a stack's resources.
//
// A rule's check is a pure function. It does no input or output, it never
// fails, and it answers for every resource with findings, with "undecided
// until up" where a preview does not know a value yet, or with nothing.
// Package pack runs rules inside the Pulumi engine; tests run them without.
package rule

import (
	"fmt"
	"slices"

	"github.com/rung-dev/rung/stacks/ladder"
)

// Kind says what a rule must see to decide.
type Kind string

const (
	// OnResource rules see the inputs of one resource, before it is created.
	OnResource Kind = "resource"
	// OnStack rules relate several resources; the engine runs them at the end.
	OnStack Kind = "stack"
	// OnPlan rules look at planned steps, which the engine shows to no policy:
	// they run over the events of a preview.
	OnPlan Kind = "plan"
)

// Severity is how bad it is to break a rule.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Level is what a finding does to a run.
type Level string

const (
	// Advisory findings are shown.
	Advisory Level = "advisory"
	// Mandatory findings stop the run.
	Mandatory Level = "mandatory"
	// Disabled rules do not run.
	Disabled Level = "disabled"
)

// Levels lists all of them.
func Levels() []Level { return []Level{Advisory, Mandatory, Disabled} }

// Default is a rule's level where the user sets none.
type Default struct {
	// Level is the level, or the one below the stage Mandatory.
	Level Level
	// Mandatory is the stage from which the rule is mandatory; zero leaves
	// Level as it is.
	Mandatory ladder.Number
	// From is the first stage on which the rule runs; zero means any program,
	// also one that is no stack of rung and has no stage.
	From ladder.Number
}

// At is the level on a stage; stage zero is a program without one.
func (d Default) At(stage ladder.Number) Level {
	switch {
	case stage < d.From:
		return Disabled
	case d.Mandatory > 0 && stage >= d.Mandatory:
		return Mandatory
	}
	return d.Level
}

// String writes the default as the tables do: "advisory, mandatory from stage 3".
func (d Default) String() string {
	text := string(d.Level)
	if d.Mandatory > 0 {
		text = fmt.Sprintf("%s, mandatory from stage %d", text, d.Mandatory)
	}
	if d.From > 1 {
		text += fmt.Sprintf("; off below stage %d", d.From)
	}
	return text
}

// Equivalents are the ids of the same rule elsewhere; empty where there is none.
type Equivalents struct {
	// FSBP are controls of AWS Foundational Security Best Practices.
	FSBP []string
	// Checkov, AWSGuard and Trivy are ids of those tools.
	Checkov, AWSGuard, Trivy []string
	// Compliance are policies of Pulumi's compliance-policies.
	Compliance []string
}

// None reports whether no other tool has the rule.
func (e Equivalents) None() bool {
	return len(e.FSBP)+len(e.Checkov)+len(e.AWSGuard)+len(e.Trivy)+len(e.Compliance) == 0
}

// Param is a number or a list of texts that a user may set for a rule.
type Param struct {
	// Name is its key beside "level".
	Name string
	// Meaning says what it does, with its unit.
	Meaning string
	// Default is a float64, a bool or a []string; its type is the parameter's.
	Default any
	// Low and High bound a number, both included.
	Low, High float64
}

// Rule is one policy as data with a pure check.
type Rule struct {
	// ID names the rule in configuration and output. It is never changed.
	ID string
	// Title says what must hold.
	Title string
	// Why is the reason, in one sentence.
	Why string
	// Remedy says what to do about a violation, in one sentence.
	Remedy   string
	Severity Severity
	Kind     Kind
	Default  Default
	// Types are the canonical tokens of what the rule looks at.
	Types []string
	// Params are what a user may set.
	Params []Param
	// Strict turns a stack's own settings into the mandatory level; nil never does.
	Strict func(Settings) bool
	Equivalents

	// Resource checks one resource; set for OnResource rules.
	Resource func(c *Check, r *Resource)
	// Stack checks the stack; set for OnStack rules.
	Stack func(c *Check, s *Stack)
}

// LevelFor is the rule's level under the settings: the user's, else what the
// stage asks for.
func (r Rule) LevelFor(s Settings) Level {
	if own, ok := s.Rules[r.ID]; ok && own.Level != "" {
		return own.Level
	}
	level := r.Default.At(s.Stage)
	if level != Disabled && r.Strict != nil && r.Strict(s) {
		return Mandatory
	}
	return level
}

// Finding is one reason why a resource breaks a rule.
type Finding struct {
	// URN is the resource's; empty for the stack as a whole.
	URN string
	// Name is its logical name.
	Name string
	// Property is the path of the property at fault; empty where none is.
	Property string
	// Message names the resource, the property, the value found and the fix.
	Message string
}

// Undecided is a property that a rule needs and that is not known yet.
type Undecided struct{ URN, Name, Property string }

// Report is what a rule says about what it was shown.
type Report struct {
	Found     []Finding
	Undecided []Undecided
}

// Check is one run of one rule: it collects what the rule says.
type Check struct {
	// Settings are the stack's.
	Settings Settings
	rule     *Rule
	report   Report
}

// OnOne runs an OnResource rule on one resource. Types that the rule does not
// look at give an empty report.
func (r *Rule) OnOne(res *Resource, s Settings) Report {
	c := &Check{Settings: s, rule: r}
	if r.Resource != nil && slices.Contains(r.Types, res.Type) {
		r.Resource(c, res)
	}
	return c.report
}

// On runs the rule on a stack, whatever its kind.
func (r *Rule) On(st *Stack, s Settings) Report {
	c := &Check{Settings: s, rule: r}
	if r.Stack != nil {
		r.Stack(c, st)
	}
	if r.Resource != nil {
		for _, t := range r.Types {
			for _, res := range st.byType[t] {
				r.Resource(c, res)
			}
		}
	}
	return c.report
}

// Require reports r unless the answer is Yes: a No is a finding with the
// value at the path and the fix, an Unknown is undecided.
func (c *Check) Require(answer Tri, r *Resource, path, fix string) {
	switch answer {
	case No:
		c.Fail(r, path, r.At(path).String(), fix)
	case Unknown:
		c.Undecided(r, path)
	}
}

// Refuse is Require for what must not be.
func (c *Check) Refuse(answer Tri, r *Resource, path, fix string) {
	c.Require(answer.Not(), r, path, fix)
}

// RequireAt is Require for a value inside a list, which path names.
func (c *Check) RequireAt(answer Tri, r *Resource, path string, v Value, fix string) {
	switch answer {
	case No:
		c.Fail(r, path, v.String(), fix)
	case Unknown:
		c.Undecided(r, path)
	}
}

// RefuseAt is RequireAt for what must not be.
func (c *Check) RefuseAt(answer Tri, r *Resource, path string, v Value, fix string) {
	c.RequireAt(answer.Not(), r, path, v, fix)
}

// Missing reports r unless a resource that belongs to it is there.
func (c *Check) Missing(there Tri, r *Resource, what, fix string) {
	switch there {
	case No:
		c.Fail(r, what, "missing", fix)
	case Unknown:
		c.Undecided(r, what)
	}
}

// Each calls do for every element of the list at path, with the element's own
// path. A list that is not known is undecided.
func (c *Check) Each(r *Resource, path string, do func(path string, v Value)) {
	all, there := r.At(path).List()
	if there == Unknown {
		c.Undecided(r, path)
	}
	for i, v := range all {
		at := fmt.Sprintf("%s[%d]", path, i)
		if v.Unknown() {
			c.Undecided(r, at)
			continue
		}
		do(at, v)
	}
}

// Fail reports r with the value as the caller puts it.
func (c *Check) Fail(r *Resource, path, found, fix string) {
	c.report.Found = append(c.report.Found, Finding{
		URN: r.URN, Name: r.Name, Property: path,
		Message: fmt.Sprintf("%s: %s is %s; %s", r.Name, path, found, fix),
	})
}

// FailStack reports the stack as a whole.
func (c *Check) FailStack(message string) {
	c.report.Found = append(c.report.Found, Finding{Message: message})
}

// Undecided notes that the path decides and is not known yet.
func (c *Check) Undecided(r *Resource, path string) {
	u := Undecided{URN: r.URN, Name: r.Name, Property: path}
	if !slices.Contains(c.report.Undecided, u) {
		c.report.Undecided = append(c.report.Undecided, u)
	}
}

// Number is the parameter's value, the user's or the default.
func (c *Check) Number(name string) float64 {
	n, _ := c.param(name).(float64)
	return n
}

// Texts is the parameter's value as a list.
func (c *Check) Texts(name string) []string {
	l, _ := c.param(name).([]string)
	return l
}

// Bool is the parameter's value as a truth value.
func (c *Check) Bool(name string) bool {
	b, _ := c.param(name).(bool)
	return b
}

func (c *Check) param(name string) any { return c.Settings.Param(*c.rule, name) }
