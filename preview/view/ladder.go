package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Ladder is the ladder as it is shown.
type Ladder struct {
	Stages []ladder.Stage
	// Built is the highest stage that can be deployed.
	Built ladder.Number
}

// stageOf is one stage in JSON.
type stageOf struct {
	Stage                 int     `json:"stage"`
	Name                  string  `json:"name"`
	Users                 int     `json:"users"`
	PeakRequestsPerSecond int     `json:"peakRequestsPerSecond"`
	CostLow               *int    `json:"costLow"`
	CostHigh              *int    `json:"costHigh"`
	Adds                  string  `json:"adds"`
	Until                 string  `json:"until"`
	Built                 bool    `json:"built"`
	RequestsPerMonth      float64 `json:"requestsPerMonth"`
}

// JSON writes the ladder for programs, indented.
func (l Ladder) JSON(w io.Writer) error {
	out := make([]stageOf, len(l.Stages))
	for i, s := range l.Stages {
		out[i] = stageOf{
			Stage: int(s.Number), Name: s.Name, Users: s.Users, PeakRequestsPerSecond: s.PeakRequestsPerSecond,
			Adds: s.Adds, Until: s.Until, Built: s.Number <= l.Built, RequestsPerMonth: s.Traffic.RequestsPerMonth(),
		}
		if band := s.Band; band.Known() {
			out[i].CostLow, out[i].CostHigh = &band.Low, &band.High
		}
	}
	return asjson.Write(w, map[string]any{"stages": out})
}

// Table draws the ladder, the highest stage on top.
func (l Ladder) Table(w io.Writer, style terminal.Style) error {
	p := newPaper(style)
	for i := len(l.Stages) - 1; i >= 0; i-- {
		s := l.Stages[i]
		c := terminal.Bold
		if s.Number > l.Built {
			c = terminal.Faint
		}
		if p.Width < besideName {
			p.Line(c, "╠═ %d ═╣  %s", s.Number, s.Name)
			p.step(load(s) + l.later(s))
		} else {
			p.Line(c, "╠═ %d ═╣  %s%s", s.Number, terminal.Left(s.Name, 20), load(s)+l.later(s))
		}
		p.step("adds: " + s.Adds)
		p.step("until: " + s.Until)
	}
	p.Blank()
	p.Line(nil, "`rung preview N` shows what stage N is made of; `rung up N` climbs to it.")
	return p.Flush(w)
}

// besideName is the width from which a stage's load has room beside its name, in columns.
const besideName = 100

// step writes text beside the ladder's rails.
func (p paper) step(s string) {
	p.Wrapped(nil, "║     ║  ", s)
}

func load(s ladder.Stage) string {
	load := fmt.Sprintf("%s users, %s requests/s", whole(s.Users), whole(s.PeakRequestsPerSecond))
	if !s.Band.Known() {
		return load
	}
	return fmt.Sprintf("%s, %s a month", load, s.Band)
}

func (l Ladder) later(s ladder.Stage) string {
	if s.Number > l.Built {
		return ", to come"
	}
	return ""
}

// Markdown writes the ladder as a table.
func (l Ladder) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| stage | name | users | peak requests/s | a month | adds | until " +
		"|\n|---:|---|---:|---:|---:|---|---|\n")
	for _, s := range l.Stages {
		fmt.Fprintf(&b, "| %d | %s%s | %s | %s | %s | %s | %s |\n", s.Number, markdown.Cell(s.Name), l.later(s),
			whole(s.Users), whole(s.PeakRequestsPerSecond), s.Band, markdown.Cell(s.Adds), markdown.Cell(s.Until))
	}
	return markdown.Write(w, b.String())
}

// whole writes a number with a comma every three digits.
func whole(n int) string { return humanize.Comma(int64(n)) }
