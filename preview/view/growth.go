package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/chart"
	"github.com/rung-dev/rung/preview/drawing"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
	"github.com/rung-dev/rung/stacks/ladder"
)

// Growth is the whole ladder as it is deployed: what each stage is made of and costs.
type Growth []Grown

// Grown is one stage of it.
type Grown struct {
	Stage ladder.Stage
	// Bill is the month with the most users that the stage is for.
	Bill preview.Bill
	// Curve is the month from the users of the stage below to that; empty for a stage
	// that is not drawn.
	Curve []chart.Point
}

// below is what the stage below is for; zero below the first.
func below(s ladder.Stage) (users, peak int) {
	under, err := ladder.Get(s.Number - 1)
	if err != nil {
		return 0, 0
	}
	return under.Users, under.PeakRequestsPerSecond
}

// carries are the users and the load that a stage is for. The last one has no upper end.
func carries(s ladder.Stage) (users, load string) {
	from, peak := below(s)
	if s.Number == ladder.Last {
		return "over " + people(from), "over " + people(peak)
	}
	return people(from) + "–" + people(s.Users), "up to " + people(s.PeakRequestsPerSecond)
}

func people(n int) string { return chart.Short(float64(n)) }

// wholeDollars is an amount without its cents.
func wholeDollars(m preview.Money) string {
	text, _, _ := strings.Cut(preview.Money{Decimal: m.Round(0)}.String(), ".")
	return text
}

// grownJSON is one stage in JSON.
type grownJSON struct {
	Stage                 int           `json:"stage"`
	Name                  string        `json:"name"`
	Users                 int           `json:"users"`
	PeakRequestsPerSecond int           `json:"peakRequestsPerSecond"`
	Monthly               preview.Money `json:"monthly"`
	Low                   preview.Money `json:"low"`
	High                  preview.Money `json:"high"`
	Adds                  string        `json:"adds"`
	Breaks                string        `json:"breaks"`
	Until                 string        `json:"until"`
	Components            []string      `json:"components"`
	Curve                 []pointJSON   `json:"curve"`
}

// pointJSON is one point of the curve; money is text with two places, as everywhere.
type pointJSON struct {
	Users   int    `json:"users"`
	Monthly string `json:"monthly"`
}

// JSON writes the ladder with its curve for programs, indented.
func (g Growth) JSON(w io.Writer) error {
	list := []grownJSON{}
	for _, x := range g {
		s, c := x.Stage, x.Bill.Cost
		one := grownJSON{
			Stage: int(s.Number), Name: s.Name, Users: s.Users, PeakRequestsPerSecond: s.PeakRequestsPerSecond,
			Monthly: c.To, Low: c.Low, High: c.High, Adds: s.Adds, Breaks: s.Breaks, Until: s.Until,
			Components: x.components(), Curve: []pointJSON{},
		}
		for _, p := range x.Curve {
			one.Curve = append(one.Curve, pointJSON{p.Users, fmt.Sprintf("%.2f", p.Expected)})
		}
		list = append(list, one)
	}
	return asjson.Write(w, map[string]any{"stages": list})
}

// components are the parts that the stage is made of, in the order of the map.
func (x Grown) components() []string {
	names := []string{}
	for name := range nodesOfBill(x.Bill) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Table writes the ladder for a terminal, the lowest stage first.
func (g Growth) Table(w io.Writer, style terminal.Style) error {
	p := newPaper(style)
	for i, x := range g {
		if i > 0 {
			p.Blank()
		}
		users, load := carries(x.Stage)
		p.Line(terminal.Bold, "stage %d  %s", x.Stage.Number, x.Stage.Name)
		c := x.Bill.Cost
		p.Wrapped(nil, "  ", fmt.Sprintf("%s users, %s requests/s: %s a month (%s to %s)", users, load, c.To, c.Low, c.High))
		p.Wrapped(terminal.Faint, "  ", "adds: "+x.Stage.Adds)
		p.Wrapped(terminal.Faint, "  ", "gives way next: "+x.Stage.Breaks)
		p.Wrapped(terminal.Faint, "  ", "climb when: "+x.Stage.Until)
	}
	p.Blank()
	p.Wrapped(nil, "", "`rung ladder --output ladder.html` draws it; `rung advise` says when to climb.")
	return p.Flush(w)
}

// Markdown writes the ladder as a table.
func (g Growth) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| stage | users | peak requests/s | a month | low to high | gives way next | climb when |\n" +
		"|---|---|---|---:|---|---|---|\n")
	for _, x := range g {
		users, load := carries(x.Stage)
		c := x.Bill.Cost
		fmt.Fprintf(&b, "| %d %s | %s | %s | %s | %s to %s | %s | %s |\n", x.Stage.Number, markdown.Cell(x.Stage.Name), users,
			load, c.To, c.Low, c.High, markdown.Cell(x.Stage.Breaks), markdown.Cell(x.Stage.Until))
	}
	return markdown.Write(w, b.String())
}

// HTML writes the ladder as one page: the curve, then the architecture as it grows.
func (g Growth) HTML(w io.Writer) error {
	l := &page.Ladder{Keys: chart.Keys(), Outside: "Prices without tax and support, on demand, in us-east-1; the load " +
		"is a typical product's, as rung cost assumes it. Everything here is drawn from the code: rung ladder makes this " +
		"page anew"}
	l.Chart = g.Chart()
	l.Stages = g.stages()
	return page.Sheet{
		Title: "From one server to the edge, one stage at a time",
		Intro: "Six stages of one system on AWS. Each is one command away from the one below, in place, with its data. " +
			"This is what each is made of, what it carries, what a month of it costs, and what gives way next.",
		Ladder: l,
	}.Write(w)
}

// stages are the stages as pages show them.
func (g Growth) stages() []page.GrownStage {
	var list []page.GrownStage
	before := map[string]drawing.Node{}
	for _, x := range g {
		nodes := nodesOfBill(x.Bill)
		list = append(list, x.stage(before, nodes))
		before = nodes
	}
	return list
}

// Image is the architecture as it grows, as an SVG image of its own.
func (g Growth) Image() (string, error) {
	return page.Growing("How the architecture grows, stage by stage: what is new is green", g.stages())
}

// Chart is the curve of the stages that have one.
func (g Growth) Chart() *chart.Chart {
	var list []chart.Stage
	for _, x := range g {
		if len(x.Curve) == 0 {
			continue
		}
		from, _ := below(x.Stage)
		list = append(list, chart.Stage{
			Number: int(x.Stage.Number), Name: x.Stage.Name, From: from, To: x.Stage.Users,
			UsualLow: x.Stage.Band.Low, UsualHigh: x.Stage.Band.High, Points: x.Curve,
		})
	}
	if len(list) == 0 {
		return nil
	}
	return chart.Of(list)
}

// grow marks what a stage has that the one below has not, and keeps what it gives up with
// data in it: that goes when somebody says so, and not before.
func grow(before, nodes map[string]drawing.Node) map[string]drawing.Node {
	out := map[string]drawing.Node{}
	for name, n := range nodes {
		if _, there := before[name]; !there {
			n.Op = preview.Create
		}
		out[name] = n
	}
	for name, n := range before {
		if _, stays := nodes[name]; !stays && n.Data {
			n.Op, n.After = preview.Delete, preview.Money{}
			out[name] = n
		}
	}
	return out
}

// leaving are those that go with data in them.
func leaving(nodes map[string]drawing.Node) string {
	var names []string
	for name, n := range nodes {
		if n.Op == preview.Delete {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// commands bring a stack to a stage: first what changes, then the change.
func commands(n ladder.Number) []string {
	look := "rung preview 1"
	if n > ladder.First {
		look = fmt.Sprintf("rung diff %d %d", n-1, n)
	}
	return []string{look, fmt.Sprintf("rung up %d", n)}
}

// stage is a stage as the page shows it, with what has changed against the one below.
func (x Grown) stage(before, nodes map[string]drawing.Node) page.GrownStage {
	s, c := x.Stage, x.Bill.Cost
	nodes = grow(before, nodes)
	users, load := carries(s)
	anchor := fmt.Sprintf("stage-%d", s.Number)
	r := page.GrownStage{
		Number: int(s.Number), Name: s.Name, Anchor: anchor, Users: users + " users", Month: wholeDollars(c.To) + " a month",
		Adds: s.Adds, Breaks: s.Breaks, Until: s.Until,
		Facts: []page.Fact{
			{Label: "carries", Value: users + " users", Note: load + " requests/s at the peak"},
			{Label: "a month", Value: c.To.String(), Note: fmt.Sprintf("between %s and %s", c.Low, c.High)},
		},
		Drawing:  drawing.Of(nodes, c, billOfCloudFront(x.Bill)).On(anchor),
		Commands: commands(s.Number), Last: s.Number == ladder.Last,
	}
	if gone := leaving(nodes); gone != "" {
		r.Stays = gone + " holds data: it stays, and serves, until you say that the data has moved (rung:handover)"
	}
	if s.Band.Known() {
		r.Facts = append(r.Facts, page.Fact{Label: "usual for this stage", Value: s.Band.String(), Note: "a month"})
	}
	if c.PerThousandUsers != nil {
		r.Facts = append(r.Facts, page.Fact{Label: "per 1,000 users", Value: c.PerThousandUsers.String(),
			Note: c.PerMillionRequests.String() + " per million requests"})
	}
	return r
}
