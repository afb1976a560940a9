package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/lab"
	"github.com/rung-dev/rung/lab/load"
	onaws "github.com/rung-dev/rung/operate/aws"
	"github.com/rung-dev/rung/stacks"
)

// answer is a finding as the command writes it.
type answer struct {
	Rule, Verdict, Because, Source, SeedCost string
	Not                                      []string
	Steps                                    []struct{ ID string }
	Climb                                    *struct {
		To                           int
		Tool, Why, Breaks            string
		Changes                      []string
		Users, PeakRequestsPerSecond int
		Now, Then                    *struct{ Expected string }
	}
}

func toldBy(t *testing.T, r result) map[string]answer {
	t.Helper()
	require.Equal(t, codeDone, r.code, r.err)
	var v struct{ Findings []answer }
	require.NoError(t, json.Unmarshal([]byte(r.out), &v))
	all := map[string]answer{}
	for _, f := range v.Findings {
		all[f.Rule] = f
	}
	return all
}

// symptoms are the ten, each as a person fills it in on a stage.
var symptoms = map[string]struct {
	stage, file string
	climbs      int // when all is tuned; 0 stays
}{
	"far-users":     {"1", "farP95Milliseconds: 900\ndailyUsers: 5000\nfarUsersPercent: 40\n", 2},
	"same-queries":  {"2", "cacheHitPercent: 40\ndatabaseCPUPercent: 90\nreadPercent: 95\n", 3},
	"busy-server":   {"2", "serverCPUPercent: 91\n", 3},
	"slow-queries":  {"3", "slowQueryMilliseconds: 400\nlargestTableRows: 50000\nreadPercent: 90\n", 0},
	"busy-primary":  {"2", "databaseCPUPercent: 90\nreadPercent: 95\n", 3},
	"connections":   {"3", "databaseConnectionsPercent: 95\npoolWaitsPerSecond: 4\n", 4},
	"slow-requests": {"2", "slowestRequestSeconds: 9\nqueueLength: 4000\nserverCPUPercent: 90\n", 3},
	"large-table":   {"4", "databaseWritesPerSecond: 3000\n", 5},
	"spiky-load":    {"2", "peakRequestsPerSecond: 100\naverageRequestsPerSecond: 10\nserverCPUPercent: 75\n", 3},
	"bill":          {"3", "monthlyBillDollars: 4000\n", 0},
}

// Each symptom, by a file as a person fills it in: first what to tune, then the climb with
// its tool, its reason, the month of both stages under one load, what changes, what gives way
// next and when not to; or to stay.
func TestEverySymptomByHand(t *testing.T) {
	require.Len(t, symptoms, 10)
	var every []string
	for _, s := range advise.Steps() {
		every = append(every, s.ID)
	}
	for rule, tt := range symptoms {
		file := measurements(t, tt.file)
		first := toldBy(t, onStages(t, "advise", tt.stage, "--measurements", file, "--format", "json"))[rule]
		assert.Equal(t, string(advise.Tune), first.Verdict, "%s: %s", rule, first.Because)
		assert.NotEmpty(t, first.Steps, rule)
		assert.NotEmpty(t, first.Not, "%s: when not to", rule)
		assert.NotEmpty(t, first.Source, "%s: where it is from", rule)
		then := toldBy(t, onStages(t, "advise", tt.stage, "--measurements", file, "--tuned", strings.Join(every, ","),
			"--format", "json"))[rule]
		if tt.climbs == 0 {
			assert.Equal(t, string(advise.Stay), then.Verdict, "%s: %s", rule, then.Because)
			continue
		}
		assert.Equal(t, string(advise.Climb), then.Verdict, "%s: %s", rule, then.Because)
		require.NotNil(t, then.Climb, rule)
		c := then.Climb
		assert.Equal(t, tt.climbs, c.To, rule)
		for what, text := range map[string]string{"tool": c.Tool, "why": c.Why, "what gives way next": c.Breaks} {
			assert.NotEmpty(t, text, "%s: %s", rule, what)
		}
		require.NotNil(t, c.Now, rule)
		require.NotNil(t, c.Then, rule)
		assert.NotEqual(t, c.Now.Expected, c.Then.Expected, "%s: what it costs more or less", rule)
		assert.NotEmpty(t, c.Changes, "%s: what it changes", rule)
		assert.Positive(t, c.Users+c.PeakRequestsPerSecond, "%s: and at which load", rule)
	}
}

// prometheusWith is a Prometheus server that knows queries by a part of them.
func prometheusWith(t *testing.T, values map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		result := "[]"
		for part, v := range values {
			if strings.Contains(r.Form.Get("query"), part) {
				result = fmt.Sprintf(`[{"metric":{},"value":[1,%q]}]`, v)
			}
		}
		fmt.Fprintf(w, `{"status":"success","data":{"resultType":"vector","result":%s}}`, result)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// The symptoms of which exporters tell, by a Prometheus server in this process.
func TestSymptomsByPrometheus(t *testing.T) {
	for rule, tt := range map[string]struct {
		stage string
		knows map[string]string
	}{
		"busy-server":   {"2", map[string]string{"100 * max(max_over_time(": "91"}},
		"same-queries":  {"3", map[string]string{"aws_rds_cpuutilization": "90", "outcome=~": "40"}},
		"connections":   {"3", map[string]string{"pg_stat_database_numbackends": "95"}},
		"slow-requests": {"1", map[string]string{"histogram_quantile": "9"}},
		"large-table":   {"3", map[string]string{"aws_rds_write_iops": "3000"}},
		"spiky-load":    {"2", map[string]string{"max_over_time(sum(rate": "100", "sum(rate(http_requests_total[1d]))": "10", "100 * max(max_over_time(": "75"}},
	} {
		got := toldBy(t, onStages(t, "advise", tt.stage, "--prometheus", prometheusWith(t, tt.knows), "--format", "json"))
		assert.Equal(t, string(advise.Tune), got[rule].Verdict, "%s: %s", rule, got[rule].Because)
		for other, f := range got {
			if other != rule && other != "bill" {
				assert.NotEqual(t, string(advise.Climb), f.Verdict, "%s says nothing of %s", rule, other)
			}
		}
	}
}

// The symptoms of which CloudWatch tells, by its protocol, of a stack that stands.
func TestSymptomsByCloudWatch(t *testing.T) {
	inFolder(t, "directory: .\ncommands: {web: node server.js, worker: node work.js}\nneeds: [database, cache, queue]\n")
	t.Chdir("shop")
	s := shop{t: t, dir: t.TempDir(), machines: &machines{}}
	s.write("one")
	require.Equal(t, codeDone, s.rung("up", "3").code)
	for rule, metric := range map[string]map[string]float64{
		"busy-server": {"CPUUtilization AutoScalingGroupName": 91}, "slow-requests": {"ApproximateNumberOfMessagesVisible": 4000},
		"large-table": {"WriteIOPS": 3000}, "same-queries": {"CacheHitRate": 40, "CPUUtilization DBInstanceIdentifier": 90},
		"bill": {"CPUUtilization AutoScalingGroupName": 5}, "connections": {"DatabaseConnections": 1e5},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			name, of := r.Form.Get("MetricName"), r.Form.Get("Dimensions.member.1.Name")
			value, known := metric[name]
			if v, narrow := metric[name+" "+of]; narrow {
				value, known = v, true
			}
			points := ""
			if statistic := r.Form.Get("Statistics.member.1"); known {
				points = fmt.Sprintf("<member><Timestamp>%s</Timestamp><%s>%g</%s></member>",
					time.Now().UTC().Format(time.RFC3339), statistic, value, statistic)
			}
			fmt.Fprintf(w, "<R><Datapoints>%s</Datapoints></R>", points)
		}))
		t.Cleanup(server.Close)
		s.asks = &onaws.Driver{Client: &awswire.Client{Patience: 0.001, Config: sdk.Config{BaseEndpoint: &server.URL,
			Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")}}}
		got := toldBy(t, s.rung("advise", "--cloudwatch", "--format", "json"))
		assert.Equal(t, string(advise.Tune), got[rule].Verdict, "%s: %s", rule, got[rule].Because)
	}
}

// The symptoms of which a load of the lab tells: routes that are slow, and a cache that is
// cold where a person says how busy the database is.
func TestSymptomsByTheLab(t *testing.T) {
	dir := t.TempDir()
	run := func(args ...string) result {
		var out, errs bytes.Buffer
		a := &app{program: stacks.Program, resolve: noBuild, static: noFiles, unwatched: true, in: strings.NewReader(""),
			out: &out, err: &errs}
		code := a.run(t.Context(), append(args, "--cloud", "lab", "--format", "json", "--dir", dir))
		return result{code, out.String(), errs.String()}
	}
	none := run("advise", "3")
	assert.Equal(t, codeUsage, none.code)
	assert.Contains(t, none.err, "no load was measured in it; `rung lab load` does so")
	l, err := lab.Of(dir)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, ".rung", "lab"), 0o755))
	require.NoError(t, l.KeepMeasured(load.Result{Sent: 2000, Seconds: 10, Rate: 200,
		BusiestProgramPercent: 93, Kinds: []load.Kind{
			{Name: "export", Sent: 40, Latency: load.Latency{P95: 9000}}, {Name: "rare", Sent: 3, Latency: load.Latency{P95: 90_000}}},
		Caches: []load.CacheLayer{{Name: "memory and Redis", Asked: 100, Hits: 40, Share: 0.4}}}))
	got := toldBy(t, run("advise", "3"))
	assert.Equal(t, string(advise.Tune), got["slow-requests"].Verdict)
	assert.Contains(t, got["slow-requests"].Because, "9 s", "three requests are no percentile")
	assert.Contains(t, got["busy-server"].Because, "93 %")
	assert.Equal(t, string(advise.NotMeasured), got["bill"].Verdict, "what was not measured is not guessed")
	file := measurements(t, "databaseCPUPercent: 90\nreadPercent: 95\n")
	got = toldBy(t, run("advise", "3", "--cloudwatch", "--measurements", file))
	assert.Equal(t, string(advise.Tune), got["same-queries"].Verdict, got["same-queries"].Because)
}
