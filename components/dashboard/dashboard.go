// Package dashboard builds one CloudWatch dashboard from the graphs that a
// stack's components publish, grouped by component.
//
// A stack has one from stage 1 on; it grows with the stages by itself. It costs
// $3 a month; the first three are free in an account, which an estimate does
// not assume. The package refuses a dashboard without graphs, and more graphs
// than CloudWatch takes.
package dashboard

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/names"
)

// Token is the component's type. It stands in every stack's state, so it is frozen.
const Token = "rung:components:Dashboard"

var _ pulumi.ComponentResource = (*Dashboard)(nil)

// Group is one component's part of the dashboard: a heading and its graphs.
type Group struct {
	// Title is the heading, usually the component's name. Required.
	Title string
	// Region is where the metrics live; empty means Args.Region. CloudFront's
	// are in us-east-1, wherever the stack is.
	Region string
	// Text stands below the heading, in Markdown, and Alarms beside it: the ARNs
	// of alarms of which the state is shown. Either may be empty.
	Text   string
	Alarms pulumi.StringArray
	// Widgets are the graphs, three in a row. A group without anything to show
	// is left out.
	Widgets []part.Widget
}

// Args describe a dashboard.
type Args struct {
	part.Common
	// Region is the region of the metrics. Required.
	Region string
	// Groups are shown from top to bottom. At least one graph is required.
	Groups []Group
}

// Dashboard is the dashboard.
type Dashboard struct {
	pulumi.ResourceState

	// Name is the dashboard's name in the console.
	Name pulumi.StringOutput
}

// New builds the dashboard. It fails before touching the cloud when args are
// inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Dashboard, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", name, err)
	}
	d := &Dashboard{}
	if err := ctx.RegisterComponentResource(Token, name, d, opts...); err != nil {
		return nil, err
	}
	if err := d.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", name, err)
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"name": d.Name})
}

func (a Args) validate() error {
	var errs []error
	if a.Region == "" {
		errs = append(errs, errors.New("Region: required"))
	}
	graphs, notes := 0, 0
	for i, g := range a.Groups {
		if g.Title == "" {
			errs = append(errs, fmt.Errorf("Groups[%d].Title: required", i))
		}
		graphs += len(g.Widgets)
		if g.Text != "" {
			notes++
		}
		if len(g.Alarms) > 0 {
			notes++
		}
	}
	if graphs == 0 {
		errs = append(errs, errors.New("Groups: got no graph, want at least one"))
	}
	if blocks := graphs + notes + len(a.Groups); blocks > maxBlocks {
		errs = append(errs, fmt.Errorf("Groups: got %d graphs, texts and headings, want at most %d", blocks, maxBlocks))
	}
	return errors.Join(errs...)
}

// boardName is what CloudWatch takes as the name of a dashboard.
var boardName = names.Form{Max: 255, Refused: regexp.MustCompile(`[^A-Za-z0-9_-]+`), Alone: true}

func (d *Dashboard) build(ctx *pulumi.Context, name string, args Args) error {
	board, err := cloudwatch.NewDashboard(ctx, name+"-board", &cloudwatch.DashboardArgs{
		// CloudWatch takes no prefix: the stack and the component's name, which
		// carries the region beyond the first, keep stacks apart.
		DashboardName: pulumi.String(boardName.Of(ctx.Project()+"-"+ctx.Stack(), name, "")),
		DashboardBody: args.body(),
	}, pulumi.Parent(d))
	if err != nil {
		return err
	}
	d.Name = board.DashboardName
	return nil
}

// body lays the dashboard out once every metric's dimensions, and every alarm,
// are known.
func (a Args) body() pulumi.StringOutput {
	var dimensions pulumi.StringMapArray
	arns := make(pulumi.StringArrayArray, len(a.Groups))
	for i, g := range a.Groups {
		arns[i] = g.Alarms
		for _, w := range g.Widgets {
			for _, m := range w.Metrics {
				dimensions = append(dimensions, m.Dimensions)
			}
		}
	}
	return pulumi.All(dimensions.ToStringMapArrayOutput(),
		arns.ToStringArrayArrayOutput()).ApplyT(func(known []any) (string, error) {
		groups := plain(a.Groups, known[0].([]map[string]string))
		for i, list := range known[1].([][]string) {
			groups[i].alarms = list
		}
		return render(a.Region, groups)
	}).(pulumi.StringOutput)
}
