package preview

import (
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
)

// JSON writes the differences for programs, indented.
func (d Drifts) JSON(w io.Writer) error {
	return writeJSON(w, struct {
		Drift bool `json:"drift"`
		Drifts
	}{d.Any(), d})
}

// Table writes the differences for a terminal.
func (d Drifts) Table(w io.Writer, style Style) error {
	p := newPage(style)
	if !d.Any() {
		p.line(nil, "no drift: %s as they should be", count(d.Checked))
	} else {
		p.line(warning, "drift: %s", d.headline())
	}
	for _, r := range d.Resources {
		p.line(bold, "%s (%s)", r.Name, shortType(r.Type))
		if r.Gone || r.Pending {
			p.wrapped(alarm, "    ", r.fate())
		}
		for _, x := range r.Properties {
			p.wrapped(nil, "    ",
				fmt.Sprintf("%s: was %s, is %s%s", legible.Line(x.Path), value(x.Was), value(x.Is), x.fate("; ")))
		}
	}
	for _, r := range d.Moved {
		for _, x := range r.Properties {
			p.wrapped(faint, "", fmt.Sprintf("no drift: %s of %s was %s, is %s: %s", legible.Line(x.Path), legible.Line(r.Name),
				value(x.Was), value(x.Is), legible.Line(x.Why)))
		}
	}
	if last := d.outlook(); last != "" {
		p.line(nil, "%s", last)
	}
	return p.flush(w)
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
func (d Drift) fate() string {
	switch {
	case d.Pending:
		return "a run that was killed began to make it: it may be in the cloud without the stack knowing; `rung up` finds out"
	case d.Up == Create && d.HoldsData:
		return "is gone from the cloud; a new one would have nothing in it, so `rung up` makes none that was not confirmed"
	case d.Up == Create:
		return "is gone from the cloud; `rung up` makes it anew"
	case d.Up != "":
		return "is gone from the cloud, and the program asks for it no more"
	}
	return "is gone from the cloud"
}

// fate says what `rung up` makes of a property that differs.
func (p PropertyWas) fate(sep string) string {
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
		case r.Up == Create && !r.HoldsData:
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
	if !d.Any() {
		fmt.Fprintf(&b, "**No drift:** %s as they should be.\n", count(d.Checked))
	} else {
		fmt.Fprintf(&b, "**Drift:** %s.\n\n| resource | property | was | is | then |\n|---|---|---|---|---|\n", d.headline())
	}
	for _, x := range d.rows() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", cell(x[0]), cell(x[2]), cell(x[3]), cell(x[4]), cell(x[5]))
	}
	for _, r := range d.Moved {
		for _, x := range r.Properties {
			fmt.Fprintf(&b, "\nNo drift: %s of %s was %s, is %s: %s.\n", cell(x.Path), cell(r.Name), cell(value(x.Was)),
				cell(value(x.Is)), cell(x.Why))
		}
	}
	return markdown(w, b.String())
}

// rows are the differences as a table's: resource, type, property, was, is, then.
func (d Drifts) rows() (rows [][]string) {
	for _, r := range d.Resources {
		switch {
		case r.Gone:
			rows = append(rows, []string{r.Name, shortType(r.Type), "", "there", "gone", r.fate()})
		case r.Pending:
			rows = append(rows, []string{r.Name, shortType(r.Type), "", "not there", "unknown", r.fate()})
		}
		for _, x := range r.Properties {
			rows = append(rows, []string{r.Name, shortType(r.Type), x.Path, value(x.Was), value(x.Is), x.fate("")})
		}
	}
	return rows
}

// HTML writes the differences as a page with a table.
func (d Drifts) HTML(w io.Writer) error {
	p := sheet{Title: "No drift: " + count(d.Checked) + " as they should be"}
	if d.Any() {
		p.Title = "Drift: " + d.headline()
		p.Tables = append(p.Tables, htmlTable{
			Caption: "What was changed by other means", Head: []string{"resource", "type", "property", "was", "is", "then"}, Rows: d.rows(),
		})
	}
	moved := htmlTable{Caption: "What the cloud is meant to change",
		Head: []string{"resource", "type", "property", "was", "is", "why"}}
	for _, r := range d.Moved {
		for _, x := range r.Properties {
			moved.Rows = append(moved.Rows, []string{r.Name, shortType(r.Type), x.Path, value(x.Was), value(x.Is), x.Why})
		}
	}
	if len(moved.Rows) > 0 {
		p.Tables = append(p.Tables, moved)
	}
	return p.write(w)
}
