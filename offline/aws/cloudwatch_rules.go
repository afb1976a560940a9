package aws

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
)

// alarmPeriods checks periods in seconds (CloudWatch API, PutMetricAlarm).
func alarmPeriods(paths ...string) sim.Check {
	return func(in sim.Props) []sim.Failure {
		var failures []sim.Failure
		for _, path := range paths {
			for _, period := range numbersAt(in, path) {
				if period != 10 && period != 20 && period != 30 && (period <= 0 || period%60 != 0) {
					failures = append(failures, wrong(path, "got %d, want 10, 20, 30 or a multiple of 60 seconds", period)...)
				}
			}
		}
		return failures
	}
}

// numbersAt reads the known numbers at a path; lists on the way are walked.
func numbersAt(in sim.Props, path string) []int {
	head, rest, nested := strings.Cut(path, ".")
	if !nested {
		if _, ok := in[head].(float64); ok {
			return []int{in.Int(head)}
		}
		return nil
	}
	var out []int
	for _, e := range append(in.Maps(head), in.Map(head)) {
		out = append(out, numbersAt(e, rest)...)
	}
	return out
}

// mostActions is how many actions a state of an alarm may have.
const mostActions = 5

func fiveActions(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	for _, key := range []string{"alarmActions", "okActions", "insufficientDataActions"} {
		if list, _ := in[key].([]any); len(list) > mostActions {
			failures = append(failures, wrong(key, "got %d actions, at most %d are allowed", len(list), mostActions)...)
		}
	}
	return failures
}

func alarmInvalid(message, hint string) error { return sim.Refuse(cloudwatchInvalid, message, hint) }

func alarmMetric(o *sim.Op) error {
	if !o.In.Has("metricName") {
		return nil
	}
	for _, key := range []string{"namespace", "period"} {
		if !o.In.Has(key) {
			return alarmInvalid("The parameter "+upperFirst(key)+" must be set together with MetricName", "Give "+key+".")
		}
	}
	if !o.In.Has("statistic") && !o.In.Has("extendedStatistic") {
		return alarmInvalid("The parameters Statistic and ExtendedStatistic: one of them must be set",
			"Give statistic, or extendedStatistic for a percentile.")
	}
	return nil
}

func alarmThreshold(o *sim.Op) error {
	if o.In.Has("threshold") || o.In.Has("thresholdMetricId") {
		return nil
	}
	return alarmInvalid("Threshold must be specified", "Give threshold, or thresholdMetricId for anomaly detection.")
}

// The longest that an alarm looks back, in seconds: a day, or a week where its
// period is an hour or longer (CloudWatch API, PutMetricAlarm).
const (
	dayOfSeconds  = 86400
	weekOfSeconds = 604800
	hourOfSeconds = 3600
)

func alarmSpan(o *sim.Op) error {
	periods := append([]int{o.In.Int("period")}, numbersAt(o.In, "metricQueries.period")...)
	period := slices.Max(append(periods, numbersAt(o.In, "metricQueries.metric.period")...))
	limit, word := dayOfSeconds, "a day"
	if period >= hourOfSeconds {
		limit, word = weekOfSeconds, "seven days"
	}
	if span := period * o.In.Int("evaluationPeriods"); span > limit {
		return alarmInvalid(fmt.Sprintf("Metrics cannot be checked across more than %s (EvaluationPeriods * Period must be "+
			"<= %d), got %d",
			word, limit, span), "Use fewer or shorter periods.")
	}
	return nil
}

func alarmDatapoints(o *sim.Op) error {
	if n := o.In.Int("datapointsToAlarm"); n > o.In.Int("evaluationPeriods") {
		return alarmInvalid(fmt.Sprintf("DatapointsToAlarm (%d) must be less than or equal to EvaluationPeriods (%d)", n,
			o.In.Int("evaluationPeriods")),
			"Lower datapointsToAlarm.")
	}
	return nil
}

// mostDimensions is how many dimensions a metric may have.
const mostDimensions = 30

func alarmDimensions(o *sim.Op) error {
	if n := len(o.In.Map("dimensions")); n > mostDimensions {
		return alarmInvalid(fmt.Sprintf("A metric has at most %d dimensions, got %d", mostDimensions, n),
			"Take dimensions out.")
	}
	for key := range o.In.Map("dimensions") {
		if o.In.Map("dimensions").Str(key) == "" {
			return alarmInvalid(fmt.Sprintf("The value for dimension %s must not be empty", key),
				"Give the value, or take the dimension out.")
		}
	}
	return nil
}

var (
	queryID   = regexp.MustCompile(`^[a-z][A-Za-z0-9_]*$`)
	queryWord = regexp.MustCompile(`\b[a-z][A-Za-z0-9_]*\b`)
	quoted    = regexp.MustCompile(`'[^']*'|"[^"]*"`)
	// mostMetrics is how many metrics one alarm may watch.
	mostMetrics = 10
)

// alarmQueries checks the parts of an alarm on several metrics or an expression.
func alarmQueries(o *sim.Op) error {
	queries := o.In.Maps("metricQueries")
	if len(queries) == 0 {
		return nil
	}
	if err := queriesGood(queries, metricOf("metric"), alarmInvalid); err != nil {
		return err
	}
	returned, want := countReturned(queries), 1
	if o.In.Has("thresholdMetricId") {
		want = 2 // the metric and its band
	}
	if returned != want {
		return alarmInvalid(fmt.Sprintf("Exactly %d element(s) of the metrics list should return data, got %d", want,
			returned),
			"Set returnData to true on what the threshold is compared with, and only there.")
	}
	if id := o.In.Str("thresholdMetricId"); id != "" &&
		!slices.ContainsFunc(queries, func(q sim.Props) bool { return q.Str("id") == id }) {
		return alarmInvalid(fmt.Sprintf("ThresholdMetricId %s is not in the metrics list", id),
			"Name the id of the query with the band.")
	}
	return nil
}

// metricOf tells whether a query names a metric under the key.
func metricOf(key string) func(sim.Props) bool { return func(q sim.Props) bool { return q.Has(key) } }

func countReturned(queries []sim.Props) int {
	n := 0
	for _, q := range queries {
		if q.Bool("returnData") {
			n++
		}
	}
	return n
}

// queriesGood checks a list of metrics and expressions: an id each, either a
// metric or an expression, and expressions that name ids that exist.
func queriesGood(queries []sim.Props, isMetric func(sim.Props) bool, refuse func(message, hint string) error) error {
	ids, metrics := map[string]bool{}, 0
	for _, q := range queries {
		id := q.Str("id")
		switch {
		case ids[id]:
			return refuse(fmt.Sprintf("The ID in the metrics list must be unique, %q is not", id),
				"Give every query an id of its own.")
		case isMetric(q) == q.Has("expression"):
			return refuse(fmt.Sprintf("Exactly one of a metric and an expression must be set for %q", id),
				"Give one of the two.")
		}
		ids[id] = true
		if isMetric(q) {
			metrics++
		}
	}
	if metrics > mostMetrics {
		return refuse(fmt.Sprintf("At most %d metrics are allowed, got %d", mostMetrics, metrics), "Take metrics out.")
	}
	for _, q := range queries {
		for _, word := range queryWord.FindAllString(quoted.ReplaceAllString(q.Str("expression"), ""), -1) {
			if !ids[word] {
				return refuse(fmt.Sprintf("Error in expression '%s': undefined variable '%s'", q.Str("id"), word),
					"Expressions may only name ids of the list.")
			}
		}
	}
	return nil
}

// alarmTargets checks the ARNs of actions; whether a topic exists is asked only
// when an alarm fires.
func alarmTargets(o *sim.Op) error {
	for _, key := range []string{"alarmActions", "okActions", "insufficientDataActions"} {
		for _, arn := range o.In.Strs(key) {
			parts := strings.SplitN(arn, ":", 6)
			if len(parts) < 6 || parts[0] != "arn" {
				return alarmInvalid("Invalid arn syntax: "+arn,
					"Give the ARN of a topic, a scaling policy or another action in "+key+".")
			}
			if parts[3] != "" && parts[3] != o.Region {
				return alarmInvalid(fmt.Sprintf("Invalid region %s specified. Only %s is supported", parts[3], o.Region),
					"Actions must be in the alarm's own region; make a topic there.")
			}
		}
	}
	return nil
}

var ruleAlarm = regexp.MustCompile(`(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*"?'?([^"')]+?)"?'?\s*\)`)

// namesIn lists the alarms that a composite alarm's rule names, without the
// front of ARNs.
func namesIn(rule string) []string {
	var names []string
	for _, m := range ruleAlarm.FindAllStringSubmatch(rule, -1) {
		name := m[1]
		if i := strings.Index(name, ":alarm:"); i >= 0 {
			name = name[i+len(":alarm:"):]
		}
		names = append(names, name)
	}
	return names
}

func alarmsExist(o *sim.Op) error {
	names := namesIn(o.In.Str("alarmRule"))
	if len(names) == 0 && !strings.Contains(o.In.Str("alarmRule"), "TRUE") &&
		!strings.Contains(o.In.Str("alarmRule"), "FALSE") {
		return alarmInvalid("AlarmRule must contain at least one alarm state function",
			"Write a rule such as ALARM(\"name\").")
	}
	for _, name := range names {
		_, metric := o.Find(alarmToken, name)
		_, composite := o.Find(compositeToken, name)
		if !metric && !composite {
			return alarmInvalid(fmt.Sprintf("Could not save the composite alarm as alarms [%s] in the alarm rule do not exist",
				name),
				"Create the alarm first, and use its name from the resource.")
		}
	}
	return nil
}

// notInComposite keeps a composite alarm that another one names.
func notInComposite(o *sim.Op) error {
	for _, other := range o.Others() {
		if slices.Contains(namesIn(other.Props.Str("alarmRule")), o.ID) {
			return alarmInvalid(fmt.Sprintf("Cannot delete %s as there are composite alarm(s) depending on it", o.ID),
				"Delete or change "+other.ID+" first.")
		}
	}
	return nil
}

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
