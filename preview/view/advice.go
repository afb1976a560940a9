package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/outside/legible"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Advice is the answer to "when do I climb?" as people and programs read it.
type Advice advise.Report

// JSON writes the advice for programs, indented.
func (a Advice) JSON(w io.Writer) error { return asjson.Write(w, advise.Report(a)) }

// adviceColors are those of a verdict.
var adviceColors = map[advise.Verdict]text.Colors{
	advise.Climb: terminal.Warning, advise.Tune: terminal.Warning, advise.NotMeasured: terminal.Faint, advise.Stay: nil,
}

// Table writes the advice for a terminal: first all in all, then each symptom.
func (a Advice) Table(w io.Writer, style terminal.Style) error {
	p := newPaper(style)
	p.Line(terminal.Bold, "stage %d%s, by %s", a.Stage, named(int(a.Stage)), legible.Line(a.Source))
	p.Wrapped(adviceColors[a.Verdict], "", sentence(a.Headline))
	for _, s := range a.load() {
		p.Wrapped(terminal.Faint, "", s)
	}
	for _, f := range a.Findings {
		p.Blank()
		p.Wrapped(adviceColors[f.Verdict], "", strings.ToUpper(legible.Line(string(f.Verdict)))+": "+legible.Line(f.Symptom))
		for _, x := range saidOf(f) {
			p.Wrapped(nil, "    ", x.About+": "+legible.Line(x.Text))
		}
	}
	return p.Flush(w)
}

// Markdown writes the advice as a list.
func (a Advice) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\nStage %d%s, by %s.\n", markdown.Cell(sentence(a.Headline)), a.Stage, named(int(a.Stage)),
		markdown.Cell(a.Source))
	for _, s := range a.load() {
		fmt.Fprintf(&b, "\n%s\n", markdown.Cell(s))
	}
	for _, f := range a.Findings {
		fmt.Fprintf(&b, "\n### %s: %s\n", markdown.Cell(sentence(string(f.Verdict))), markdown.Cell(f.Symptom))
		for _, x := range saidOf(f) {
			fmt.Fprintf(&b, "- **%s**: %s\n", x.About, markdown.Cell(x.Text))
		}
	}
	return markdown.Write(w, b.String())
}

// HTML writes the advice as a page; what asks for nothing is folded.
func (a Advice) HTML(w io.Writer) error {
	from, to := int(a.Stage), int(a.To)
	p := page.Sheet{
		Title: sentence(a.Headline), Stages: stagesOf(&from, &to),
		Intro: "By " + a.Source + ". The rules are those of the two documents that rung is built from: no tool without " +
			"its problem.",
	}
	if load := a.load(); len(load) > 0 {
		p.Intro += " " + strings.Join(load, " ")
	}
	for _, f := range a.Findings {
		n := page.Notice{Class: "note", Title: sentence(string(f.Verdict)) + ": " + f.Symptom, Items: saidOf(f)}
		if f.Verdict == advise.Climb || f.Verdict == advise.Tune {
			n.Class = "warn"
		}
		p.Notices = append(p.Notices, n)
	}
	return p.Write(w)
}

// load says where the load stands in what the stage is meant for.
func (a Advice) load() []string {
	var list []string
	for _, r := range a.Load {
		s := fmt.Sprintf("For stage %d: %s.", a.Stage, r.Sentence())
		if r.Holds {
			s += " That alone is no reason to climb: measurements are."
		}
		list = append(list, s)
	}
	return list
}

// sentence begins with a capital letter.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// saidOf is a finding in lines, each with what it is about.
func saidOf(f advise.Finding) []page.Item {
	list := []page.Item{{About: "because", Text: f.Because}}
	add := func(about, text string) {
		if text != "" {
			list = append(list, page.Item{About: about, Text: text})
		}
	}
	for _, m := range f.Missing {
		add("measure", fmt.Sprintf("%s: %s", m.Key, m.How))
	}
	for i, s := range f.Steps {
		add("tune", fmt.Sprintf("%d. %s (%s)", i+1, s.Text, s.ID))
	}
	add("done", strings.Join(f.Tuned, ", "))
	if way := f.Climb; way != nil {
		about := "climb"
		if f.Verdict == advise.Tune {
			about = "then"
		}
		add(about, fmt.Sprintf("stage %d%s has %s: %s", way.To, named(int(way.To)), way.Tool, way.Why))
		add("cost", moneyOf(*way))
		add("changes", strings.Join(way.Changes, "; "))
		add("next", nextOf(*way))
	}
	if f.Verdict == advise.Climb || f.Verdict == advise.Tune {
		add("the tool costs", f.SeedCost+", by the documents")
		for _, n := range f.Not {
			add("not when", n)
		}
		add("source", f.Source)
	}
	return list
}

// moneyOf is what a climb costs more or less.
func moneyOf(w advise.Way) string {
	if w.Now == nil || w.Then == nil {
		return "not known here: `rung cost` shows the month of each stage"
	}
	now, then := preview.USD(w.Now.Expected), preview.USD(w.Then.Expected)
	return fmt.Sprintf("%s a month: %s (%s to %s) instead of %s, under the same load", then.Minus(now).Signed(),
		then, preview.USD(w.Then.Low), preview.USD(w.Then.High), now)
}

// nextOf is what gives way after a climb, and at which load.
func nextOf(w advise.Way) string {
	if w.To == ladder.Last {
		return w.Breaks
	}
	return fmt.Sprintf("beyond %s users or %s requests/s gives way %s", whole(w.Users), whole(w.PeakRequestsPerSecond),
		w.Breaks)
}
