package view

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// Status is how a stack is, on one screen.
type Status struct {
	Stack string `json:"stack"`
	Cloud string `json:"cloud"`
	Stage int    `json:"stage"`
	// At is when it was asked.
	At time.Time `json:"at"`
	// Release is what runs; nil where nobody wrote it down.
	Release *StatusRelease   `json:"release,omitempty"`
	Parts   []operate.Health `json:"parts"`
	// Load is that of the last day against what the stage is meant for.
	Load []StatusLoad `json:"load"`
	// Month is what the stage costs; nil where that could not be estimated.
	Month *StatusMonth `json:"month,omitempty"`
	// Drift says what differs from the state, or that nobody looked.
	Drift  string          `json:"drift"`
	Alarms []operate.Alarm `json:"alarms"`
	// Watched is how many alarms there are.
	Watched int `json:"watched"`
	// Handover is rung:handover.
	Handover string `json:"handover"`
	// Moves remind of moves that keep a server's log.
	Moves   []string         `json:"moves,omitempty"`
	Backups []operate.Backup `json:"backups"`
	// Advice is the line of `rung advise` for what was measured.
	Advice string `json:"advice"`
	// Unknown is what could not be found out, with what it takes.
	Unknown []string `json:"unknown"`
}

// StatusRelease is a release in short.
type StatusRelease struct {
	Number int       `json:"number"`
	SHA256 string    `json:"sha256"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
}

// StatusLoad is a measure with its limit, 0 for none.
type StatusLoad struct {
	operate.Measure
	Limit float64 `json:"limit,omitempty"`
}

// StatusMonth is an estimate, in USD with two places.
type StatusMonth struct {
	Low      string `json:"low"`
	Expected string `json:"expected"`
	High     string `json:"high"`
	// Budget is rung:budget; empty for none.
	Budget string `json:"budget,omitempty"`
}

// statusSection is a part of the screen: rows of cells under a title.
type statusSection struct {
	title string
	rows  [][]string
}

func (s Status) head() string {
	return fmt.Sprintf("stack %s on %s, stage %d%s", s.Stack, s.Cloud, s.Stage, named(s.Stage))
}

// sections are the whole screen.
func (s Status) sections() []statusSection {
	all := []statusSection{{"release", [][]string{{s.release()}}}, {title: "parts"}}
	for _, p := range s.Parts {
		all[1].rows = append(all[1].rows, []string{p.Part, string(p.Kind), string(p.State), p.Says})
	}
	load := statusSection{title: "load of the last day, at its highest where nothing else is said"}
	for _, l := range s.Load {
		load.rows = append(load.rows, []string{l.What, l.value()})
	}
	all = append(all, load, statusSection{"month", [][]string{{s.month()}}}, statusSection{"drift", [][]string{{s.Drift}}},
		s.alarms(), s.handover())
	backups := statusSection{title: "backups"}
	for _, b := range s.Backups {
		backups.rows = append(backups.rows, []string{b.Of, b.Kind, s.age(b.At)})
	}
	unknown := statusSection{title: "not known"}
	for _, u := range s.Unknown {
		unknown.rows = append(unknown.rows, []string{u})
	}
	return append(all, backups, statusSection{"advice", [][]string{{s.Advice}}}, unknown)
}

func (s Status) handover() statusSection {
	section := statusSection{"handover", [][]string{{s.Handover}}}
	for _, m := range s.Moves {
		section.rows = append(section.rows, []string{m})
	}
	return section
}

func (s Status) release() string {
	if s.Release == nil {
		return "none was written down: `rung deploy` or `rung up` writes the next"
	}
	r := *s.Release
	return fmt.Sprintf("%d, %.12s, %s by %s", r.Number, r.SHA256, s.age(r.At), r.By)
}

func (l StatusLoad) value() string {
	text := humanize.CommafWithDigits(l.Value, 1) + " " + l.Unit
	if l.Limit > 0 {
		text += " of " + humanize.CommafWithDigits(l.Limit, 1)
	}
	return text
}

func (s Status) month() string {
	if s.Month == nil {
		return "could not be estimated"
	}
	text := fmt.Sprintf("$%s (%s to %s)", s.Month.Expected, s.Month.Low, s.Month.High)
	if s.Month.Budget != "" {
		text += ", budget $" + s.Month.Budget
	}
	return text
}

func (s Status) alarms() statusSection {
	section := statusSection{title: "alarms"}
	for _, a := range s.Alarms {
		section.rows = append(section.rows, []string{a.Name, a.State, s.age(a.Since), a.Reason})
	}
	switch {
	case len(s.Alarms) > 0:
	case s.Watched > 0:
		section.rows = [][]string{{fmt.Sprintf("none of %d fires", s.Watched)}}
	default:
		section.rows = [][]string{{"nobody watches"}}
	}
	return section
}

// age is how long ago something was.
func (s Status) age(at time.Time) string {
	if at.IsZero() {
		return "none yet"
	}
	return humanize.RelTime(at, s.At, "ago", "from now")
}

// JSON writes the status for programs.
func (s Status) JSON(w io.Writer) error {
	s.Parts, s.Load, s.Alarms = listed(s.Parts), listed(s.Load), listed(s.Alarms)
	s.Backups, s.Unknown = listed(s.Backups), listed(s.Unknown)
	return asjson.Write(w, s)
}

// listed is a list that programs read as one, also when it is empty.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Table writes the status for a terminal.
func (s Status) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	p.Line(terminal.Bold, "%s", s.head())
	for _, section := range s.sections() {
		switch {
		case len(section.rows) == 0:
		case len(section.rows) == 1 && len(section.rows[0]) == 1:
			p.Wrapped(nil, "", fmt.Sprintf("%-9s %s", section.title, section.rows[0][0]))
		default:
			p.Line(terminal.Bold, "%s", section.title)
			for _, line := range aligned(section.rows) {
				p.Line(nil, "  %s", line)
			}
		}
	}
	return p.Flush(w)
}

// aligned are rows with their columns below one another.
func aligned(rows [][]string) (lines []string) {
	var width []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", width[i]-len([]rune(cell))+2)
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// Markdown writes the status as a list.
func (s Status) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n", markdown.Cell(sentence(s.head())))
	for _, section := range s.sections() {
		if len(section.rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n**%s**\n\n", markdown.Cell(sentence(section.title)))
		for _, row := range section.rows {
			fmt.Fprintf(&b, "- %s\n", markdown.Cell(strings.Join(row, " · ")))
		}
	}
	return markdown.Write(w, b.String())
}

// HTML writes the status as a page with a table for each section.
func (s Status) HTML(w io.Writer) error {
	sheet := page.Sheet{Title: sentence(s.head())}
	for _, section := range s.sections() {
		if len(section.rows) > 0 {
			sheet.Tables = append(sheet.Tables, page.Table{Caption: sentence(section.title),
				Head: make([]string, len(section.rows[0])), Rows: section.rows})
		}
	}
	return sheet.Write(w)
}
