package scaling

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// alarms are those of a balancer's group, one that the lab cannot measure, and a rule.
func alarms(t *testing.T) []Alarm {
	t.Helper()
	alarm := func(name, metric, statistic string, threshold, looks float64) *sim.Entry {
		return &sim.Entry{Type: token.CloudWatchMetricAlarm, ID: name, Properties: sim.Props{"name": name,
			"alarmDescription": "look at " + name, "namespace": "AWS/ApplicationELB", "metricName": metric,
			"statistic": statistic, "threshold": threshold, "period": 60.0, "evaluationPeriods": looks, "comparisonOperator": "GreaterThanThreshold",
			"dimensions": map[string]any{"LoadBalancer": "app/lb/1", "TargetGroup": "targetgroup/pages/2"}}}
	}
	busy := alarm("busy", "CPUUtilization", "Average", 80, 1)
	busy.Properties["namespace"], busy.Properties["dimensions"] = "AWS/RDS", map[string]any{"DBInstanceIdentifier": "db"}
	all, left := Alarms(cloud.Of([]*sim.Entry{alarm("errors", "HTTPCode_Target_5XX_Count", "Sum", 10, 3),
		alarm("slow", "TargetResponseTime", "", 0.5, 1), busy,
		{Type: token.CloudWatchCompositeAlarm, ID: "climb", Properties: sim.Props{"alarmName": "climb",
			"alarmDescription": "climb", "alarmRule": `(ALARM("busy") AND ALARM("slow")) OR (ALARM("errors") AND NOT ALARM("busy"))`}}}))
	assert.Equal(t, 1, left, "what nobody measures is counted")
	require.Len(t, all, 3)
	return all
}

func TestAlarmsRingAfterTheirPeriods(t *testing.T) {
	all, bells := alarms(t), Bells{}
	look := func(errors, slow float64) map[string]string {
		ringing, err := bells.Ring(all, Readings{Errors("pages"): errors, Slowness("pages"): slow})
		require.NoError(t, err)
		return ringing
	}
	assert.Empty(t, look(10, 0.5), "at the threshold none rings")
	assert.Equal(t, map[string]string{"slow": "look at slow"}, look(0, 0.6))
	assert.Empty(t, look(11, 0))
	assert.Empty(t, look(11, 0))
	third := map[string]string{"errors": "look at errors", "climb": "climb"}
	assert.Equal(t, third, look(11, 0), "the third look in a row")
	assert.Empty(t, look(0, 0), "one good look is enough")
	assert.Empty(t, look(11, 0), "and it counts from the beginning")
	ringing, err := bells.Ring(all, Readings{})
	require.NoError(t, err)
	assert.Empty(t, ringing, "what nobody has measured is silent")
}

func TestARuleThatCannotBeWorkedOutIsNamed(t *testing.T) {
	bells := Bells{}
	all := append(alarms(t), Alarm{Name: "odd", rule: `ALARM("slow") XOR`})
	ringing, err := bells.Ring(all, Readings{Slowness("pages"): 1})
	assert.ErrorContains(t, err, "the alarm odd: work out")
	assert.Contains(t, ringing, "slow", "the others count")
}
