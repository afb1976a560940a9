package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/comment"
	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/resource"
)

// errIncrease is a change that raises the month by more than is allowed.
var errIncrease = errors.New("over budget: the change raises the month by more than --max-increase allows")

func (a *app) commentCommand() *cobra.Command {
	var f costFile
	var o commentOptions
	c := &cobra.Command{
		Use:   "comment",
		Short: "Say in the pull request what a change does and costs, in one comment that is kept up to date",
		Long: `Write what a change does and costs as one comment of the pull request (GitHub) or
merge request (GitLab) of the run, over the one that an earlier run has written. The
verdict comes first, then what is replaced or deleted, then the money: ten resources
and the rest in sums. A comment never has more than 60,000 characters.

Where to write is read from what the runner sets (GITHUB_EVENT_PATH, GITHUB_TOKEN;
CI_MERGE_REQUEST_IID, GITLAB_TOKEN). --summary writes to the run's summary instead,
and --print to the terminal; both need no token.

The file is a preview of Pulumi's, a state with --before, or a report of rung's own
("rung preview" or "rung diff" with --format json).

Exit code 3 says that the month rises by more than --max-increase, or over the budget.`,
		Example: `  rung preview 4 --format json --output report.json; rung comment --file report.json
  pulumi preview --json --show-sames > preview.json
  rung comment --file preview.json --max-increase 10%`,
		Args: cobra.NoArgs,
		RunE: a.runs(func(ctx context.Context, _ []string) error {
			if f.path == "" {
				return usageError{"want --file FILE, the output of pulumi preview --json --show-sames"}
			}
			return a.comment(ctx, f, o)
		}),
	}
	f.flags(c.Flags())
	f.discountFlag(c.Flags())
	c.Flags().StringVar(&f.before, "before", "", "compare with the stack in this `file`")
	o.flags(c)
	return c
}

// commentOptions are how and where to comment.
type commentOptions struct {
	increase, name, page string
	summary, print       bool
}

func (o *commentOptions) flags(c *cobra.Command) {
	increaseFlag(c.Flags(), &o.increase)
	c.Flags().StringVar(&o.name, "name", "", "`name` that tells this comment from those of other "+
		"stacks; empty is the file's name")
	c.Flags().StringVar(&o.page, "page", "", "`address` of the whole report, which the comment links")
	c.Flags().BoolVar(&o.summary, "summary", false, "write to the run's summary (GITHUB_STEP_SUMMARY) instead")
	c.Flags().BoolVar(&o.print, "print", false, "write to the terminal instead")
}

func (a *app) comment(ctx context.Context, f costFile, o commentOptions) error {
	limit, err := preview.ParseIncrease(o.increase)
	if err != nil {
		return usageError{"--max-increase: " + err.Error()}
	}
	if r, ok := reportIn(f.path); ok {
		c, stopped := commentOn(r, limit, o.page)
		return errors.Join(a.post(ctx, c, f, o), stopped)
	}
	p, err := a.priceFile(f)
	if err != nil {
		return err
	}
	if !p.stack.Change {
		return usageError{fmt.Sprintf("%s holds a state and no change: give a preview, or the state before with --before",
			f.path)}
	}
	c, stopped := p.comment(limit, o.page)
	if err := a.post(ctx, c, f, o); err != nil {
		return err
	}
	return stopped
}

// comment is what to say of the change, and the error by which it must not pass.
func (p pricedFile) comment(limit preview.Increase, page string) (view.Comment, error) {
	c := view.Comment{Bill: p.bill(), Ops: map[string]int{}, Page: page}
	for urn, op := range p.stack.Ops {
		c.Ops[op]++
		switch op {
		case "replace":
			c.Replaced = append(c.Replaced, resource.NameOf(urn))
		case "delete":
			c.Deleted = append(c.Deleted, resource.NameOf(urn))
		}
	}
	slices.Sort(c.Replaced)
	slices.Sort(c.Deleted)
	var stopped error
	if stop := limit.Stops(c.Bill.Cost); stop != "" {
		c.Stops = append(c.Stops, "**"+stop+"**")
		stopped = errIncrease
	}
	if c.Bill.OverBudget() {
		c.Stops = append(c.Stops, fmt.Sprintf("**Over budget:** %s a month expected, %s allowed.", c.Bill.Budget.Expected,
			c.Bill.Budget.Limit))
		stopped = errOverBudget
	}
	if c.Bill.Partial != "" {
		c.Stops = append(c.Stops, "**The preview failed, so that this is of a part of the stack:** "+c.Bill.Partial)
		stopped = errors.Join(stopped, errPartial)
	}
	return c, stopped
}

// post writes the comment to where it is wanted.
func (a *app) post(ctx context.Context, c view.Comment, f costFile, o commentOptions) error {
	text := &strings.Builder{}
	if err := c.Markdown(text); err != nil {
		return err
	}
	switch {
	case o.print:
		return a.show(c)
	case o.summary:
		return summarize(comment.Cut(text.String()))
	}
	place, err := comment.Find(os.Getenv)
	if err != nil {
		return usageError{err.Error() + "; --print writes it to the terminal"}
	}
	name := o.name
	if name == "" {
		name = f.path
	}
	if err := place.Put(ctx, http.DefaultClient, comment.Marker(name), text.String()); err != nil {
		return err
	}
	a.say("Wrote the comment on %s.", place)
	return nil
}

// summarize appends to the summary of a run.
func summarize(text string) error {
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return usageError{"--summary: GITHUB_STEP_SUMMARY is not set, so there is no summary to write to"}
	}
	out, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write the summary of the run: %w", err)
	}
	_, err = out.WriteString(text)
	return errors.Join(err, out.Close())
}
