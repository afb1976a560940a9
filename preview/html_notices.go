package preview

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/rung-dev/rung/resource"
)

// standing is the verdict on the plan in a line.
func standing(r Report) *notice {
	switch {
	case len(r.Blocked) > 0:
		return &notice{Class: "stop", Title: "Stopped by the data guard: this plan loses data"}
	case r.OverBudget():
		return overBudget(*r.Budget)
	case Stopping(r.Policies):
		return &notice{Class: "stop", Title: "Stopped by the policies"}
	case !r.Changed():
		return &notice{Class: "good", Title: "Nothing changes"}
	}
	return &notice{Class: "good", Title: "Nothing stands in the way of this plan"}
}

func overBudget(b Budget) *notice {
	return &notice{Class: "stop",
		Title: fmt.Sprintf("Over budget: %s a month expected, %s allowed (rung:budget)", b.Expected, b.Limit)}
}

// notices are everything that was said of the plan, what stops it first.
func notices(r Report) []notice {
	all := []notice{
		guarded(r.Blocked),
		said("stop", "Violated policies", r.Policies, func(v Violation) bool { return !v.Note && v.Level == mandatory }),
		spoken("stop", "Errors", r.Diagnostics, func(d Diagnostic) bool { return d.Severity == "error" }),
		spoken("warn", "Warnings", r.Diagnostics, func(d Diagnostic) bool { return d.Severity != "error" }),
		protectionNotice(r.Protections),
		said("note", "The policies advise", r.Policies, func(v Violation) bool { return !v.Note && v.Level != mandatory }),
		said("note", "Known only after the deployment and checked in it", r.Policies,
			func(v Violation) bool { return v.Note }),
	}
	return slices.DeleteFunc(all, func(n notice) bool { return len(n.Items) == 0 })
}

func guarded(all []Blocked) notice {
	n := notice{Class: "stop", Title: "Data that this plan would lose"}
	for _, b := range all {
		n.Items = append(n.Items, noticeItem{blockedWord(b.Op) + " " + b.Name + " (" + shortType(b.Type) + ")", b.Message})
	}
	return n
}

func said(class, title string, all []Violation, keep func(Violation) bool) notice {
	n := notice{Class: class, Title: title}
	for _, v := range all {
		if keep(v) {
			n.Items = append(n.Items, noticeItem{v.ID, v.Message})
		}
	}
	return n
}

func spoken(class, title string, all []Diagnostic, keep func(Diagnostic) bool) notice {
	n := notice{Class: class, Title: title}
	for _, d := range all {
		if !keep(d) {
			continue
		}
		item := noticeItem{Text: d.Message}
		if d.URN != "" {
			item.About = resource.NameOf(d.URN)
		}
		n.Items = append(n.Items, item)
	}
	return n
}

// facts are the figures that people ask for first.
func facts(c Cost, b *Budget, compare bool) []fact {
	month := fact{Label: "a month in " + c.Currency, Value: c.To.String()}
	if compare {
		month.Note = fmt.Sprintf("%s now, %s", c.From, c.Delta.Signed())
	}
	list := []fact{month}
	if !c.High.sub(c.Low).free() {
		list = append(list, fact{"between", c.Low.String() + " and\u00a0" + c.High.String(), "as size and usage vary"})
	}
	if c.SeedBand != nil {
		list = append(list, fact{"usual for this stage", c.SeedBand.String(),
			"this month is " + c.SeedBand.Verdict + " that range"})
	}
	if c.PerThousandUsers != nil {
		list = append(list, fact{"per 1,000 users", c.PerThousandUsers.String(),
			c.PerMillionRequests.String() + " per million requests"})
	}
	if b != nil {
		list = append(list, fact{"budget", b.Limit.String(), budgetNote(*b)})
	}
	if !c.To.free() {
		list = append(list, fact{"from dated prices", c.SourcedPercent + " %", "with a source"})
	}
	if c.FallbackPercent != "" {
		list = append(list, fact{"prices of us-east-1", c.FallbackPercent + " %", "its region's own are not known"})
	}
	if c.OwnPrices != nil {
		list = append(list, fact{"at your own prices", strconv.Itoa(c.OwnPrices.Lines) + " lines",
			"the youngest of " + c.OwnPrices.AsOf})
	}
	return list
}

func budgetNote(b Budget) string {
	if b.Over {
		return b.Expected.sub(b.Limit).String() + " over (rung:budget)"
	}
	return b.Limit.sub(b.Expected).String() + " left (rung:budget)"
}
