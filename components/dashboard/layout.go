package dashboard

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/rung-dev/rung/components/part"
)

// CloudWatch's grid is 24 columns wide; three graphs in a row stay readable.
const (
	gridWidth     = 24
	graphWidth    = 8
	graphHeight   = 6
	headingHeight = 1
	noteWidth     = 12
	noteHeight    = 4
	// maxBlocks is how many widgets a dashboard takes.
	maxBlocks = 500
	// periodSeconds is the resolution of the graphs.
	periodSeconds = 60
)

// group is a Group whose dimensions are known.
type group struct {
	title, region, text string
	alarms              []string
	graphs              []graph
}

type graph struct {
	title string
	lines []line
}

type line struct {
	namespace, name, statistic, label string
	dimensions                        map[string]string
}

// plain joins groups with the known dimensions of all their metrics, which
// come in the order in which the metrics stand in the groups.
func plain(groups []Group, known []map[string]string) []group {
	var out []group
	for _, g := range groups {
		p := group{title: g.Title, region: g.Region, text: g.Text}
		for _, w := range g.Widgets {
			drawn := graph{title: w.Title}
			for _, m := range w.Metrics {
				drawn.lines = append(drawn.lines, lineOf(m, known[0]))
				known = known[1:]
			}
			p.graphs = append(p.graphs, drawn)
		}
		out = append(out, p)
	}
	return out
}

func lineOf(m part.Metric, dimensions map[string]string) line {
	return line{
		namespace: m.Namespace, name: m.Name, dimensions: dimensions,
		statistic: cmp.Or(m.Statistic, "Average"), label: cmp.Or(m.Label, m.Name),
	}
}

// block is a widget in CloudWatch's own format.
type block struct {
	Type       string         `json:"type"`
	X          int            `json:"x"`
	Y          int            `json:"y"`
	Width      int            `json:"width"`
	Height     int            `json:"height"`
	Properties map[string]any `json:"properties"`
}

// render writes the dashboard's body: for each group that has anything a
// heading, below it the text and the alarms, and the graphs, three in a row.
func render(region string, groups []group) (string, error) {
	var blocks []block
	y := 0
	for _, g := range groups {
		if g.empty() {
			continue
		}
		blocks = append(blocks, heading(g.title, y))
		y += headingHeight
		if notes := g.notes(y); len(notes) > 0 {
			blocks = append(blocks, notes...)
			y += noteHeight
		}
		for i, w := range g.graphs {
			x, row := graphAt(i)
			blocks = append(blocks, w.block(cmp.Or(g.region, region), x, y+row))
		}
		y += rowsFor(len(g.graphs)) * graphHeight
	}
	body, err := json.Marshal(map[string]any{"widgets": blocks})
	return string(body), err
}

func (g group) empty() bool { return len(g.graphs) == 0 && g.text == "" && len(g.alarms) == 0 }

// notes are the text, and beside it the alarms.
func (g group) notes(y int) []block {
	var list []block
	if g.text != "" {
		list = append(list, block{
			Type: "text", X: 0, Y: y, Width: noteWidth, Height: noteHeight, Properties: map[string]any{"markdown": g.text},
		})
	}
	if len(g.alarms) > 0 {
		list = append(list, block{
			Type: "alarm", X: noteWidth, Y: y, Width: noteWidth, Height: noteHeight,
			Properties: map[string]any{"title": g.title, "alarms": g.alarms},
		})
	}
	return list
}

// graphAt is the place of a group's ith graph, from the group's top left corner.
func graphAt(i int) (x, y int) {
	perRow := gridWidth / graphWidth
	return i % perRow * graphWidth, i / perRow * graphHeight
}

// rowsFor is how many rows n graphs take.
func rowsFor(n int) int {
	perRow := gridWidth / graphWidth
	return (n + perRow - 1) / perRow
}

func heading(title string, y int) block {
	return block{
		Type: "text", X: 0, Y: y, Width: gridWidth, Height: headingHeight,
		Properties: map[string]any{"markdown": "## " + title},
	}
}

func (g graph) block(region string, x, y int) block {
	metrics := make([]any, len(g.lines))
	for i, l := range g.lines {
		metrics[i] = l.row()
	}
	return block{
		Type: "metric", X: x, Y: y, Width: graphWidth, Height: graphHeight,
		Properties: map[string]any{
			"title": g.title, "region": region, "view": "timeSeries", "stacked": false,
			"period": periodSeconds, "metrics": metrics,
			"yAxis": map[string]any{"left": map[string]any{"min": 0}},
		},
	}
}

// row is a metric as CloudWatch writes it: namespace, name, the dimensions as
// pairs, and its own options last.
func (l line) row() []any {
	row := []any{l.namespace, l.name}
	for _, key := range slices.Sorted(maps.Keys(l.dimensions)) {
		row = append(row, key, l.dimensions[key])
	}
	return append(row, map[string]any{"stat": l.statistic, "label": l.label})
}
