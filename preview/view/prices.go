package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rung-dev/rung/cost/pricelist"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// Prices are those that estimates go by, and what a refresh made of them.
type Prices struct {
	// BuiltIn is the number of prices that came with rung, BuiltInAsOf the
	// youngest day of any.
	BuiltIn     int    `json:"builtIn"`
	BuiltInAsOf string `json:"builtInAsOf"`
	// Own is the number of the user's own, which win; OwnAsOf is the youngest day
	// of any of them, and File where they are. Empty where there are none.
	Own     int    `json:"own"`
	OwnAsOf string `json:"ownAsOf,omitempty"`
	File    string `json:"file,omitempty"`
	// Refresh is nil unless the list was read.
	Refresh *Refresh `json:"refresh,omitempty"`
}

// Refresh is what AWS's list had to say.
type Refresh struct {
	// Changed are the amounts that differ and those that are new; Confirmed
	// counts those that are as they were, but of a newer day.
	Changed   []PriceChange `json:"changed"`
	Confirmed int           `json:"confirmed"`
	// Left stay as they were.
	Left []PriceLeft `json:"left"`
}

// PriceChange is one amount, in USD per unit; was is empty for a new one.
type PriceChange struct {
	Service string `json:"service"`
	SKU     string `json:"sku"`
	Region  string `json:"region"`
	Unit    string `json:"unit"`
	Was     string `json:"was,omitempty"`
	WasAsOf string `json:"wasAsOf,omitempty"`
	Is      string `json:"is"`
	IsAsOf  string `json:"isAsOf"`
	Source  string `json:"source"`
}

// PriceLeft is a price that could not be refreshed, and why.
type PriceLeft struct {
	Service string `json:"service"`
	SKU     string `json:"sku"`
	Region  string `json:"region"`
	Reason  string `json:"reason"`
}

// NewRefresh shows what a refresh found.
func NewRefresh(r pricelist.Result) *Refresh {
	out := &Refresh{Changed: []PriceChange{}, Left: []PriceLeft{}}
	for _, c := range r.Changes {
		if c.Same() {
			out.Confirmed++
			continue
		}
		change := PriceChange{
			Service: string(c.New.Service), SKU: c.New.SKU, Region: c.New.Region, Unit: c.New.Unit,
			Is: c.New.USD.String(), IsAsOf: c.New.AsOf, Source: c.New.Source,
		}
		if c.Old.Unit != "" {
			change.Was, change.WasAsOf = c.Old.USD.String(), c.Old.AsOf
		}
		out.Changed = append(out.Changed, change)
	}
	for _, l := range r.Left {
		out.Left = append(out.Left, PriceLeft{string(l.Key.Service), l.Key.SKU, l.Key.Region, l.Reason})
	}
	return out
}

// JSON writes the prices for programs, indented.
func (x Prices) JSON(w io.Writer) error { return asjson.Write(w, x) }

// Table writes the prices for a terminal: what changed, and what stays by its
// reason.
func (x Prices) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	if r := x.Refresh; r != nil {
		for _, c := range r.Changed {
			p.Line(terminal.Bold, "%s: %s", c.Service, c.SKU)
			p.Line(nil, "    %s", c.words())
		}
		p.Line(terminal.Bold, "%s", r.summary())
		for _, s := range r.reasons() {
			p.Wrapped(terminal.Faint, "  ", s)
		}
		p.Blank()
	}
	for _, s := range x.words() {
		p.Wrapped(nil, "", s)
	}
	return p.Flush(w)
}

// Markdown writes the prices as a table.
func (x Prices) Markdown(w io.Writer) error {
	var b strings.Builder
	if r := x.Refresh; r != nil {
		fmt.Fprintf(&b, "**%s**\n", r.summary())
		if len(r.Changed) > 0 {
			b.WriteString("\n| service | price | region | was | is |\n|---|---|---|---:|---:|\n")
		}
		for _, c := range r.Changed {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", markdown.Cell(c.Service), markdown.Cell(c.SKU),
				markdown.Cell(c.Region), markdown.Cell(c.before()),
				markdown.Cell(c.after()))
		}
		for _, s := range r.reasons() {
			fmt.Fprintf(&b, "\n- %s", markdown.Cell(s))
		}
		b.WriteString("\n\n")
	}
	for _, s := range x.words() {
		fmt.Fprintln(&b, markdown.Cell(s))
	}
	return markdown.Write(w, b.String())
}

// HTML writes the prices as a page with tables.
func (x Prices) HTML(w io.Writer) error {
	s := page.Sheet{Title: strings.Join(x.words(), " ")}
	if r := x.Refresh; r != nil {
		changed := page.Table{Caption: r.summary(), Head: []string{"service", "price", "region", "was", "is"}}
		for _, c := range r.Changed {
			changed.Rows = append(changed.Rows, []string{c.Service, c.SKU, c.Region, c.before(), c.after()})
		}
		left := page.Table{Caption: "Not refreshed", Head: []string{"service", "price", "region", "why"}}
		for _, l := range r.Left {
			left.Rows = append(left.Rows, []string{l.Service, l.SKU, l.Region, l.Reason})
		}
		s.Tables = []page.Table{changed, left}
	}
	return s.Write(w)
}

// words say which prices are in use.
func (x Prices) words() []string {
	out := []string{fmt.Sprintf("%s with rung, the youngest of %s.", prices(x.BuiltIn, "came", "came"), x.BuiltInAsOf)}
	if x.Own == 0 {
		return append(out, "You have none of your own: `rung prices refresh` reads them from AWS's public list.")
	}
	return append(out, fmt.Sprintf("%s first, your own, the youngest of %s, in", prices(x.Own, "comes", "come"),
		x.OwnAsOf), x.File)
}

func (r Refresh) summary() string {
	return fmt.Sprintf("%s changed or new, %s confirmed, %s left as before", prices(len(r.Changed), "is", "are"),
		whole(r.Confirmed), whole(len(r.Left)))
}

// prices counts prices and says what they do.
func prices(n int, one, many string) string {
	if n == 1 {
		return "1 price " + one
	}
	return whole(n) + " prices " + many
}

// reasons say why prices stay, each once, with how many and the first of them.
func (r Refresh) reasons() []string {
	count, first := map[string]int{}, map[string]PriceLeft{}
	var order []string
	for _, l := range r.Left {
		if count[l.Reason]++; count[l.Reason] == 1 {
			order, first[l.Reason] = append(order, l.Reason), l
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return count[b] - count[a] })
	out := make([]string, len(order))
	for i, reason := range order {
		l := first[reason]
		out[i] = fmt.Sprintf("%d: %s (%s %s in %s", count[reason], reason, l.Service, l.SKU, l.Region)
		if count[reason] > 1 {
			out[i] += " and others; --format json names all"
		}
		out[i] += ")"
	}
	return out
}

// words are a change in one line.
func (c PriceChange) words() string {
	return fmt.Sprintf("%s → %s per %s in %s", c.before(), c.after(), c.Unit, c.Region)
}

func (c PriceChange) before() string {
	if c.Was == "" {
		return "new"
	}
	return "$" + c.Was + dated(c.WasAsOf)
}

func (c PriceChange) after() string { return "$" + c.Is + dated(c.IsAsOf) }

func dated(day string) string {
	if day == "" {
		return " (undated)"
	}
	return " (" + day + ")"
}
