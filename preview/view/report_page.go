package view

import (
	"fmt"
	"io"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/drawing"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/stacks/ladder"
)

// HTML writes the report as one page that needs nothing else: no network, no
// script to be read. The same report is always written in the same way.
func (x Report) HTML(w io.Writer) error {
	r := preview.Report(x)
	p := page.Sheet{
		Title: headline(r), Lead: summary(r), Stages: stagesOf(r.From, r.To), Counts: counts(r.Resources),
		Verdict: standing(r), Notices: notices(r), Facts: facts(r.Cost, r.Budget, true),
		Drawing: drawing.Of(nodesOf(sections(r)), r.Cost, throughCloudFront(r)),
		Changes: changesOf(r), Money: costOf(r.Cost, r.Budget, sections(r)),
	}
	if len(r.Outputs) > 0 {
		p.Tables = append(p.Tables, outputsTable("What the stack tells", Outputs{Values: r.Outputs}))
	}
	return p.Write(w)
}

// HTML writes the bill as one page that needs nothing else.
func (x Bill) HTML(w io.Writer) error {
	b := preview.Bill(x)
	p := page.Sheet{
		Title: fmt.Sprintf("%s: %s a month", b.Of, b.Cost.Headline()), Stages: stagesOf(b.Stage, b.Stage),
		Facts: facts(b.Cost, b.Budget, false), Money: costOf(b.Cost, b.Budget, nil),
		Drawing: drawing.Of(nodesOfBill(b), b.Cost, billOfCloudFront(b)),
	}
	if b.OverBudget() {
		p.Verdict = overBudget(*b.Budget)
	}
	if b.Converted != nil {
		p.Intro = b.Converted.String()
	}
	if b.Tagged != nil {
		t := page.Table{Caption: "by the tag " + b.Tagged.Key, Head: []string{b.Tagged.Key, "a month"}}
		for _, sum := range b.Tagged.Sums {
			t.Rows = append(t.Rows, []string{sum.String(), sum.Monthly.String()})
		}
		p.Tables = []page.Table{t}
	}
	return p.Write(w)
}

// stagesOf is the ladder with the way from one stage to another; none for a stack
// that is not rung's.
func stagesOf(from, to *int) []page.Stage {
	if from == nil && to == nil {
		return nil
	}
	var list []page.Stage
	for _, s := range ladder.Stages() {
		list = append(list, page.Stage{Number: int(s.Number), Name: s.Name, Mark: wayMark(int(s.Number), from, to)})
	}
	return list
}

func wayMark(n int, from, to *int) string {
	low, high := 0, 0
	if from != nil {
		low = *from
	}
	if to != nil {
		high = *to
	}
	switch {
	case n == high:
		return "to"
	case n == low:
		return "from"
	case n > min(low, high) && n < max(low, high):
		return "between"
	}
	return ""
}

func counts(r preview.Resources) []page.Mark {
	all := []page.Mark{
		page.MarkOf(preview.Create, "%d to create", r.Create), page.MarkOf(preview.Update, "%d to update", r.Update),
		page.MarkOf(preview.Replace, "%d to replace", r.Replace), page.MarkOf(preview.Delete, "%d to delete", r.Delete),
		page.MarkOf(preview.Same, "%d unchanged", r.Same),
	}
	number := []int{r.Create, r.Update, r.Replace, r.Delete, r.Same}
	var some []page.Mark
	for i, m := range all {
		if number[i] > 0 {
			some = append(some, m)
		}
	}
	return some
}
