package onlab

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/state"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/resource/token"
)

// A release whose machines an alarm has taken back has failed, although all that runs is
// well: those of before.
func TestAReleaseThatAnAlarmTookBackHasFailed(t *testing.T) {
	d := labWith(t)
	web := operate.Part{Name: "web", Kind: operate.Fleet, IDs: []string{"web"}}
	l := look{now: state.State{Returned: []string{"web: the alarm errors rang"}}, settled: true, since: time.Now(),
		groups: []machines.Group{{Name: "web", Launch: "2", Desired: 2}}, led: &ledger.Ledger{
			Refused: map[string]ledger.Refusal{"web": {Launch: "2"}}}}
	p := d.progress(web, l)
	assert.Equal(t, operate.Failed, p.State)
	assert.Contains(t, p.Says, "the alarm errors rang")
	l.led.Refused["web"] = ledger.Refusal{Launch: "1"}
	assert.Equal(t, operate.Done, d.progress(web, l).State, "what was refused was another")
}

// The lab says which alarms ring, and how many nobody watches.
func TestAlarmsOfTheLab(t *testing.T) {
	d := labWith(t)
	alarm := func(name, namespace, metric string) *sim.Entry {
		return &sim.Entry{Type: token.CloudWatchMetricAlarm, ID: name,
			Properties: sim.Props{"name": name, "namespace": namespace,
				"metricName": metric, "comparisonOperator": "GreaterThanThreshold", "threshold": 1.0, "period": 60.0,
				"dimensions": map[string]any{"AutoScalingGroupName": "web"}}}
	}
	writeCloud(t, d, alarm("busy", "AWS/EC2", "CPUUtilization"), alarm("cold", "rung/app", "cache_hit_ratio"))
	now, err := state.Read(d.at.Status())
	require.NoError(t, err)
	now.Ringing = []string{"busy: look at: the machines"}
	require.NoError(t, now.Write(d.at.Status()))
	f, err := d.Look(t.Context(), operate.Stack{})
	require.NoError(t, err)
	assert.Equal(t, []operate.Alarm{{Name: "busy", State: "ALARM", Reason: "look at: the machines"}}, f.Alarms)
	assert.Equal(t, 1, f.AlarmsWatched)
	assert.Contains(t, f.Unasked, "1 alarms: the lab does not measure what they go by")
}
