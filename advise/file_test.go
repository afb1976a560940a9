package advise

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseReadsWhatAPersonFillsIn(t *testing.T) {
	m, tuned, err := Parse([]byte("serverCPUPercent: 85.5 # %\nusers: 12000\nqueueLength: 0\nreadPercent:\ntuned: [indexes, pool]\n"))
	require.NoError(t, err)
	assert.Equal(t, Measurements{ServerCPUPercent: 85.5, Users: 12_000, QueueLength: 0}, m, "nothing is not zero")
	assert.Equal(t, []string{"indexes", "pool"}, tuned)
	m, _, err = Parse(nil)
	require.NoError(t, err)
	assert.Empty(t, m)
}

func TestParseReportsAllProblemsAtOnce(t *testing.T) {
	_, _, err := Parse([]byte(strings.Join([]string{
		"serverCPU: 85", "readPercent: 101", "users: many", "queueLength: -1", "users: 3", "cacheHitPercent: [1]",
		"dailyUsers: .inf", "largestTableRows: 1e99999", "tuned: [index, pool]", "peakToAverage: 3",
	}, "\n")))
	require.Error(t, err)
	for _, want := range []string{
		`line 1: unknown measure "serverCPU"`, `line 2: readPercent: got "101", want a number from 0 to 100 %`,
		`line 3: users: got "many"`, `line 4: queueLength: got "-1"`, "line 5: users stands there twice",
		"line 6: cacheHitPercent: got a list", `line 7: dailyUsers: got ".inf"`, "line 8: largestTableRows",
		`line 9: tuned: got "index"`, "did you mean indexes?", `line 10: unknown measure "peakToAverage"`,
	} {
		assert.ErrorContains(t, err, want)
	}
}

func TestParseRefusesWhatIsNoFileOfMeasurements(t *testing.T) {
	for name, text := range map[string]string{"a list": "[1]", "a word": "hello", "no YAML": "a: [",
		"tuned is a word": "tuned: pool"} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Parse([]byte(text))
			assert.Error(t, err)
		})
	}
}

// What `rung advise init` writes names every measure and every step, and parses as it is.
func TestTheTemplateParses(t *testing.T) {
	m, tuned, err := Parse([]byte(Template()))
	require.NoError(t, err)
	assert.Empty(t, m)
	assert.Empty(t, tuned)
	for _, x := range Measures() {
		assert.Contains(t, Template(), "\n"+string(x.Key)+":\n")
	}
	for _, s := range Steps() {
		assert.Contains(t, Template(), s.ID)
	}
	assert.NoError(t, CheckTuned([]string{"indexes"}))
	assert.ErrorContains(t, CheckTuned([]string{"indexs"}), "did you mean indexes?")
}

func TestAmountsReadAsPeopleSayThem(t *testing.T) {
	for want, give := range map[string]struct {
		key Key
		v   float64
	}{
		"85.5 %": {ServerCPUPercent, 85.5}, "1,000,001 rows": {LargestTableRows, 1_000_001}, "$900": {MonthlyBillDollars, 900},
		"1.1/s": {PoolWaitsPerSecond, 1.1}, "3.33 times": {PeakToAverage, 10.0 / 3}, "0 jobs": {QueueLength, 0},
	} {
		assert.Equal(t, want, measure(give.key).Amount(give.v))
	}
}
