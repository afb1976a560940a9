package main

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/app/metrics"
	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/operate/offline"
)

// measurements writes a file of them.
func measurements(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func adviceIn(t *testing.T, r result) (out advise.Report, months []map[string]string) {
	t.Helper()
	require.Equal(t, codeDone, r.code, r.err)
	var raw struct {
		Verdict  advise.Verdict
		Headline string
		Findings []struct {
			Rule    string
			Verdict advise.Verdict
			Climb   *struct{ Now, Then map[string]string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(r.out), &raw))
	for _, f := range raw.Findings {
		out.Findings = append(out.Findings, advise.Finding{Rule: f.Rule, Verdict: f.Verdict})
		if f.Climb != nil {
			months = append(months, f.Climb.Now, f.Climb.Then)
		}
	}
	out.Verdict, out.Headline = raw.Verdict, raw.Headline
	return out, months
}

// From a file to an answer: tune first, then climb, with what it costs more under one load.
func TestAdviseFromAFile(t *testing.T) {
	file := measurements(t, "serverCPUPercent: 91\nusers: 9000\npeakRequestsPerSecond: 95\n")
	got, _ := adviceIn(t, onStages(t, "advise", "2", "--measurements", file, "--format", "json"))
	assert.Equal(t, advise.Tune, got.Verdict)
	got, months := adviceIn(t, onStages(t, "advise", "2", "--measurements", file, "--format", "json",
		"--tuned", "larger-server,indexes,cache-reads"))
	assert.Equal(t, advise.Climb, got.Verdict)
	assert.Contains(t, got.Headline, "climb to stage 3, for a load balancer")
	require.Len(t, months, 2)
	assert.NotEmpty(t, months[0]["expected"])
	assert.NotEqual(t, months[0], months[1])

	table := onStages(t, "advise", "2", "--measurements", file)
	for _, want := range []string{"TUNE FIRST: one server is at its limit", "91 %, over 80 %", "a month: $",
		"NOT MEASURED: "} {
		assert.Contains(t, table.out, want)
	}
}

func TestAdviseFromAnAppsPage(t *testing.T) {
	if testing.Short() {
		t.Skip("the two readings are ten seconds apart")
	}
	m := metrics.New()
	for range 100 {
		m.Requests.WithLabelValues("200", "post", "/export").Inc()
		m.Duration.WithLabelValues("post", "/export").Observe(9)
	}
	server := httptest.NewServer(m.Handler())
	defer server.Close()
	file := measurements(t, "queueLength: 3\n")
	got, _ := adviceIn(t, onStages(t, "advise", "1", "--prometheus", server.URL+"/metrics", "--measurements", file,
		"--format", "json"))
	assert.Equal(t, advise.Tune, got.Verdict)
	assert.Equal(t, "slow-requests", got.Findings[0].Rule)
}

func TestAdviseInitWritesAFileThatIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.yaml")
	got := onStages(t, "advise", "init", path)
	require.Equal(t, codeDone, got.code, got.err)
	report, _ := adviceIn(t, onStages(t, "advise", "1", "--measurements", path, "--format", "json"))
	assert.Equal(t, advise.NotMeasured, report.Verdict)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	again := onStages(t, "advise", "init", path)
	assert.Equal(t, codeUsage, again.code)
	assert.Contains(t, again.err, "left as it was")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
}

func TestAdviseRefusesWrongInput(t *testing.T) {
	bad := measurements(t, "serverCPUPercnt: 91\nreadPercent: 400\n")
	good := measurements(t, "serverCPUPercent: 91\n")
	for name, tt := range map[string]struct {
		args []string
		want []string
	}{
		"no measurements":  {[]string{"advise", "2"}, []string{"--measurements FILE", "--prometheus URL", "--cloud aws for what CloudWatch measured"}},
		"no stage":         {[]string{"advise", "--measurements", good}, []string{"want a STAGE"}},
		"a wrong stage":    {[]string{"advise", "9", "--measurements", good}, []string{`unknown stage "9"`}},
		"a wrong file":     {[]string{"advise", "2", "--measurements", bad}, []string{"serverCPUPercnt", "did you mean serverCPUPercent?", `readPercent: got "400"`}},
		"no file":          {[]string{"advise", "2", "--measurements", "/nowhere/m.yaml"}, []string{"/nowhere/m.yaml", "rung advise init"}},
		"no address":       {[]string{"advise", "2", "--prometheus", "localhost"}, []string{`--prometheus: got "localhost"`}},
		"an unknown step":  {[]string{"advise", "2", "--measurements", good, "--tuned", "indx"}, []string{`--tuned: got "indx"`}},
		"a wrong setting":  {[]string{"advise", "2", "--measurements", good, "--set", "x"}, []string{"--set"}},
		"all of it":        {[]string{"advise", "0", "--prometheus", "x", "--tuned", "y"}, []string{`unknown stage "0"`, "--prometheus", "--tuned"}},
		"two stages":       {[]string{"advise", "2", "3", "--measurements", good}, []string{"want [STAGE]"}},
		"init in no place": {[]string{"advise", "init", "/nowhere/m.yaml"}, []string{"/nowhere/m.yaml"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := onStages(t, tt.args...)
			assert.Equal(t, codeUsage, got.code, got.err)
			for _, part := range tt.want {
				assert.Contains(t, got.err, part)
			}
		})
	}
	got := onStages(t, "advise", "2", "--prometheus", "http://127.0.0.1:1")
	assert.Equal(t, codeFailed, got.code)
	assert.Contains(t, got.err, "read measurements from http://127.0.0.1:1")
}

// measuring machines are a cloud that measured something.
type measuredCloud struct {
	*machines
	found operate.Found
}

func (m measuredCloud) Look(context.Context, operate.Stack) (operate.Found, error) {
	return m.found, nil
}

// What the stack's own cloud measured is enough; what it could not be asked is told, and
// what a person says wins.
func TestAdviseFromTheStacksOwnCloud(t *testing.T) {
	s := newShop(t)
	s.asks = measuredCloud{s.machines, operate.Found{Load: []operate.Measure{
		{Key: "serverCPUPercent", Value: 40}, {Key: "serverCPUPercent", Value: 95}}, Unasked: []string{"the queues: no right"}}}
	r := s.rung("advise", "--cloudwatch")
	require.Equal(t, codeUsage, r.code)
	assert.Contains(t, r.err, "there is no stack dev yet")
	require.Equal(t, codeDone, s.rung("up", "1").code)
	r = s.rung("advise", "--cloudwatch")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Contains(t, r.out, "95 %, over 80 %")
	assert.Contains(t, r.out, "CloudWatch of the stack")
	assert.Contains(t, r.err, "the queues: no right")
	r = s.rung("advise", "--cloudwatch", "--measurements", measurements(t, "serverCPUPercent: 30\n"))
	require.Equal(t, codeDone, r.code, r.err)
	assert.NotContains(t, r.out, "95 %")

	s.asks = offline.Driver{}
	r = s.rung("advise", "--cloudwatch")
	require.Equal(t, codeUsage, r.code)
	assert.Contains(t, r.err, "the offline cloud is a file and measures nothing; give --measurements")
}
