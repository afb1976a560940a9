package aws

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/operate"
)

// points is CloudWatch's answer with values that lie so many minutes back.
func points(statistic string, values map[int]string) string {
	text := "<R><Datapoints>"
	for minutes, v := range values {
		text += fmt.Sprintf("<member><Timestamp>%s</Timestamp><%s>%s</%s></member>",
			at.Add(-time.Duration(minutes)*time.Minute).Format(time.RFC3339), statistic, v, statistic)
	}
	return text + "</Datapoints></R>"
}

// What CloudWatch says becomes the measures that the advice goes by: peaks, averages
// since the first load, shares.
func TestLoadIsMeasured(t *testing.T) {
	c := well()
	c.answers["monitoring GetMetricStatistics"] = func(_ string, form url.Values) string {
		said := map[string]map[int]string{
			"RequestCount": {5: "60000", 10: "30000"}, // 10 minutes old
			"Requests":     {1440: "8640"},
			"WriteIOPS":    {5: "12.5", 10: "12.25"}, "DatabaseConnections": {5: "90.1"},
			"CacheHitRate": {5: "80", 10: "90"}, "ApproximateNumberOfMessagesVisible": {5: "7", 10: "3"},
		}[form.Get("MetricName")]
		if form.Get("MetricName") == "CPUUtilization" {
			said = map[int]string{5: "30.25", 10: "60.5"}
		}
		return points(form.Get("Statistics.member.1"), said)
	}
	s := stack()
	for i, p := range s.Parts {
		switch p.Kind {
		case operate.Cache:
			s.Parts[i].Nodes = []string{"cache-1-001"}
		case operate.Database:
			s.Parts[i].Classes = map[string]string{"db-1": "db.m7g.large"} // 8 GiB: 901 connections
		}
	}
	f, err := driver(t, c).Look(t.Context(), s)
	require.NoError(t, err)
	got := map[string]float64{}
	for _, m := range f.Load {
		got[m.Key+" "+m.What] = m.Value
		assert.True(t, known(m.Key), "the advice knows %s", m.Key)
		assert.Equal(t, unit(m.Key), m.Unit, m.Key)
	}
	for key, want := range map[string]float64{
		"peakRequestsPerSecond requests at loadbalancer": 200, "peakRequestsPerSecond requests at cdn": 28.8,
		"averageRequestsPerSecond requests on average at loadbalancer": 150, "averageRequestsPerSecond requests on average at cdn": 0.1,
		"serverCPUPercent CPU of server": 60.5, "serverCPUPercent CPU of web": 60.5,
		"averageCPUPercent mean CPU of server over a week": 45.375, "averageCPUPercent mean CPU of web over a week": 45.375,
		"databaseCPUPercent CPU of db-1": 60.5, "databaseCPUPercent CPU of db-2": 60.5,
		"databaseWritesPerSecond writes to the disk of db-1": 12.5, "databaseWritesPerSecond writes to the disk of db-2": 12.5,
		"databaseConnectionsPercent connections in use of db-1": 10, // of db-2 nobody knows the class
		"cacheHitPercent lookups answered by cache-1-001":       85, "queueLength jobs waiting in jobs-main": 7,
	} {
		assert.InDelta(t, want, got[key], 0.01, key)
		delete(got, key)
	}
	assert.Empty(t, got, "and nothing else: jobs that were given up are no queue")
}

// What was not measured is no zero.
func TestNothingMeasuredIsNotZero(t *testing.T) {
	c := well()
	c.answers["monitoring GetMetricStatistics"] = "<R><Datapoints></Datapoints></R>"
	f, err := driver(t, c).Look(t.Context(), stack())
	require.NoError(t, err)
	assert.Empty(t, f.Load)
	assert.Empty(t, f.Unasked)
}

// Questions stay within what CloudWatch answers: 1,440 points.
func TestSpansFit(t *testing.T) {
	for _, s := range []span{day, week} {
		assert.LessOrEqual(t, int(s.back/s.period), 1440)
	}
}

func known(key string) bool { return unit(key) != "" }

func unit(key string) string {
	for _, m := range advise.Measures() {
		if string(m.Key) == key {
			return m.Unit
		}
	}
	return ""
}

// A refusal names the action once for each thing that stays unknown.
func TestLoadThatMayNotBeAsked(t *testing.T) {
	c := well()
	c.answers["monitoring GetMetricStatistics"] = "!AccessDenied"
	f, err := driver(t, c).Look(t.Context(), stack())
	require.NoError(t, err)
	assert.Empty(t, f.Load)
	assert.Contains(t, strings.Join(f.Unasked, "\n"), "cloudwatch:GetMetricStatistics")
}
