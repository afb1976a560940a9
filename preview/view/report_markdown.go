package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/markdown"
)

// Markdown writes the report as a comment for a pull request: the verdict in
// two lines, everything else folded away.
func (x Report) Markdown(w io.Writer) error {
	r := preview.Report(x)
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
	return markdown.Write(w, b.String())
}

func mdBlocked(b *strings.Builder, all []preview.Blocked) {
	if len(all) == 0 {
		return
	}
	b.WriteString("\n> [!CAUTION]\n> **Stopped by the data guard: this plan loses data.**\n")
	for _, x := range all {
		fmt.Fprintf(b, ">\n> - %s: %s\n", markdown.Code(x.Name), markdown.Cell(x.Message))
	}
}

func mdBudget(b *strings.Builder, x *preview.Budget) {
	switch {
	case x == nil:
	case x.Over:
		fmt.Fprintf(b, "\n> [!WARNING]\n> **Over budget:** %s a month expected, %s allowed (`rung:budget`).\n", x.Expected,
			x.Limit)
	default:
		fmt.Fprintf(b, "\nWithin the budget of %s.\n", x.Limit)
	}
}

func mdChanges(b *strings.Builder, r preview.Report) {
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
		fmt.Fprintf(b, "| | **%s** | | **%s** | **%s** | **%s** | |\n", markdown.Cell(name), s.before, s.after,
			s.after.Minus(s.before).Signed())
		for _, x := range s.rows {
			mdRow(b, x)
		}
	}
	b.WriteString("\n◆ holds data\n\n</details>\n")
}

func mdRow(b *strings.Builder, x row) {
	name, before, after, change := markdown.Cell(x.name), "", x.unknown, ""
	if x.holdsData {
		name += " ◆"
	}
	if x.priced {
		before, after, change = x.before.String(), x.after.String(), x.after.Minus(x.before).Signed()
	}
	fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s | %s |\n",
		x.op.Symbol(), name, markdown.Cell(x.typ), before, after, change, markdown.Cell(x.why))
}

// mdSpan says what everybody must see of a figure, outside of any fold: that it is
// a range, and what is missing.
func mdSpan(b *strings.Builder, c preview.Cost) {
	if span := c.Span(); span != "" {
		fmt.Fprintf(b, "\nThe month is %s, as size and usage vary.\n", span)
	}
	if missing := c.Missing(); missing != "" {
		fmt.Fprintf(b, "\n> [!WARNING]\n> **At least:** %s.\n", markdown.Cell(missing))
	}
}

func mdCost(b *strings.Builder, c preview.Cost) {
	mdSpan(b, c)
	b.WriteString("\n<details><summary>What the month is made of</summary>\n\n")
	fmt.Fprintf(b, "%s %% from prices with a source and a date.\n", markdown.Cell(c.SourcedPercent))
	if c.FallbackPercent != "" {
		fmt.Fprintf(b, "%s.\n", markdown.Cell(elsewhere(c)))
	}
	if c.OwnPrices != nil {
		fmt.Fprintf(b, "%s.\n", markdown.Cell(c.OwnPrices.String()))
	}
	if c.SeedBand != nil {
		fmt.Fprintf(b, "That is %s the range that is usual for this stage, %s.\n", markdown.Cell(c.SeedBand.Verdict),
			c.SeedBand)
		if beyond := c.SeedBand.Beyond(); beyond != "" {
			fmt.Fprintf(b, "In the range that is given, %s.\n", beyond)
		}
	}
	if c.PerThousandUsers != nil {
		fmt.Fprintf(b, "%s per 1,000 users, %s per million requests.\n", c.PerThousandUsers, c.PerMillionRequests)
	}
	if regions := c.Regional(); regions != nil {
		b.WriteString("\n| region | a month | low | high |\n|---|---:|---:|---:|\n")
		for _, s := range regions {
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", markdown.Cell(s.Region), s.Monthly, s.Low, s.High)
		}
	}
	b.WriteString("\n| resource | item | quantity | price | a month |\n|---|---|---:|---:|---:|\n")
	for _, l := range c.Lines {
		fmt.Fprintf(b, "| %s | %s | %s %s | $%s | %s |\n",
			markdown.Cell(l.Name), markdown.Cell(l.Item), markdown.Cell(shortQuantity(l.Quantity)), markdown.Cell(l.Unit),
			markdown.Cell(l.Price.String()), l.Monthly)
	}
	mdNotes(b, "No price, not in the total", c.Unpriced)
	mdNotes(b, "By usage that is not known, not in the total", c.UsageBased)
	fmt.Fprintf(b, "\n%s.\n\n</details>\n", outside(c))
}

func mdNotes(b *strings.Builder, title string, all []preview.Note) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(b, "\n**%s**\n\n", title)
	for _, n := range remarks(all) {
		n.kind, n.item = markdown.Cell(n.kind), markdown.Cell(n.item)
		fmt.Fprintf(b, "- %s: %s\n", n.subject(markdown.Code), markdown.Cell(n.reason))
	}
}

func mdDiagnostics(b *strings.Builder, all []preview.Diagnostic) {
	for _, d := range all {
		fmt.Fprintf(b, "\n> **%s**\n", markdown.Cell(sentenceOf(d)))
	}
}
