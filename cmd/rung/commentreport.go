package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
)

// reportIn reads a report of rung's own; false for any other file, which is then read
// as a stack and refused by that.
func reportIn(path string) (preview.Report, bool) {
	in, err := os.Open(path)
	if err != nil {
		return preview.Report{}, false
	}
	defer in.Close()
	r, err := preview.ReadReport(in)
	return r, err == nil
}

// commentOn is what to say of a report, and the error by which it must not pass.
func commentOn(r preview.Report, limit preview.Increase, page string) (view.Comment, error) {
	c := view.Comment{Bill: r.Bill(wayOf(r)), Ops: map[string]int{}, Page: page}
	for _, change := range r.Resources.Changes {
		c.Ops[string(change.Op)]++
		switch change.Op {
		case preview.Replace:
			c.Replaced = append(c.Replaced, change.Name)
		case preview.Delete:
			c.Deleted = append(c.Deleted, change.Name)
		}
	}
	var stopped error
	stop := func(why string, err error) {
		c.Stops, stopped = append(c.Stops, why), errors.Join(stopped, err)
	}
	for _, b := range r.Blocked {
		stop(fmt.Sprintf("**The data guard:** %s: %s", b.Name, b.Message), errGuarded)
	}
	for _, v := range r.Policies {
		if v.Level == preview.Mandatory && !v.Note {
			stop(fmt.Sprintf("**Policy %s:** %s", v.ID, v.Message), errPolicy)
		}
	}
	if why := limit.Stops(r.Cost); why != "" {
		stop("**"+why+"**", errIncrease)
	}
	if c.Bill.OverBudget() {
		stop(fmt.Sprintf("**Over budget:** %s a month expected, %s allowed.", r.Budget.Expected, r.Budget.Limit),
			errOverBudget)
	}
	return c, stopped
}

// wayOf names the way of a report: "stage 4 → stage 5".
func wayOf(r preview.Report) string {
	name := func(n *int) string {
		if n == nil {
			return "nothing"
		}
		return fmt.Sprintf("stage %d", *n)
	}
	return name(r.From) + " → " + name(r.To)
}
