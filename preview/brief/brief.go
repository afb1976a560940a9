// Package brief answers in few words, for assistants that pay for each: counts before
// lists, one line for a row, the dearest first, and never more than Limit tokens.
//
// What is left out is counted, with the way to ask for it. Whoever wants everything
// takes a document of package view.
package brief

import (
	"fmt"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
)

// Limit is the most that an answer has, in tokens as Tokens counts them.
const Limit = 1000

// bytesPerToken is a rough and careful measure: names, numbers and signs, of which the
// answers are made, cost more than prose, which has four letters and more to a token.
const bytesPerToken = 3

// Tokens is a rough count of what a text costs an assistant: one for every three bytes,
// rounded up.
func Tokens(text string) int { return (len(text) + bytesPerToken - 1) / bytesPerToken }

// Filter says which rows of an answer are wanted. Its zero value wants all.
type Filter struct {
	// Component, Op and Level must be a row's; empty takes any.
	Component, Op, Level string
	// Name is a part of a row's name or type, in any case; empty takes any.
	Name string
	// Rows is the most that are listed; zero means 10.
	Rows int
}

// defaultRows is what reads at a glance.
const defaultRows = 10

func (f Filter) rows() int {
	if f.Rows <= 0 {
		return defaultRows
	}
	return f.Rows
}

func (f Filter) takes(component, op, level string, names ...string) bool {
	same := func(want, is string) bool { return want == "" || strings.EqualFold(want, is) }
	named := f.Name == ""
	for _, n := range names {
		named = named || strings.Contains(strings.ToLower(n), strings.ToLower(f.Name))
	}
	return named && same(f.Component, component) && same(f.Op, op) && same(f.Level, level)
}

// reserved is what is kept free for the line that says what was left out.
const reserved = 60

// answer collects lines up to the limit.
type answer struct {
	b    strings.Builder
	full bool
}

// line writes one line, and reports whether there was room. Text of strangers loses what
// could be taken for a line of the answer's own.
func (a *answer) line(format string, args ...any) bool {
	text := legible.Line(fmt.Sprintf(format, args...)) + "\n"
	if a.full = a.full || Tokens(a.b.String()+text) > Limit-reserved; a.full {
		return false
	}
	a.b.WriteString(text)
	return true
}

// list writes rows while they are wanted and fit, and says how many there are besides.
func (a *answer) list(rows []string, most int, ask string) {
	shown := 0
	for _, r := range rows {
		if shown == most || !a.line("%s", r) {
			break
		}
		shown++
	}
	if rest := len(rows) - shown; rest > 0 {
		fmt.Fprintf(&a.b, "and %d more; %s\n", rest, ask)
	}
}

func (a *answer) String() string { return a.b.String() }

// Fact is one thing about a subject.
type Fact struct{ Is, Says string }

// Facts are what is known of a subject; a fact that says nothing is left out.
func Facts(subject string, all ...Fact) string {
	var a answer
	a.line("%s", subject)
	for _, f := range all {
		if f.Says != "" {
			a.line("%s: %s", f.Is, shortened(f.Says))
		}
	}
	return a.String()
}

// most is how many bytes of one text an answer gives.
const most = 600

func shortened(s string) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + " …"
	}
	return s
}
