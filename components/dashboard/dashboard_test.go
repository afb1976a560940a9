package dashboard

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

func TestTokenIsFrozen(t *testing.T) {
	assert.Equal(t, "rung:components:Dashboard", Token)
}

func cpu(of string) part.Widget {
	return part.Widget{Title: "CPU of " + of, Metrics: []part.Metric{{
		Namespace: "AWS/EC2", Name: "CPUUtilization", Statistic: "p95",
		Dimensions: pulumi.StringMap{"InstanceId": pulumi.String(of)},
	}}}
}

func TestValidate(t *testing.T) {
	good := []Group{{Title: "web", Widgets: []part.Widget{cpu("i-1")}}}
	tests := map[string]struct {
		give Args
		want []string
	}{
		"one graph":          {give: Args{Region: "us-east-1", Groups: good}},
		"nothing to show":    {give: Args{Region: "us-east-1"}, want: []string{"Groups: got no graph"}},
		"all at once":        {give: Args{Groups: []Group{{}}}, want: []string{"Region: required", "Groups[0].Title: required", "no graph"}},
		"more than it takes": {give: Args{Region: "us-east-1", Groups: []Group{{Title: "web", Widgets: make([]part.Widget, 500)}}}, want: []string{"got 501"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

// draw renders and reads the body back as CloudWatch would.
func draw(t require.TestingT, groups []group) []block {
	body, err := render("us-east-1", groups)
	require.NoError(t, err)
	var parsed struct{ Widgets []block }
	require.NoError(t, json.Unmarshal([]byte(body), &parsed))
	return parsed.Widgets
}

func TestLayout(t *testing.T) {
	got := draw(t, []group{
		{title: "web", graphs: make([]graph, 4)},
		{title: "nothing yet"},
		{title: "cdn", region: "us-west-2", graphs: make([]graph, 1)},
	})
	type place struct{ x, y int }
	var places []place
	for _, b := range got {
		places = append(places, place{b.X, b.Y})
	}
	assert.Equal(t, []place{{0, 0}, {0, 1}, {8, 1}, {16, 1}, {0, 7}, {0, 13}, {0, 14}}, places)
	assert.Equal(t, "## web", got[0].Properties["markdown"])
	assert.Equal(t, "us-east-1", got[1].Properties["region"])
	assert.Equal(t, "us-west-2", got[6].Properties["region"], "a group may live elsewhere")
}

func TestBlocksNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var groups []group
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 12), 1, 12).Draw(t, "graphs in each group") {
			g := group{title: "g", graphs: make([]graph, n)}
			if n%2 == 0 {
				g.text = "text"
			}
			if n%3 == 0 {
				g.alarms = []string{"arn"}
			}
			groups = append(groups, g)
		}
		taken := map[[2]int]bool{}
		for _, b := range draw(t, groups) {
			require.LessOrEqual(t, b.X+b.Width, gridWidth)
			for x := b.X; x < b.X+b.Width; x++ {
				for y := b.Y; y < b.Y+b.Height; y++ {
					require.False(t, taken[[2]int{x, y}], "two widgets at column %d, row %d", x, y)
					taken[[2]int{x, y}] = true
				}
			}
		}
	})
}

func TestTextAndAlarmsStandBelowTheHeading(t *testing.T) {
	got := draw(t, []group{{title: "Time to climb", text: "Stage 1", alarms: []string{"arn:a", "arn:b"},
		graphs: make([]graph, 1)}})
	require.Len(t, got, 4)
	assert.Equal(t, "Stage 1", got[1].Properties["markdown"])
	assert.Equal(t, "alarm", got[2].Type)
	assert.Equal(t, []any{"arn:a", "arn:b"}, got[2].Properties["alarms"])
	assert.Equal(t, got[1].Y+got[1].Height, got[3].Y)
}

func TestMetricRow(t *testing.T) {
	l := lineOf(part.Metric{Namespace: "AWS/ApplicationELB", Name: "RequestCount"},
		map[string]string{"TargetGroup": "tg", "LoadBalancer": "lb"})
	assert.Equal(t, []any{"AWS/ApplicationELB", "RequestCount", "LoadBalancer", "lb", "TargetGroup", "tg",
		map[string]any{"stat": "Average", "label": "RequestCount"}}, l.row())
}

func TestEachMetricKeepsItsOwnDimensions(t *testing.T) {
	rec := recordtest.Run(t, func(ctx *pulumi.Context) error {
		account := part.Widget{Title: "account", Metrics: []part.Metric{{Namespace: "AWS/EC2", Name: "CPUUtilization"}}}
		_, err := New(ctx, "dashboard", Args{Region: "us-east-1", Groups: []Group{
			{Title: "web", Widgets: []part.Widget{account, cpu("i-1"), cpu("i-2")}},
			{Title: "server", Widgets: []part.Widget{cpu("i-3")}},
		}})
		return err
	})
	board := recordtest.Only(t, rec, token.CloudWatchDashboard)
	assert.Equal(t, "rung-dev-dashboard", board.Value("dashboardName"))
	body := recordtest.JSON(t, board, "dashboardBody")
	var seen []any
	for _, w := range body["widgets"].([]any) {
		if metrics, ok := w.(map[string]any)["properties"].(map[string]any)["metrics"]; ok {
			seen = append(seen, metrics.([]any)[0].([]any)[2:]...)
		}
	}
	options := func(stat string) map[string]any { return map[string]any{"stat": stat, "label": "CPUUtilization"} }
	assert.Equal(t, []any{options("Average"), "InstanceId", "i-1", options("p95"),
		"InstanceId", "i-2", options("p95"), "InstanceId", "i-3", options("p95")}, seen)
}
