package cost_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

func TestThreeDashboardsAreFree(t *testing.T) {
	var resources []cost.Resource
	for _, name := range []string{"a", "b", "c", "d"} {
		resources = append(resources, res("", token.CloudWatchDashboard, name, m{}))
	}
	e := estimator(t, cost.Options{}).Estimate(resources)
	assert.Equal(t, "3.00", e.Expected.StringFixed(2))
	checkLines(t, e, "d", map[string]want{"dashboard": flat("3.00")})
}

func TestCustomMetricsArePaidOnceAndTenAreFree(t *testing.T) {
	var resources []cost.Resource
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"} {
		for _, alarm := range []string{"high", "low"} {
			resources = append(resources,
				res("", token.CloudWatchMetricAlarm, name+alarm,
					m{"namespace": "CWAgent", "metricName": "mem_used_percent", "dimensions": m{"Host": name}}))
		}
	}
	resources = append(resources,
		res("", token.CloudWatchMetricAlarm, "aws", m{"namespace": "AWS/EC2", "metricName": "CPUUtilization"}))
	e := estimator(t, cost.Options{}).Estimate(resources)
	assert.Equal(t, "2.60", e.Expected.StringFixed(2)) // 23 alarms × 0.10, and the eleventh metric × 0.30
	checkLines(t, e, "khigh",
		map[string]want{"alarm metrics": flat("0.10"), "custom metric CWAgent mem_used_percent": flat("0.30")})
	checkLines(t, e, "klow", map[string]want{"alarm metrics": flat("0.10")})
}

func TestDrawnMetricsArePaidUnlessAnAlarmWatchesThem(t *testing.T) {
	var resources []cost.Resource
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} { // the ten that are free
		resources = append(resources,
			res("", token.CloudWatchMetricAlarm, name,
				m{"namespace": "app", "metricName": name, "dimensions": m{"Stack": "s"}}))
	}
	const body = `{"widgets": [
		{"type": "text", "properties": {"markdown": "## web"}},
		{"type": "metric", "properties": {"metrics": [
			["app", "a", "Stack", "s", {"stat": "p95"}],
			["app", "k", "Stack", "s", {"stat": "Sum"}],
			["app", "k", "Stack", "s", {"stat": "Maximum"}],
			["app", "k", "Stack", "other"],
			["AWS/EC2", "CPUUtilization", "InstanceId", "i-1"],
			[".", "l", ".", "."],
			[{"expression": "m1+m2"}],
			["app", "half a pair", "Stack"]]}}]}`
	resources = append(resources, res("", token.CloudWatchDashboard, "board", m{"dashboardBody": body}))
	e := estimator(t, cost.Options{}).Estimate(resources)
	assert.Equal(t, "1.60", e.Expected.StringFixed(2)) // 10 alarms × 0.10, and k twice × 0.30
	for _, odd := range []any{cost.Unknown{}, "no JSON", `{"widgets": 1}`} {
		e := estimator(t, cost.Options{}).Estimate([]cost.Resource{res("", token.CloudWatchDashboard, "board",
			m{"dashboardBody": odd})})
		assert.Len(t, e.Lines, 1)
	}
}

func TestLogGroupOfMetricsIsNotTheApps(t *testing.T) {
	server := []cost.Resource{
		res("server", token.EC2Instance, "server", m{"instanceType": "t4g.small"}),
		res("server", token.CloudWatchLogGroup, "server-metrics", m{"retentionInDays": 1.0}),
	}
	e := estimator(t, cost.Options{Traffic: ladder.Stages()[2].Traffic}).Estimate(server)
	// 1 KB × 43,800 minutes × 0.50 a GB
	checkLines(t, e, "server-metrics", map[string]want{"metrics' events taken in": flat("0.02")})
}

// TestAgentsMeasureMachines: what rung's agents send is known before a dashboard
// is, once for each part of a system, and not twice where an alarm watches it.
func TestAgentsMeasureMachines(t *testing.T) {
	ours := m{"tags": m{"rung:stage": "3"}}
	metrics := func(more ...cost.Resource) (names []string) {
		e := estimator(t, cost.Options{}).Estimate(append(more,
			res("web", token.AutoScalingGroup, "web-group", m{"minSize": 2.0})))
		for _, l := range e.Lines {
			if strings.HasPrefix(l.Item, "custom metric") {
				names = append(names, l.Name+" "+strings.TrimPrefix(l.Item, "custom metric "))
			}
		}
		return names
	}
	logs := res("web", token.CloudWatchLogGroup, "web-logs", ours)
	assert.Equal(t, []string{"web-logs Rung mem_used_percent", "web-logs Rung disk_used_percent"},
		metrics(logs, res("web", token.CloudWatchLogGroup, "web-metrics", ours)))
	alarm := res("web", token.CloudWatchMetricAlarm, "web-memory",
		m{"namespace": "Rung", "metricName": "mem_used_percent"})
	assert.ElementsMatch(t, []string{"web-logs Rung disk_used_percent", "web-memory Rung mem_used_percent"},
		metrics(logs, alarm))
	assert.Empty(t, metrics(res("web", token.CloudWatchLogGroup, "web-logs", m{})),
		"nobody knows what other people's agents send")
	assert.Empty(t, metrics(res("edge", token.CloudWatchLogGroup, "edge-logs", ours)), "no machines there")
}
