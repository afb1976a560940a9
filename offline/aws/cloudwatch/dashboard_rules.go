package cloudwatch

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// The grid of a dashboard and what may stand on it (CloudWatch user guide,
// "Dashboard body structure and syntax").
const (
	gridColumns = 24
	mostRows    = 1000
	mostWidgets = 500
)

var widgetTypes = []string{"alarm", "custom", "explorer", "log", "metric", "text"}

func dashboardGood(o *sim.Op) error {
	var body struct {
		Widgets []map[string]any `json:"widgets"`
	}
	if err := json.Unmarshal([]byte(o.In.Str("dashboardBody")), &body); err != nil {
		return sim.Refuse("InvalidParameterInput", "The field DashboardBody must be a valid JSON object",
			"Correct dashboardBody: "+err.Error()+".")
	}
	var problems []string
	if len(body.Widgets) > mostWidgets {
		problems = append(problems, fmt.Sprintf("widgets: got %d, at most %d are allowed", len(body.Widgets), mostWidgets))
	}
	for i, w := range body.Widgets {
		for _, problem := range widgetProblems(w) {
			problems = append(problems, fmt.Sprintf("/widgets/%d%s", i, problem))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return sim.Refuse("InvalidParameterInput",
		fmt.Sprintf("The dashboard body is invalid, there are %d validation errors: %s",
			len(problems), strings.Join(problems, "; ")), "Correct dashboardBody.")
}

func widgetProblems(w sim.Props) []string {
	var problems []string
	between := func(key string, low, high int) {
		if w[key] != nil && (w.Int(key) < low || w.Int(key) > high) {
			problems = append(problems, fmt.Sprintf("/%s: got %v, want %d to %d", key, w[key], low, high))
		}
	}
	between("x", 0, gridColumns-1)
	between("width", 1, gridColumns)
	between("height", 1, mostRows)
	if x, width := w.Int("x"), w.Int("width"); x+width > gridColumns {
		problems = append(problems, fmt.Sprintf(": x %d and width %d are beyond column %d", x, width, gridColumns))
	}
	kind, props := w.Str("type"), w.Map("properties")
	switch {
	case !slices.Contains(widgetTypes, kind):
		problems = append(problems, fmt.Sprintf("/type: got %q, want one of %q", kind, widgetTypes))
	case props == nil:
		problems = append(problems, "/properties: required")
	case kind == "text" && props.Str("markdown") == "":
		problems = append(problems, "/properties/markdown: required")
	case kind == "metric" || kind == "log":
		if props.Str("region") == "" {
			problems = append(problems, "/properties/region: required")
		}
		problems = append(problems, metricProblems(kind, props)...)
	}
	return problems
}

func metricProblems(kind string, props sim.Props) []string {
	if kind != "metric" || props.Map("annotations") != nil && props["metrics"] == nil {
		return nil
	}
	rows, _ := props["metrics"].([]any)
	if len(rows) == 0 {
		return []string{"/properties/metrics: required"}
	}
	var problems []string
	for i, row := range rows {
		cells, isList := row.([]any)
		if !isList || len(cells) == 0 {
			problems = append(problems, fmt.Sprintf("/properties/metrics/%d: should be a list", i))
			continue
		}
		if _, options := cells[len(cells)-1].(map[string]any); options {
			cells = cells[:len(cells)-1]
		}
		if len(cells)%2 == 1 { // namespace and name, then pairs of dimension and value
			problems = append(problems, fmt.Sprintf("/properties/metrics/%d: a dimension has no value", i))
		}
	}
	return problems
}
