package scaling

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// policies are those of a fleet and of workers, as rung's stages have them.
func policies() []Policy {
	tracking := func(name, group string, target float64, more sim.Props) *sim.Entry {
		more["targetValue"] = target
		return &sim.Entry{Type: token.AutoScalingPolicy, ID: name, Properties: sim.Props{"name": name,
			"autoscalingGroupName": group, "policyType": "TargetTrackingScaling", "targetTrackingConfiguration": map[string]any(more)}}
	}
	queue := func(id, name string) map[string]any {
		return map[string]any{"id": id, "metricStat": map[string]any{"metric": map[string]any{"namespace": Queues,
			"metricName": name,
			"dimensions": []any{map[string]any{"name": "QueueName", "value": "jobs"}}}}}
	}
	asleep := map[string]any{"id": "running", "metric": map[string]any{"namespace": "AWS/AutoScaling",
		"metricName": "GroupInServiceInstances", "dimensions": map[string]any{"AutoScalingGroupName": "workers"}}}
	return Policies(cloud.Of([]*sim.Entry{
		tracking("a-cpu", "web", 70, sim.Props{"predefinedMetricSpecification": map[string]any{
			"predefinedMetricType": "ASGAverageCPUUtilization"}}),
		tracking("b-requests", "web", 600, sim.Props{"predefinedMetricSpecification": map[string]any{
			"predefinedMetricType": "ALBRequestCountPerTarget", "resourceLabel": "app/lb/1/targetgroup/pages/2"}}),
		tracking("c-backlog", "workers", 10, sim.Props{"customizedMetricSpecification": map[string]any{"metrics": []any{
			map[string]any{"id": "backlog", "returnData": true,
				"expression": "(FILL(visible, 0) + FILL(taken, 0)) / IF(FILL(running, 0) < 1, 1, FILL(running, 0))"},
			queue("visible", "ApproximateNumberOfMessagesVisible"), queue("taken", "ApproximateNumberOfMessagesNotVisible"),
			map[string]any{"id": "running", "metricStat": asleep}}}}),
		{Type: token.AutoScalingPolicy, ID: "wake", Properties: sim.Props{"name": "wake", "arn": "arn:wake",
			"autoscalingGroupName": "workers", "policyType": "StepScaling", "adjustmentType": "ExactCapacity",
			"stepAdjustments": []any{map[string]any{"metricIntervalLowerBound": "0", "scalingAdjustment": 1.0}}}},
		{Type: token.CloudWatchMetricAlarm, ID: "asleep", Properties: sim.Props{"alarmActions": []any{"arn:wake"},
			"comparisonOperator": "GreaterThanOrEqualToThreshold", "threshold": 1.0, "evaluationPeriods": 1.0,
			"metricQueries": []any{asleep, map[string]any{"id": "visible", "metric": map[string]any{"namespace": Queues,
				"metricName": "ApproximateNumberOfMessagesVisible", "dimensions": map[string]any{"QueueName": "jobs"}}},
				map[string]any{"id": "wake", "returnData": true,
					"expression": "IF(FILL(visible, 0) > 0 AND FILL(running, 0) < 1, 1, 0)"}}}},
	}))
}

func visible(n float64) Readings {
	return Readings{{Queues, "ApproximateNumberOfMessagesVisible", "jobs"}: n}
}

func TestGroupsGrowAndShrinkBetweenTheirBounds(t *testing.T) {
	calm := Readings{CPU("web"): 10, Requests("pages"): 50}
	for name, tt := range map[string]struct {
		readings Readings
		looks    int
		web      Size
		want     map[string]int
	}{
		"busy, but not for long":        {Readings{CPU("web"): 140}, looksOut - 1, Size{2, 6, 2, 2}, nil},
		"busy: as many as it takes":     {Readings{CPU("web"): 140}, looksOut, Size{2, 6, 2, 2}, map[string]int{"web": 4}},
		"a little busy: one more":       {Readings{CPU("web"): 71}, looksOut, Size{2, 6, 2, 2}, map[string]int{"web": 3}},
		"by requests, whatever the CPU": {Readings{CPU("web"): 10, Requests("pages"): 1500}, looksOut, Size{2, 6, 2, 2}, map[string]int{"web": 5}},
		"never more than the most":      {Readings{CPU("web"): 700}, looksOut, Size{2, 6, 4, 4}, map[string]int{"web": 6}},
		"not while machines come up":    {Readings{CPU("web"): 700}, 10, Size{2, 6, 4, 3}, nil},
		"calm, but not for long":        {calm, looksIn - 1, Size{2, 6, 4, 4}, nil},
		"calm: one less":                {calm, looksIn, Size{2, 6, 4, 4}, map[string]int{"web": 3}},
		"never fewer than the least":    {calm, looksIn, Size{2, 6, 2, 2}, nil},
		"calm by one policy only":       {Readings{CPU("web"): 10, Requests("pages"): 590}, looksIn, Size{2, 6, 4, 4}, nil},
		"one less would be busy again":  {Readings{CPU("web"): 62, Requests("pages"): 50}, looksIn, Size{2, 6, 3, 3}, nil},
		"nothing was measured":          {nil, looksIn, Size{2, 6, 4, 4}, nil},
	} {
		var j Judge
		for look := range tt.looks {
			got, err := j.Sizes(policies(), tt.readings, map[string]Size{"web": tt.web})
			require.NoError(t, err)
			if look < tt.looks-1 {
				assert.Empty(t, got, name)
			} else {
				assert.Equal(t, len(tt.want), len(got), name)
				assert.Equal(t, tt.want["web"], got["web"], name)
			}
		}
	}
}

func TestWorkersFollowTheQueue(t *testing.T) {
	var j Judge
	asleep := map[string]Size{"workers": {Min: 0, Max: 4}}
	got, err := j.Sizes(policies(), visible(3), asleep)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"workers": 1}, got, "the alarm's step wakes the first")
	r := visible(45)
	r[InService("workers")] = 1
	for range looksOut {
		got, err = j.Sizes(policies(), r, map[string]Size{"workers": {0, 4, 1, 1}})
		require.NoError(t, err)
	}
	assert.Equal(t, map[string]int{"workers": 4}, got, "45 jobs, ten for each, four at most")
}

func TestWhatCannotBeWorkedOutIsSaid(t *testing.T) {
	var j Judge
	p := Policy{Name: "odd", Group: "web", target: 1, metric: metric{expression: "SEARCH('x')"}}
	got, err := j.Sizes([]Policy{p}, nil, map[string]Size{"web": {1, 2, 1, 1}})
	require.ErrorContains(t, err, `the policy odd: work out "SEARCH('x')"`)
	assert.Empty(t, got)
}
