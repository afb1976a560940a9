package aws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// busy is a plain alarm on a machine's CPU.
func busy() sim.Props {
	return sim.Props{
		"namespace": "AWS/EC2", "metricName": "CPUUtilization", "dimensions": map[string]any{"InstanceId": "i-1"},
		"statistic": "Average", "period": 300.0, "evaluationPeriods": 3.0, "threshold": 90.0, "comparisonOperator": "GreaterThanThreshold",
		"treatMissingData": "notBreaching", "alarmActions": sim.List("arn:aws:sns:us-east-1:123456789012:alerts"),
	}
}

// metricQuery and mathQuery are parts of an alarm on an expression.
func metricQuery(id string) map[string]any {
	return map[string]any{"id": id, "returnData": false, "metric": map[string]any{
		"namespace": "AWS/SQS", "metricName": "ApproximateNumberOfMessagesVisible", "period": 60.0, "stat": "Maximum",
		"dimensions": map[string]any{"QueueName": "jobs"},
	}}
}

func mathQuery(id, expression string) map[string]any {
	return map[string]any{"id": id, "returnData": true, "expression": expression, "label": "math"}
}

// asleep is an alarm on an expression of two metrics.
func asleep(queries ...any) sim.Props {
	return sim.Props{
		"evaluationPeriods": 1.0, "threshold": 1.0, "comparisonOperator": "GreaterThanOrEqualToThreshold", "metricQueries": queries,
	}
}

func TestAlarmsSettle(t *testing.T) {
	c := cloud(t, "us-east-1")
	a := c.Settled(token.CloudWatchMetricAlarm, "cpu-high", busy())
	assert.Regexp(t, `^arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu-high-[0-9a-f]{7}$`, a.Str("arn"))
	c.Settled(token.CloudWatchMetricAlarm, "p95",
		with(busy(), sim.Props{"statistic": nil, "extendedStatistic": "p95", "alarmActions": nil}))
	c.Settled(token.CloudWatchMetricAlarm, "asleep",
		asleep(mathQuery("wake", "IF(FILL(visible, 0) > 0 AND FILL(running, 0) < 1, 1, 0)"), metricQuery("visible"),
			metricQuery("running")))
	c.Settled(token.CloudWatchMetricAlarm, "weekly", with(busy(), sim.Props{"period": 3600.0, "evaluationPeriods": 168.0}))
	both := c.Settled(token.CloudWatchCompositeAlarm, "both",
		sim.Props{"alarmName": "both", "alarmRule": `ALARM("` + a.ID + `") AND OK(` + a.Str("arn") + `)`})
	c.Settled(token.CloudWatchCompositeAlarm, "more", sim.Props{"alarmName": "more", "alarmRule": "NOT ALARM(both)"})
	assert.ErrorContains(t, c.Delete(both), "composite alarm(s) depending on it")
}

func TestDashboardsAndLogsSettle(t *testing.T) {
	c := cloud(t, "us-east-1")
	body := `{"widgets":[{"type":"text","x":0,"y":0,"width":24,"height":1,"properties":{"markdown":"## Web"}},` +
		`{"type":"metric","x":16,"y":1,"width":8,"height":6,"properties":{"region":"us-east-1","metrics":[["AWS/EC2","CPUUtilization","InstanceId","i-1",{"stat":"p95"}]]}}]}`
	in := sim.Props{"dashboardName": "rung-dev", "dashboardBody": body}
	d := c.Settled(token.CloudWatchDashboard, "board", in)
	assert.Equal(t, "arn:aws:cloudwatch::123456789012:dashboard/rung-dev", d.Str("dashboardArn"))
	diff, _, err := c.Diff(d, with(in, sim.Props{"dashboardBody": strings.ReplaceAll(body, ",", ", ")}))
	require.NoError(t, err)
	assert.Empty(t, diff.DetailedDiff, "white space in a body is no change")
	g := c.Settled(token.CloudWatchLogGroup, "web", sim.Props{"retentionInDays": 14.0})
	assert.Equal(t, "arn:aws:logs:us-east-1:123456789012:log-group:"+g.ID, g.Str("arn"))
	c.Settled(token.CloudWatchLogMetricFilter, "errors",
		sim.Props{"logGroupName": g.ID, "pattern": "ERROR", "metricTransformation": map[string]any{
			"name": "errors", "namespace": "rung", "value": "1", "unit": "Count",
		}})
}

func TestEventsSettle(t *testing.T) {
	c := cloud(t, "us-east-1")
	bus := c.Settled(token.CloudWatchEventBus, "own", sim.Props{"name": "own"})
	r := c.Settled(token.CloudWatchEventRule, "nightly", sim.Props{"scheduleExpression": "cron(0 3 * * ? *)"})
	c.Settled(token.CloudWatchEventRule, "stops", sim.Props{"eventBusName": "own", "eventPattern": `{"source":["aws.ec2"]}`})
	target := c.Settled(token.CloudWatchEventTarget, "queue",
		sim.Props{"rule": r.ID, "arn": "arn:aws:sqs:us-east-1:123456789012:jobs"})
	require.ErrorContains(t, c.Delete(r), "ValidationException")
	require.ErrorContains(t, c.Delete(bus), "ValidationException")
	require.NoError(t, c.Delete(target))
	require.NoError(t, c.Delete(r))
}

func TestAlarmsReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	in := with(busy(), sim.Props{"name": "a"})
	replacedBy(t, c, c.Must(token.CloudWatchMetricAlarm, "a", in), in, map[string]sim.Props{
		"name": {"name": "b"}, "threshold": {"threshold": 1.0}, "period": {"period": 60.0}, "actions": {"okActions": sim.List("arn:aws:sns:us-east-1:1:a")},
	}, map[string]bool{"name": true})
	group := sim.Props{"name": "g", "retentionInDays": 7.0}
	replacedBy(t, c, c.Must(token.CloudWatchLogGroup, "g", group), group, map[string]sim.Props{
		"name": {"name": "h"}, "class": {"logGroupClass": "INFREQUENT_ACCESS"}, "retention": {"retentionInDays": 30.0},
	}, map[string]bool{"name": true, "class": true})
}

func TestAlarmsRefuse(t *testing.T) {
	c := cloud(t, "us-east-1")
	changed := func(changes sim.Props) sim.Props { return with(busy(), changes) }
	many := make([]any, 11)
	for i := range many {
		many[i] = metricQuery(fmt.Sprint("m", i))
	}
	wide := map[string]any{}
	for i := range 31 {
		wide[fmt.Sprint(i)] = "x"
	}
	const invalid = "ValidationError"
	allRefused(t, c, map[string]mistake{
		"operator":      {token.CloudWatchMetricAlarm, changed(sim.Props{"comparisonOperator": "Above"}), []string{"GreaterThanThreshold"}},
		"statistic":     {token.CloudWatchMetricAlarm, changed(sim.Props{"statistic": "Median"}), []string{"Median"}},
		"percentile":    {token.CloudWatchMetricAlarm, changed(sim.Props{"statistic": nil, "extendedStatistic": "95"}), []string{"percentile"}},
		"two":           {token.CloudWatchMetricAlarm, changed(sim.Props{"extendedStatistic": "p95"}), []string{"conflicts"}},
		"none":          {token.CloudWatchMetricAlarm, changed(sim.Props{"statistic": nil}), []string{invalid, "Statistic"}},
		"missing":       {token.CloudWatchMetricAlarm, changed(sim.Props{"treatMissingData": "bad"}), []string{"notBreaching"}},
		"no metric":     {token.CloudWatchMetricAlarm, changed(sim.Props{"metricName": nil}), []string{"metricName, metricQueries"}},
		"no namespace":  {token.CloudWatchMetricAlarm, changed(sim.Props{"namespace": nil}), []string{invalid, "Namespace"}},
		"no threshold":  {token.CloudWatchMetricAlarm, changed(sim.Props{"threshold": nil}), []string{invalid, "Threshold"}},
		"period":        {token.CloudWatchMetricAlarm, changed(sim.Props{"period": 45.0}), []string{"45", "multiple of 60"}},
		"periods":       {token.CloudWatchMetricAlarm, changed(sim.Props{"evaluationPeriods": 0.0}), []string{"evaluationPeriods"}},
		"day":           {token.CloudWatchMetricAlarm, changed(sim.Props{"period": 300.0, "evaluationPeriods": 289.0}), []string{invalid, "86400", "a day"}},
		"week":          {token.CloudWatchMetricAlarm, changed(sim.Props{"period": 3600.0, "evaluationPeriods": 169.0}), []string{invalid, "604800"}},
		"datapoints":    {token.CloudWatchMetricAlarm, changed(sim.Props{"datapointsToAlarm": 4.0}), []string{invalid, "DatapointsToAlarm"}},
		"dimension":     {token.CloudWatchMetricAlarm, changed(sim.Props{"dimensions": map[string]any{"InstanceId": ""}}), []string{invalid, "InstanceId"}},
		"dimensions":    {token.CloudWatchMetricAlarm, changed(sim.Props{"dimensions": wide}), []string{invalid, "30"}},
		"action":        {token.CloudWatchMetricAlarm, changed(sim.Props{"alarmActions": sim.List("alerts")}), []string{invalid, "Invalid arn syntax"}},
		"region":        {token.CloudWatchMetricAlarm, changed(sim.Props{"okActions": sim.List("arn:aws:sns:eu-west-1:1:a")}), []string{invalid, "eu-west-1", "us-east-1"}},
		"actions":       {token.CloudWatchMetricAlarm, changed(sim.Props{"okActions": sim.List("arn:1", "arn:2", "arn:3", "arn:4", "arn:5", "arn:6")}), []string{"at most 5"}},
		"nothing":       {token.CloudWatchMetricAlarm, asleep(metricQuery("a")), []string{invalid, "return data"}},
		"both":          {token.CloudWatchMetricAlarm, asleep(mathQuery("a", "b"), mathQuery("c", "b"), metricQuery("b")), []string{invalid, "got 2"}},
		"query id":      {token.CloudWatchMetricAlarm, asleep(mathQuery("A", "1")), []string{"small letter"}},
		"same id":       {token.CloudWatchMetricAlarm, asleep(mathQuery("a", "1"), metricQuery("a")), []string{invalid, "unique"}},
		"undefined":     {token.CloudWatchMetricAlarm, asleep(mathQuery("a", "b + c"), metricQuery("b")), []string{invalid, "undefined variable 'c'"}},
		"empty query":   {token.CloudWatchMetricAlarm, asleep(map[string]any{"id": "a", "returnData": true}), []string{invalid, "Exactly one"}},
		"many metrics":  {token.CloudWatchMetricAlarm, asleep(append(many, mathQuery("a", "m1"))...), []string{invalid, "10 metrics"}},
		"query period":  {token.CloudWatchMetricAlarm, asleep(mathQuery("a", "b"), with(metricQuery("b"), sim.Props{"metric": map[string]any{"metricName": "m", "period": 7.0, "stat": "Sum"}})), []string{"got 7"}},
		"band":          {token.CloudWatchMetricAlarm, with(asleep(mathQuery("a", "b"), map[string]any{"id": "c", "expression": "b", "returnData": true}, metricQuery("b")), sim.Props{"threshold": nil, "thresholdMetricId": "x"}), []string{invalid, "ThresholdMetricId"}},
		"no such alarm": {token.CloudWatchCompositeAlarm, sim.Props{"alarmName": "c", "alarmRule": "ALARM(none)"}, []string{invalid, "none"}},
		"no rule":       {token.CloudWatchCompositeAlarm, sim.Props{"alarmName": "c", "alarmRule": "none"}, []string{invalid, "AlarmRule"}},
	})
}

func TestDashboardsLogsAndEventsRefuse(t *testing.T) {
	c := cloud(t, "us-east-1")
	group := c.Must(token.CloudWatchLogGroup, "taken", sim.Props{"name": "taken"})
	board := func(widget string) sim.Props {
		return sim.Props{"dashboardName": "b", "dashboardBody": `{"widgets":[` + widget + `]}`}
	}
	filter := func(change map[string]any) sim.Props {
		return sim.Props{"logGroupName": group.ID, "pattern": "x", "metricTransformation": map[string]any(with(
			sim.Props{"name": "n", "namespace": "s", "value": "1"}, change))}
	}
	const body = "InvalidParameterInput"
	allRefused(t, c, map[string]mistake{
		"board name":   {token.CloudWatchDashboard, sim.Props{"dashboardName": "a b", "dashboardBody": "{}"}, []string{"letters"}},
		"board JSON":   {token.CloudWatchDashboard, sim.Props{"dashboardName": "b", "dashboardBody": "{"}, []string{body, "valid JSON"}},
		"widget type":  {token.CloudWatchDashboard, board(`{"type":"graph","properties":{}}`), []string{body, "/widgets/0/type"}},
		"widget wide":  {token.CloudWatchDashboard, board(`{"type":"text","x":20,"width":8,"properties":{"markdown":"x"}}`), []string{body, "column 24"}},
		"widget place": {token.CloudWatchDashboard, board(`{"type":"text","x":24,"width":0,"properties":{"markdown":"x"}}`), []string{"2 validation errors", "/x", "/width"}},
		"widget bare":  {token.CloudWatchDashboard, board(`{"type":"metric"}`), []string{body, "properties"}},
		"no region":    {token.CloudWatchDashboard, board(`{"type":"metric","properties":{"metrics":[["a","b"]]}}`), []string{body, "region"}},
		"no metrics":   {token.CloudWatchDashboard, board(`{"type":"metric","properties":{"region":"us-east-1"}}`), []string{body, "metrics: required"}},
		"odd metric":   {token.CloudWatchDashboard, board(`{"type":"metric","properties":{"region":"us-east-1","metrics":[["a","b","c"]]}}`), []string{body, "no value"}},
		"no list":      {token.CloudWatchDashboard, board(`{"type":"metric","properties":{"region":"us-east-1","metrics":["a"]}}`), []string{body, "should be a list"}},
		"no text":      {token.CloudWatchDashboard, board(`{"type":"text","properties":{}}`), []string{body, "markdown"}},
		"many widgets": {token.CloudWatchDashboard, board(strings.TrimSuffix(strings.Repeat(`{"type":"text","properties":{"markdown":"x"}},`, 501), ",")), []string{body, "500"}},
		"log taken":    {token.CloudWatchLogGroup, sim.Props{"name": "taken"}, []string{"ResourceAlreadyExistsException"}},
		"log name":     {token.CloudWatchLogGroup, sim.Props{"name": "a b"}, []string{"letters"}},
		"log days":     {token.CloudWatchLogGroup, sim.Props{"retentionInDays": 10.0}, []string{"10", "14"}},
		"log class":    {token.CloudWatchLogGroup, sim.Props{"logGroupClass": "COLD"}, []string{"STANDARD"}},
		"log key":      {token.CloudWatchLogGroup, sim.Props{"kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/none"}, []string{"InvalidParameterException"}},
		"filter logs":  {token.CloudWatchLogMetricFilter, with(filter(nil), sim.Props{"logGroupName": "none"}), []string{"ResourceNotFoundException"}},
		"filter unit":  {token.CloudWatchLogMetricFilter, filter(map[string]any{"unit": "Miles"}), []string{"Miles"}},
		"filter both":  {token.CloudWatchLogMetricFilter, filter(map[string]any{"defaultValue": "0", "dimensions": map[string]any{"a": "$.a"}}), []string{"conflicts"}},
		"filter many":  {token.CloudWatchLogMetricFilter, filter(map[string]any{"dimensions": map[string]any{"a": "1", "b": "1", "c": "1", "d": "1"}}), []string{"at most 3"}},
		"no trigger":   {token.CloudWatchEventRule, sim.Props{}, []string{"scheduleExpression"}},
		"rate":         {token.CloudWatchEventRule, sim.Props{"scheduleExpression": "rate(1 minutes)"}, []string{"ValidationException", "rate(5 minutes)"}},
		"pattern":      {token.CloudWatchEventRule, sim.Props{"eventPattern": `{"source":"aws.ec2"}`}, []string{"InvalidEventPatternException", "source"}},
		"pattern JSON": {token.CloudWatchEventRule, sim.Props{"eventPattern": `{`}, []string{"InvalidEventPatternException"}},
		"bus":          {token.CloudWatchEventRule, sim.Props{"eventBusName": "none", "eventPattern": `{}`}, []string{"ResourceNotFoundException"}},
		"rule":         {token.CloudWatchEventTarget, sim.Props{"rule": "none", "arn": "arn:aws:sqs:us-east-1:1:a"}, []string{"ResourceNotFoundException"}},
	})
}
