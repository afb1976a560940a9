package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/page"
	"github.com/rung-dev/rung/resource"
)

// sentenceOf is the diagnostic as one sentence that names its resource.
func sentenceOf(d preview.Diagnostic) string {
	if d.URN == "" {
		return d.Severity + ": " + d.Message
	}
	return d.Severity + ": " + resource.NameOf(d.URN) + ": " + d.Message
}

// standing is the verdict on the plan in a line.
func standing(r preview.Report) *page.Notice {
	switch {
	case len(r.Blocked) > 0:
		return &page.Notice{Class: "stop", Title: "Stopped by the data guard: this plan loses data"}
	case r.OverBudget():
		return overBudget(*r.Budget)
	case preview.Stopping(r.Policies):
		return &page.Notice{Class: "stop", Title: "Stopped by the policies"}
	case !r.Changed():
		return &page.Notice{Class: "good", Title: "Nothing changes"}
	}
	return &page.Notice{Class: "good", Title: "Nothing stands in the way of this plan"}
}

func overBudget(b preview.Budget) *page.Notice {
	return &page.Notice{Class: "stop",
		Title: fmt.Sprintf("Over budget: %s a month expected, %s allowed (rung:budget)", b.Expected, b.Limit)}
}

// notices are everything that was said of the plan, what stops it first.
func notices(r preview.Report) []page.Notice {
	all := []page.Notice{
		guarded(r.Blocked),
		said("stop", "Violated policies", r.Policies, func(v preview.Violation) bool {
			return !v.Note &&
				v.Level == preview.Mandatory
		}),
		spoken("stop", "Errors", r.Diagnostics, func(d preview.Diagnostic) bool { return d.Severity == "error" }),
		spoken("warn", "Warnings", r.Diagnostics, func(d preview.Diagnostic) bool { return d.Severity != "error" }),
		protectionNotice(r.Protections),
		said("note", "The policies advise", r.Policies, func(v preview.Violation) bool {
			return !v.Note &&
				v.Level != preview.Mandatory
		}),
		said("note", "Known only after the deployment and checked in it", r.Policies,
			func(v preview.Violation) bool { return v.Note }),
	}
	return slices.DeleteFunc(all, func(n page.Notice) bool { return len(n.Items) == 0 })
}

func guarded(all []preview.Blocked) page.Notice {
	n := page.Notice{Class: "stop", Title: "Data that this plan would lose"}
	for _, b := range all {
		n.Items = append(n.Items, page.Item{About: blockedWord(b.Op) + " " + b.Name + " (" + preview.ShortType(b.Type) + ")",
			Text: b.Message})
	}
	return n
}

func said(class, title string, all []preview.Violation, keep func(preview.Violation) bool) page.Notice {
	n := page.Notice{Class: class, Title: title}
	for _, v := range all {
		if keep(v) {
			n.Items = append(n.Items, page.Item{About: v.ID, Text: v.Message})
		}
	}
	return n
}

func spoken(class, title string, all []preview.Diagnostic, keep func(preview.Diagnostic) bool) page.Notice {
	n := page.Notice{Class: class, Title: title}
	for _, d := range all {
		if !keep(d) {
			continue
		}
		item := page.Item{Text: d.Message}
		if d.URN != "" {
			item.About = resource.NameOf(d.URN)
		}
		n.Items = append(n.Items, item)
	}
	return n
}

// facts are the figures that people ask for first.
func facts(c preview.Cost, b *preview.Budget, compare bool) []page.Fact {
	month := page.Fact{Label: "a month in " + c.Currency, Value: c.Headline(), Note: c.Missing()}
	if compare {
		month.Note = strings.TrimPrefix(fmt.Sprintf("%s; %s now, %s", c.Missing(), c.From, c.Delta.Signed()), "; ")
	}
	list := []page.Fact{month}
	if !c.High.Minus(c.Low).Free() {
		list = append(list, page.Fact{Label: "between", Value: c.Low.String() + " and\u00a0" + c.High.String(),
			Note: "as size and usage vary"})
	}
	if c.SeedBand != nil {
		list = append(list, page.Fact{Label: "usual for this stage", Value: c.SeedBand.String(),
			Note: "this month is " + c.SeedBand.Verdict + " that range"})
	}
	if c.PerThousandUsers != nil {
		list = append(list, page.Fact{Label: "per 1,000 users", Value: c.PerThousandUsers.String(),
			Note: c.PerMillionRequests.String() + " per million requests"})
	}
	if b != nil {
		list = append(list, page.Fact{Label: "budget", Value: b.Limit.String(), Note: budgetNote(*b)})
	}
	if !c.To.Free() {
		list = append(list, page.Fact{Label: "from dated prices", Value: c.SourcedPercent + " %", Note: "with a source"})
	}
	if c.FallbackPercent != "" {
		list = append(list, page.Fact{Label: "prices of us-east-1", Value: c.FallbackPercent + " %",
			Note: "its region's own are not known"})
	}
	if c.OwnPrices != nil {
		list = append(list, page.Fact{Label: "at your own prices", Value: strconv.Itoa(c.OwnPrices.Lines) + " lines",
			Note: "the youngest of " + c.OwnPrices.AsOf})
	}
	return list
}

func budgetNote(b preview.Budget) string {
	if b.Over {
		return b.Expected.Minus(b.Limit).String() + " over (rung:budget)"
	}
	return b.Limit.Minus(b.Expected).String() + " left (rung:budget)"
}
