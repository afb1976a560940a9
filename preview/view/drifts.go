package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/asjson"
	"github.com/rung-dev/rung/preview/markdown"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/preview/terminal"
)

// Drifts are differences as people and programs read them.
type Drifts preview.Drifts

// JSON writes the differences for programs, indented.
func (x Drifts) JSON(w io.Writer) error {
	d := preview.Drifts(x)
	return asjson.Write(w, struct {
		Drift bool `json:"drift"`
		preview.Drifts
	}{Drift: d.Any(), Drifts: d})
}

// Table writes the differences for a terminal.
func (d Drifts) Table(w io.Writer, style terminal.Style) error {
	p := terminal.New(style)
	if !preview.Drifts(d).Any() {
		p.Line(nil, "no drift: %s as they should be", count(d.Checked))
	} else {
		p.Line(terminal.Warning, "drift: %s", d.headline())
	}
	for _, r := range d.Resources {
		p.Line(terminal.Bold, "%s (%s)", r.Name, preview.ShortType(r.Type))
		if r.Gone || r.Pending {
			p.Wrapped(terminal.Alarm, "    ", fate(r))
		}
		for _, x := range r.Properties {
			p.Wrapped(nil, "    ",
				fmt.Sprintf("%s: was %s, is %s%s", legible.Line(x.Path), preview.Value(x.Was), preview.Value(x.Is),
					fateOf(x, "; ")))
		}
	}
	for _, r := range d.Moved {
		for _, x := range r.Properties {
			p.Wrapped(terminal.Faint, "", fmt.Sprintf("no drift: %s of %s was %s, is %s: %s", legible.Line(x.Path),
				legible.Line(r.Name),
				preview.Value(x.Was), preview.Value(x.Is), legible.Line(x.Why)))
		}
	}
	if last := d.outlook(); last != "" {
		p.Line(nil, "%s", last)
	}
	return p.Flush(w)
}

// headline says how much differs.
func (d Drifts) headline() string {
	text := fmt.Sprintf("%d of %s differ from the state", d.differing(), count(d.Checked))
	if d.Noted {
		text += ", which now says what the cloud says"
	}
	if n := len(d.Resources) - d.differing(); n > 0 {
		text += fmt.Sprintf("; %s left open by a run that was killed", count(n))
	}
	return text
}

// differing are the resources that the state knows.
func (d Drifts) differing() (n int) {
	for _, r := range d.Resources {
		if !r.Pending {
			n++
		}
	}
	return n
}

// fate says what `rung up` makes of a resource that is gone or was left open.
func fate(d preview.Drift) string {
	switch {
	case d.Pending:
		return "a run that was killed began to make it: it may be in the cloud without the stack knowing; `rung up` finds out"
	case d.Up == preview.Create && d.HoldsData:
		return "is gone from the cloud; a new one would have nothing in it, so `rung up` makes none that was not confirmed"
	case d.Up == preview.Create:
		return "is gone from the cloud; `rung up` makes it anew"
	case d.Up != "":
		return "is gone from the cloud, and the program asks for it no more"
	}
	return "is gone from the cloud"
}

// fateOf says what `rung up` makes of a property that differs.
func fateOf(p preview.PropertyWas, sep string) string {
	switch {
	case p.Restored == nil && p.Why == "":
		return ""
	case p.Restored == nil:
		return sep + p.Why
	case *p.Restored:
		return sep + "`rung up` brings it back"
	}
	return sep + "stays: " + p.Why
}

// outlook says in a line what `rung up` at the same stage would do about it all.
func (d Drifts) outlook() string {
	back, stay, unknown := 0, 0, 0
	for _, r := range d.Resources {
		switch {
		case !r.Gone:
		case r.Up == "":
			unknown++
		case r.Up == preview.Create && !r.HoldsData:
			back++
		default:
			stay++
		}
		for _, p := range r.Properties {
			switch {
			case p.Restored == nil && p.Why == "":
				unknown++
			case p.Restored != nil && *p.Restored:
				back++
			default:
				stay++
			}
		}
	}
	switch {
	case unknown > 0:
		return "`rung drift` tells what of it `rung up` brings back"
	case back+stay == 0:
		return ""
	}
	return fmt.Sprintf("`rung up` at the same stage brings %d of these %d differences back", back, back+stay)
}

// Markdown writes the differences as a table.
func (d Drifts) Markdown(w io.Writer) error {
	var b strings.Builder
	if !preview.Drifts(d).Any() {
		fmt.Fprintf(&b, "**No drift:** %s as they should be.\n", count(d.Checked))
	} else {
		fmt.Fprintf(&b, "**Drift:** %s.\n\n| resource | property | was | is | then |\n|---|---|---|---|---|\n", d.headline())
	}
	for _, x := range d.rows() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", markdown.Cell(x[0]), markdown.Cell(x[2]), markdown.Cell(x[3]),
			markdown.Cell(x[4]), markdown.Cell(x[5]))
	}
	for _, r := range d.Moved {
		for _, x := range r.Properties {
			fmt.Fprintf(&b, "\nNo drift: %s of %s was %s, is %s: %s.\n", markdown.Cell(x.Path), markdown.Cell(r.Name),
				markdown.Cell(preview.Value(x.Was)),
				markdown.Cell(preview.Value(x.Is)), markdown.Cell(x.Why))
		}
	}
	return markdown.Write(w, b.String())
}

// rows are the differences as a table's: resource, type, property, was, is, then.
func (d Drifts) rows() (rows [][]string) {
	for _, r := range d.Resources {
		switch {
		case r.Gone:
			rows = append(rows, []string{r.Name, preview.ShortType(r.Type), "", "there", "gone", fate(r)})
		case r.Pending:
			rows = append(rows, []string{r.Name, preview.ShortType(r.Type), "", "not there", "unknown", fate(r)})
		}
		for _, x := range r.Properties {
			rows = append(rows, []string{r.Name, preview.ShortType(r.Type), x.Path, preview.Value(x.Was), preview.Value(x.Is),
				fateOf(x, "")})
		}
	}
	return rows
}

// HTML writes the differences as a page with a table.
func (d Drifts) HTML(w io.Writer) error {
	p := page.Sheet{Title: "No drift: " + count(d.Checked) + " as they should be"}
	if preview.Drifts(d).Any() {
		p.Title = "Drift: " + d.headline()
		p.Tables = append(p.Tables, page.Table{
			Caption: "What was changed by other means", Head: []string{"resource", "type", "property", "was", "is",
				"then"}, Rows: d.rows(),
		})
	}
	moved := page.Table{Caption: "What the cloud is meant to change",
		Head: []string{"resource", "type", "property", "was", "is", "why"}}
	for _, r := range d.Moved {
		for _, x := range r.Properties {
			moved.Rows = append(moved.Rows, []string{r.Name, preview.ShortType(r.Type), x.Path, preview.Value(x.Was),
				preview.Value(x.Is), x.Why})
		}
	}
	if len(moved.Rows) > 0 {
		p.Tables = append(p.Tables, moved)
	}
	return p.Write(w)
}
