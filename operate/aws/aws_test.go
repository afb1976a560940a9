package aws

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

const ireland = "eu-west-1"

// stack has a part of each kind.
func stack() operate.Stack {
	part := func(name string, kind operate.Kind, ids ...string) operate.Part {
		return operate.Part{Name: name, Kind: kind, Region: ireland, IDs: ids}
	}
	server, balancer, web := part("server", operate.Server, "i-1"), part("loadbalancer", operate.Balancer, "arn:tg"),
		part("web", operate.Fleet, "web-group")
	server.Disk, balancer.Metric, web.LogGroup = "vol-1", "app/lb/1", "web-logs"
	return operate.Stack{Name: "dev", Region: ireland, Alarms: []operate.AlarmOf{{Name: "cpu", Region: ireland},
		{Name: "disk", Region: ireland}},
		Parts: []operate.Part{part("cdn", operate.CDN, "E1"), balancer, server, web, part("cache", operate.Cache, "cache-1"),
			part("database", operate.Database, "db-1", "db-2"), part("jobs-main", operate.Queue, "https://sqs/jobs"),
			part("jobs-dead", operate.Queue, "https://sqs/dead")}}
}

// well is a cloud in which all is well but for what a test says.
func well() *cloud {
	return &cloud{answers: map[string]any{
		"ec2 DescribeInstanceStatus": `<R><instanceStatusSet><item><instanceState><name>running</name></instanceState>
			<systemStatus><status>ok</status></systemStatus><instanceStatus><status>ok</status></instanceStatus></item></instanceStatusSet></R>`,
		"ec2 DescribeSnapshots": `<R><snapshotSet><item><startTime>2026-11-29T03:00:00.000Z</startTime></item>
			<item><startTime>2026-11-30T03:00:00.000Z</startTime></item></snapshotSet></R>`,
		"autoscaling DescribeAutoScalingGroups": group("2", "i-b InService", "i-a InService"),
		"elasticloadbalancing DescribeTargetHealth": `<R><TargetHealthDescriptions><member><TargetHealth><State>healthy</State></TargetHealth></member>
			<member><TargetHealth><State>draining</State></TargetHealth></member></TargetHealthDescriptions></R>`,
		"elasticache DescribeReplicationGroups":      `<R><ReplicationGroups><ReplicationGroup><Status>available</Status></ReplicationGroup></ReplicationGroups></R>`,
		"cloudfront GET /2020-05-31/distribution/E1": `<Distribution><Status>Deployed</Status></Distribution>`,
		"rds DescribeDBInstances": `<R><DBInstances><DBInstance><DBInstanceStatus>available</DBInstanceStatus>
			<LatestRestorableTime>2026-11-30T11:55:00Z</LatestRestorableTime></DBInstance></DBInstances></R>`,
		"sqs GetQueueAttributes": asJSON(map[string]any{"Attributes": map[string]string{"ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "1"}}),
		"monitoring DescribeAlarms": `<R><MetricAlarms><member><AlarmName>cpu</AlarmName><StateValue>ALARM</StateValue>
			<StateReason>over</StateReason><StateUpdatedTimestamp>2026-11-30T11:00:00Z</StateUpdatedTimestamp></member>
			<member><AlarmName>disk</AlarmName><StateValue>OK</StateValue></member></MetricAlarms></R>`,
		"monitoring GetMetricStatistics": func(_ string, form url.Values) string {
			statistic := form.Get("Statistics.member.1")
			return `<R><Datapoints><member><` + statistic + `>30</` + statistic + `></member><member><` + statistic + `>60000</` +
				statistic + `></member></Datapoints></R>`
		},
	}}
}

// group is Auto Scaling's answer with machines, "id state".
func group(desired string, machines ...string) string {
	text := `<R><AutoScalingGroups><member><DesiredCapacity>` + desired + `</DesiredCapacity><Instances>`
	for _, m := range machines {
		id, state, _ := strings.Cut(m, " ")
		text += `<member><InstanceId>` + id + `</InstanceId><LifecycleState>` + state + `</LifecycleState><HealthStatus>Healthy</HealthStatus></member>`
	}
	return text + `</Instances></member></AutoScalingGroups></R>`
}

// states are the parts' states by name.
func states(f operate.Found) map[string]operate.State {
	all := map[string]operate.State{}
	for _, h := range f.Health {
		all[h.Part] = h.State
	}
	return all
}

func TestEverythingIsLookedAt(t *testing.T) {
	c := well()
	f, err := driver(t, c).Look(t.Context(), stack())
	require.NoError(t, err)
	assert.Empty(t, f.Unasked)
	for part, state := range states(f) {
		assert.Equal(t, operate.Well, state, part)
	}
	assert.Len(t, f.Health, len(stack().Parts))
	assert.Equal(t, "cdn", f.Health[0].Part, "in the order of the parts")
	assert.Equal(t, 2, f.AlarmsWatched)
	require.Len(t, f.Alarms, 1)
	assert.Equal(t, operate.Alarm{Name: "cpu", State: "ALARM", Reason: "over", Since: at.Add(-time.Hour)}, f.Alarms[0])
	assert.Equal(t, []operate.Backup{{Of: "database", At: at.Add(-5 * time.Minute), Kind: "point in time"},
		{Of: "server", At: at.Add(-9 * time.Hour), Kind: "snapshot of the disk"}}, f.Backups)
}

func TestIllPartsAreTold(t *testing.T) {
	for name, tt := range map[string]struct {
		what string
		say  any
		part string
		want operate.State
	}{
		"a machine that is stopped":  {"ec2 DescribeInstanceStatus", `<R><instanceStatusSet><item><instanceState><name>stopped</name></instanceState></item></instanceStatusSet></R>`, "server", operate.Ill},
		"no machine in service":      {"autoscaling DescribeAutoScalingGroups", group("2", "i-a Pending"), "web", operate.Ill},
		"one of two machines":        {"autoscaling DescribeAutoScalingGroups", group("2", "i-a InService"), "web", operate.Busy},
		"a target that is not well":  {"elasticloadbalancing DescribeTargetHealth", `<R><TargetHealthDescriptions><member><TargetHealth><State>unhealthy</State></TargetHealth></member></TargetHealthDescriptions></R>`, "loadbalancer", operate.Ill},
		"a database that is full":    {"rds DescribeDBInstances", `<R><DBInstances><DBInstance><DBInstanceStatus>storage-full</DBInstanceStatus></DBInstance></DBInstances></R>`, "database", operate.Ill},
		"a database that is changed": {"rds DescribeDBInstances", `<R><DBInstances><DBInstance><DBInstanceStatus>modifying</DBInstanceStatus></DBInstance></DBInstances></R>`, "database", operate.Busy},
		"a cache that is changed":    {"elasticache DescribeReplicationGroups", `<R><ReplicationGroups><ReplicationGroup><Status>modifying</Status></ReplicationGroup></ReplicationGroups></R>`, "cache", operate.Busy},
		"jobs that were given up":    {"sqs GetQueueAttributes", `{"Attributes":{"ApproximateNumberOfMessages":"3"}}`, "jobs-dead", operate.Ill},
		"a distribution on its way":  {"cloudfront GET /2020-05-31/distribution/E1", `<Distribution><Status>InProgress</Status></Distribution>`, "cdn", operate.Busy},
	} {
		t.Run(name, func(t *testing.T) {
			c := well()
			c.answers[tt.what] = tt.say
			f, err := driver(t, c).Look(t.Context(), stack())
			require.NoError(t, err)
			assert.Equal(t, tt.want, states(f)[tt.part])
		})
	}
}

// Throttling is waited out; what the caller may not ask is told with the action.
func TestWhatAWSRefuses(t *testing.T) {
	calm, busy := well(), well()
	busy.throttle = 2
	want, err := driver(t, calm).Look(t.Context(), stack())
	require.NoError(t, err)
	got, err := driver(t, busy).Look(t.Context(), stack())
	require.NoError(t, err)
	assert.Equal(t, want, got)

	c := well()
	c.deny = regexp.MustCompile("DescribeAlarms|GetQueueAttributes")
	f, err := driver(t, c).Look(t.Context(), stack())
	require.NoError(t, err)
	assert.Contains(t, strings.Join(f.Unasked, "\n"), "your role needs cloudwatch:DescribeAlarms")
	assert.Contains(t, strings.Join(f.Unasked, "\n"), "your role needs sqs:GetQueueAttributes")
	assert.Equal(t, operate.Well, states(f)["database"], "the rest goes on")

	c = well()
	c.deny = regexp.MustCompile(".")
	_, err = driver(t, c).Look(t.Context(), stack())
	assert.ErrorContains(t, err, "your role needs")
}

func web(t *testing.T) operate.Part {
	t.Helper()
	p, err := stack().Part("web")
	require.NoError(t, err)
	return p
}

func TestMachinesOfAFleet(t *testing.T) {
	c := well()
	c.answers["autoscaling DescribeAutoScalingGroups"] = group("3", "i-b InService", "i-c Terminating", "i-a InService")
	all, err := driver(t, c).Machines(t.Context(), web(t))
	require.NoError(t, err)
	assert.Equal(t, []operate.Machine{{ID: "i-a", Part: "web", Region: ireland, App: "rung-app.service"},
		{ID: "i-b", Part: "web", Region: ireland, App: "rung-app.service"}}, all)
	c.deny = regexp.MustCompile(".")
	_, err = driver(t, c).Machines(t.Context(), web(t))
	assert.ErrorContains(t, err, "autoscaling:DescribeAutoScalingGroups")
}

func TestExecWaitsForTheEndAndHandsItOn(t *testing.T) {
	c := &cloud{answers: map[string]any{
		"ssm SendCommand": `{"Command":{"CommandId":"c-1"}}`,
		"ssm GetCommandInvocation": []string{"!InvocationDoesNotExist", `{"Status":"InProgress"}`,
			`{"Status":"Failed","ResponseCode":3,"StandardOutputContent":"out","StandardErrorContent":"err"}`},
	}}
	var out, errs bytes.Buffer
	code, err := driver(t, c).Exec(t.Context(), operate.Machine{ID: "i-1", Region: ireland, App: "app.service"},
		[]string{"echo", "it's"},
		operate.IO{Out: &out, Err: &errs})
	require.NoError(t, err)
	assert.Equal(t, 3, code)
	assert.Equal(t, "out", out.String())
	assert.Equal(t, "err", errs.String())
	assert.Contains(t, c.said[0], `'app.service' 'echo' 'it'\\''s'`, "no shell reads a word")
}

func TestExecSaysWhatIsMissing(t *testing.T) {
	m := operate.Machine{ID: "i-1", Region: ireland}
	for name, tt := range map[string]struct {
		deny, say, want string
	}{
		"no right to send":     {"SendCommand", "", "your role needs ssm:SendCommand"},
		"no right to read":     {"GetCommandInvocation", "", "your role needs ssm:GetCommandInvocation"},
		"a machine without it": {"^$", "!InvalidInstanceId", "its agent does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &cloud{deny: regexp.MustCompile(tt.deny), answers: map[string]any{"ssm SendCommand": `{"Command":{"CommandId":"c-1"}}`}}
			if tt.say != "" {
				c.answers["ssm SendCommand"] = tt.say
			}
			_, err := driver(t, c).Exec(t.Context(), m, []string{"true"}, operate.IO{})
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

// Whoever stops waiting takes the command back.
func TestACommandIsTakenBack(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := &cloud{answers: map[string]any{"ssm SendCommand": `{"Command":{"CommandId":"c-1"}}`, "ssm CancelCommand": `{}`,
		"ssm GetCommandInvocation": func(string, url.Values) string { cancel(); return `{"Status":"InProgress"}` }}}
	_, err := driver(t, c).Exec(ctx, operate.Machine{ID: "i-1", Region: ireland}, []string{"sleep"}, operate.IO{})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, 1, c.asked["ssm CancelCommand"])
}

// lines reads a log.
func lines(t *testing.T, d *Driver, p operate.Part, q operate.Query, most int) (all []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := d.Logs(ctx, p, q, func(l operate.Line) error {
		all = append(all, l.From+" "+l.Text)
		if len(all) == most {
			cancel()
		}
		return nil
	})
	if !q.Follow {
		require.NoError(t, err)
	}
	return all
}

func TestLogsOfAFleet(t *testing.T) {
	event := func(id, stream, text string, after int64) string {
		return asJSON(event{EventId: id, LogStreamName: stream, Message: text, Timestamp: at.UnixMilli() + after})
	}
	one, two, three := event("1", "i-a", "first\n", 1), event("2", "i-b", "second", 2), event("3", "i-a", "third", 2)
	c := &cloud{answers: map[string]any{"logs FilterLogEvents": []string{`{"events":[` + one + `],"nextToken":"n"}`, `{"events":[` + two + `]}`,
		`{"events":[` + two + `]}`, `{"events":[` + two + `,` + three + `]}`}}}
	d := driver(t, c)
	assert.Equal(t, []string{"i-a first", "i-b second"}, lines(t, d, web(t), operate.Query{Filter: `a "b"`}, 9))
	assert.Contains(t, c.said[0], `"filterPattern":"\"a \\\"b\\\"\""`)
	assert.Contains(t, c.said[1], `"nextToken":"n"`)

	d = driver(t, c)
	assert.Equal(t, []string{"i-a first", "i-b second", "i-a third"}, lines(t, d, web(t), operate.Query{Follow: true}, 3),
		"each once, whatever page it comes on again")
	c.deny = regexp.MustCompile(".")
	assert.ErrorContains(t, driver(t, c).Logs(t.Context(), web(t), operate.Query{}, nil),
		"your role needs logs:FilterLogEvents")
}

func TestJournalOfAServer(t *testing.T) {
	c := &cloud{answers: map[string]any{"ssm SendCommand": `{"Command":{"CommandId":"c-1"}}`,
		"ssm GetCommandInvocation": []string{
			asJSON(outcome{Status: "Success",
				StandardOutputContent: "alf of a line\n1764500000.5 host app[7]: one: two\n-- cursor: s=1\n"}),
			asJSON(outcome{Status: "Success", StandardOutputContent: "1764500001.5 host app[7]: more\n-- cursor: s=2\n"})}}}
	p, err := stack().Part("server")
	require.NoError(t, err)
	assert.Equal(t, []string{"i-1 one: two", "i-1 more"}, lines(t, driver(t, c), p, operate.Query{Follow: true}, 2))
	assert.Contains(t, strings.Join(c.said, "\n"), fmt.Sprintf("'app.service' '%d' 's=1'", at.Add(-time.Hour).Unix()),
		"it goes on from there")
}

func TestRolloutOfAFleet(t *testing.T) {
	for name, tt := range map[string]struct {
		status, start string
		want          operate.RolloutState
		fresh         int
	}{
		"on its way":         {"InProgress", "2026-11-30T12:00:10Z", operate.Rolling, 1},
		"baking":             {"Baking", "2026-11-30T12:00:10Z", operate.Rolling, 1},
		"going back":         {"RollbackInProgress", "2026-11-30T12:00:10Z", operate.Rolling, 1},
		"gone back":          {"RollbackSuccessful", "2026-11-30T12:00:10Z", operate.Back, 1},
		"failed":             {"Failed", "2026-11-30T12:00:10Z", operate.Failed, 1},
		"done":               {"Successful", "2026-11-30T12:00:10Z", operate.Done, 2},
		"failed long ago":    {"Failed", "2026-11-30T10:00:00Z", operate.Done, 2},
		"of an unknown kind": {"Thinking", "2026-11-30T12:00:10Z", operate.Rolling, 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := well()
			c.answers["autoscaling DescribeInstanceRefreshes"] = `<R><InstanceRefreshes><member><Status>` + tt.status + `</Status><StartTime>` + tt.start +
				`</StartTime><InstancesToUpdate>1</InstancesToUpdate><PercentageComplete>50</PercentageComplete><StatusReason>why</StatusReason></member></InstanceRefreshes></R>`
			s := operate.Stack{Parts: []operate.Part{web(t)}}
			r, err := driver(t, c).Rollout(t.Context(), s, at)
			require.NoError(t, err)
			assert.Equal(t, tt.want, r.State)
			assert.Equal(t, tt.fresh, r.Parts[0].Fresh)
			assert.Equal(t, 2, r.Parts[0].Of)
		})
	}
	c := well()
	c.deny = regexp.MustCompile("Refreshes")
	_, err := driver(t, c).Rollout(t.Context(), operate.Stack{Parts: []operate.Part{web(t)}}, at)
	assert.ErrorContains(t, err, "your role needs autoscaling:DescribeInstanceRefreshes")
	assert.True(t, awswire.Denied(err))
}

func TestRolloutOfAServer(t *testing.T) {
	for said, want := range map[string]operate.RolloutState{"current\n": operate.Done, "undone\n": operate.Back,
		"rolling\n": operate.Rolling} {
		c := &cloud{answers: map[string]any{"ssm SendCommand": `{"Command":{"CommandId":"c-1"}}`,
			"ssm GetCommandInvocation": asJSON(outcome{Status: "Success", StandardOutputContent: said})}}
		p, err := stack().Part("server")
		require.NoError(t, err)
		r, err := driver(t, c).Rollout(t.Context(), operate.Stack{Parts: []operate.Part{p}}, at)
		require.NoError(t, err)
		assert.Equal(t, want, r.State, said)
	}
}
