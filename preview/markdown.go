package preview

import (
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
)

// Markdown writes the report as a comment for a pull request: the verdict in
// two lines, everything else folded away.
func (r Report) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", headline(r))
	fmt.Fprintf(&b, "**%s → %s a month (%s)** · %s\n", r.Cost.From, r.Cost.To, r.Cost.Delta.Signed(), summary(r))
	mdBlocked(&b, r.Blocked)
	mdViolations(&b, r.Policies)
	mdBudget(&b, r.Budget)
	mdProtections(&b, r.Protections)
	mdChanges(&b, r)
	mdCost(&b, r.Cost)
	mdDiagnostics(&b, r.Diagnostics)
	return markdown(w, b.String())
}

// markdown is the one way into a Markdown document.
func markdown(w io.Writer, document string) error {
	_, err := io.WriteString(w, legible.Text(document))
	return err
}

func mdBlocked(b *strings.Builder, all []Blocked) {
	if len(all) == 0 {
		return
	}
	b.WriteString("\n> [!CAUTION]\n> **Stopped by the data guard: this plan loses data.**\n")
	for _, x := range all {
		fmt.Fprintf(b, ">\n> - %s: %s\n", code(x.Name), cell(x.Message))
	}
}

func mdBudget(b *strings.Builder, x *Budget) {
	switch {
	case x == nil:
	case x.Over:
		fmt.Fprintf(b, "\n> [!WARNING]\n> **Over budget:** %s a month expected, %s allowed (`rung:budget`).\n", x.Expected,
			x.Limit)
	default:
		fmt.Fprintf(b, "\nWithin the budget of %s.\n", x.Limit)
	}
}

func mdChanges(b *strings.Builder, r Report) {
	if !r.Changed() {
		return
	}
	b.WriteString("\n<details><summary>What changes, per component</summary>\n\n")
	b.WriteString("| | resource | type | now | then | change | why |\n|---|---|---|---:|---:|---:|---|\n")
	for _, s := range sections(r) {
		name := s.component
		if name == "" {
			name = "(no component)"
		}
		fmt.Fprintf(b, "| | **%s** | | **%s** | **%s** | **%s** | |\n", cell(name), s.before, s.after,
			s.after.sub(s.before).Signed())
		for _, x := range s.rows {
			mdRow(b, x)
		}
	}
	b.WriteString("\n◆ holds data\n\n</details>\n")
}

func mdRow(b *strings.Builder, x row) {
	name, before, after, change := cell(x.name), "", x.unknown, ""
	if x.holdsData {
		name += " ◆"
	}
	if x.priced {
		before, after, change = x.before.String(), x.after.String(), x.after.sub(x.before).Signed()
	}
	fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s | %s |\n",
		symbol(x.op), name, cell(x.typ), before, after, change, cell(x.why))
}

func mdCost(b *strings.Builder, c Cost) {
	b.WriteString("\n<details><summary>What the month is made of</summary>\n\n")
	fmt.Fprintf(b, "Between %s and %s, as size and usage vary; %s %% from prices with a source and a date.\n", c.Low,
		c.High, cell(c.SourcedPercent))
	if c.FallbackPercent != "" {
		fmt.Fprintf(b, "%s.\n", cell(c.elsewhere()))
	}
	if c.OwnPrices != nil {
		fmt.Fprintf(b, "%s.\n", cell(c.OwnPrices.String()))
	}
	if c.SeedBand != nil {
		fmt.Fprintf(b, "That is %s the range that is usual for this stage, %s.\n", cell(c.SeedBand.Verdict), c.SeedBand)
	}
	if c.PerThousandUsers != nil {
		fmt.Fprintf(b, "%s per 1,000 users, %s per million requests.\n", c.PerThousandUsers, c.PerMillionRequests)
	}
	if regions := c.regional(); regions != nil {
		b.WriteString("\n| region | a month | low | high |\n|---|---:|---:|---:|\n")
		for _, s := range regions {
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", cell(s.Region), s.Monthly, s.Low, s.High)
		}
	}
	b.WriteString("\n| resource | item | quantity | price | a month |\n|---|---|---:|---:|---:|\n")
	for _, l := range c.Lines {
		fmt.Fprintf(b, "| %s | %s | %s %s | $%s | %s |\n",
			cell(l.Name), cell(l.Item), cell(shortQuantity(l.Quantity)), cell(l.Unit), cell(l.Price), l.Monthly)
	}
	mdNotes(b, "No price, not in the total", c.Unpriced)
	mdNotes(b, "By usage that is not known, not in the total", c.UsageBased)
	fmt.Fprintf(b, "\n%s.\n\n</details>\n", outside(c))
}

func mdNotes(b *strings.Builder, title string, all []Note) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n**%s**\n\n", title)
	for _, n := range remarks(all) {
		n.kind, n.item = cell(n.kind), cell(n.item)
		fmt.Fprintf(b, "- %s: %s\n", n.subject(code), cell(n.reason))
	}
}

func mdDiagnostics(b *strings.Builder, all []Diagnostic) {
	for _, d := range all {
		fmt.Fprintf(b, "\n> **%s**\n", cell(d.text()))
	}
}

// cell makes text safe inside a table: no pipe ends it, no line breaks it, and
// what looks like a link, a picture or HTML is none.
func cell(s string) string {
	s = strings.NewReplacer("\r", "", "\n", " ").Replace(s)
	if strings.Count(s, "`")%2 != 0 { // it would turn what follows inside out
		s = strings.ReplaceAll(s, "`", "'")
	}
	return strings.NewReplacer("|", "\\|", "<", "&lt;", "](", "]\\(", "![", "!\\[").Replace(legible.Line(s))
}

// code writes a name as code, which it cannot leave.
func code(s string) string {
	return "`" + strings.NewReplacer("`", "'", "|", "\\|").Replace(legible.Line(s)) + "`"
}
