package main

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/access"
	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
	onaws "github.com/rung-dev/rung/operate/aws"
	"github.com/rung-dev/rung/operate/releases"
	"github.com/rung-dev/rung/stacks"
	vault "github.com/rung-dev/rung/stacks/secrets"
)

// rights are the policies of the stack's commands, as `rung access` prints them.
func (s shop) rights(stage string) map[string][]access.Document {
	s.t.Helper()
	r := s.rung("access", stage, "--account", theAccount, "--format", "json")
	require.Equal(s.t, codeDone, r.code, r.err)
	var v struct{ Days []access.Command }
	require.NoError(s.t, json.Unmarshal([]byte(r.out), &v))
	all := map[string][]access.Document{}
	for _, c := range v.Days {
		all[c.Name] = c.Policies
	}
	return all
}

// stands is what the stack's state says.
func (s shop) stands() (stack operate.Stack) {
	s.t.Helper()
	a := &app{program: stacks.Program, resolve: noBuild, static: noFiles, unwatched: true, asks: s.driver(),
		in: strings.NewReader(""), out: os.Stderr, err: os.Stderr}
	a.flags.dir, a.flags.stack, a.flags.cloud = s.dir, "dev", "offline"
	require.NoError(s.t, a.onDay(s.t.Context(), "test", false, appAsItStands, func(d *day) error {
		stack = d.stands
		return nil
	}))
	return stack
}

// answersOf is AWS's table for a stack: everything is well.
func answersOf(stack operate.Stack) map[string]string {
	var address, refreshes string
	for _, store := range stack.Stores {
		if store.Port == 5432 && store.Secret != "" {
			address = store.Host
		}
	}
	now := time.Now().UTC().Format(time.RFC3339)
	database := `<R><DBInstances><DBInstance><DBInstanceIdentifier>ASKED</DBInstanceIdentifier><DBInstanceStatus>available` +
		`</DBInstanceStatus><LatestRestorableTime>` + now + `</LatestRestorableTime><Endpoint><Address>` + address +
		`</Address><Port>5432</Port></Endpoint></DBInstance></DBInstances></R>`
	refreshes = `<R><InstanceRefreshes><member><Status>Successful</Status><StartTime>` + now +
		`</StartTime></member></InstanceRefreshes></R>`
	return map[string]string{
		"ec2:DescribeInstanceStatus": `<R><instanceStatusSet><item><instanceState><name>running</name></instanceState></item></instanceStatusSet></R>`,
		"ec2:DescribeSnapshots":      `<R/>`, "elasticloadbalancing:DescribeTargetHealth": `<R/>`,
		"autoscaling:DescribeAutoScalingGroups": `<R><AutoScalingGroups><member><DesiredCapacity>1</DesiredCapacity><Instances><member>` +
			`<InstanceId>i-0a</InstanceId><LifecycleState>InService</LifecycleState><HealthStatus>Healthy</HealthStatus></member></Instances></member></AutoScalingGroups></R>`,
		"autoscaling:DescribeInstanceRefreshes": refreshes, "autoscaling:StartInstanceRefresh": `<R/>`,
		"elasticache:DescribeReplicationGroups": `<R/>`, "cloudfront:GetDistribution": `<Distribution><Status>Deployed</Status></Distribution>`,
		"rds:DescribeDBInstances": database, "cloudwatch:DescribeAlarms": `<R/>`, "cloudwatch:GetMetricStatistics": `<R/>`,
		"rds:DescribeDBInstanceAutomatedBackups": `<R><DBInstanceAutomatedBackups><DBInstanceAutomatedBackup><RestoreWindow><EarliestTime>` +
			`2026-01-01T00:00:00Z</EarliestTime></RestoreWindow></DBInstanceAutomatedBackup></DBInstanceAutomatedBackups></R>`,
		"rds:RestoreDBInstanceToPointInTime": `<R/>`,
		"sqs:GetQueueAttributes":             `{"Attributes":{}}`, "logs:FilterLogEvents": `{"events":[]}`,
		"ssm:SendCommand":               `{"Command":{"CommandId":"c-1"}}`,
		"ssm:GetCommandInvocation":      `{"Status":"Success","StandardOutputContent":"current\n"}`,
		"ssm:StartSession":              `{"SessionId":"me-1","StreamUrl":"ws://127.0.0.1:1/x","TokenValue":"t"}`,
		"ssm:TerminateSession":          `{}`,
		"secretsmanager:GetSecretValue": `{"SecretString":"{\"username\":\"app\",\"password\":\"p\",\"dbname\":\"app\"}"}`,
	}
}

// lines are what is typed for each command on a stack; their calls are judged by that
// command's policies alone.
func lines(part string) map[string][][]string {
	return map[string][][]string{
		"status": {{"status", "--quick"}}, "advise": {{"advise", "--cloudwatch"}}, "logs": {{"logs", part}},
		"exec": {{"exec", part, "--", "true"}}, "shell": {{"shell", part}}, "tunnel": {{"tunnel", "database"}},
		"db": {{"db"}}, "secret": {{"secret", "rotate", "KEY"}}, "restore": {{"restore", "--at", "latest"}},
		"deploy": {{"deploy"}}, "back": {{"back"}},
	}
}

// Each command, run for real against AWS in this process, makes no call that the policy
// which `rung access` prints for it does not allow; and what the policies allow beyond that
// is asked by some command, or is the engine's.
func TestCommandsAskWhatTheirPoliciesAllow(t *testing.T) {
	inFolder(t, "directory: .\ncommands: {web: node server.js, worker: node work.js}\nsecrets: {KEY: }\n"+
		"needs: [database, cache, queue]\n")
	t.Chdir("shop")
	allowed, made := map[string]bool{}, map[string]bool{}
	for stage, part := range map[string]string{"1": "server", "3": "web"} {
		s := shop{t: t, dir: t.TempDir(), machines: &machines{}}
		s.write("one" + stage)
		require.Equal(t, codeDone, s.rung("up", stage).code)
		require.Equal(t, codeDone, s.saying("v\n", "secret", "set", "KEY").code)
		s.withPsql()
		rights, g := s.rights(stage), &guarded{stack: "dev", answers: answersOf(s.stands())}
		at := g.serve(t)
		s.asks = &onaws.Driver{Pause: time.Millisecond, Client: &awswire.Client{Patience: 0.001, Config: sdk.Config{
			BaseEndpoint: &at, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")}}}
		for command, typed := range lines(part) {
			g.policies = rights[command]
			s.write(command + stage) // a version of its own, which deploy ships
			for _, line := range typed {
				r := s.rung(line...)
				assert.NotContains(t, r.err, "AccessDenied", "stage %s: %v", stage, line)
				assert.Empty(t, g.refused, "stage %s: %v", stage, line)
				g.refused = nil
			}
		}
		s.keeps(g, rights, at)
		maps.Copy(made, g.made)
		for _, documents := range rights {
			days(documents, allowed)
		}
	}
	for _, action := range slices.Sorted(maps.Keys(allowed)) {
		assert.True(t, made[action], "%s is allowed, and nobody asks for it", action)
	}
}

// keeps reads and writes the journal of releases and the secrets, which lie on AWS there and
// in files here.
func (s shop) keeps(g *guarded, rights map[string][]access.Document, at string) {
	t := s.t
	t.Helper()
	client := s.asks.(*onaws.Driver).Client //nolint:errcheck // given above
	bucket := releases.Bucket{Client: client, Name: "artifacts-bucket-0123456", Region: home, Stack: "dev",
		Cache: t.TempDir()}
	g.policies = rights["deploy"]
	g.answers["s3:GetObject"], g.answers["s3:PutObject"] = `{"version":1,"releases":[]}`, ""
	_, err := bucket.Read(t.Context())
	require.NoError(t, err)
	require.NoError(t, bucket.Write(t.Context(), releases.Journal{}))
	_, err = bucket.Fetch(t.Context(), strings.Repeat("a", 64))
	require.Error(t, err, "it is another program")

	for name, value := range map[string]string{"AWS_ENDPOINT_URL": at, "AWS_ACCESS_KEY_ID": "AKID",
		"AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	g.policies = rights["secret"]
	manager, err := vault.Open(t.Context(), []string{home, "eu-west-1"}, "dev")
	require.NoError(t, err)
	g.answers["secretsmanager:CreateSecret"] = `{}`
	require.NoError(t, manager.Set(t.Context(), "rung/dev/KEY", "v"), "a new one")
	for _, action := range []string{"PutSecretValue", "ReplicateSecretToRegions", "UpdateSecretVersionStage"} {
		g.answers["secretsmanager:"+action] = `{}`
	}
	g.answers["secretsmanager:DescribeSecret"] = `{"VersionIdsToStages":{"a":["AWSCURRENT"],"b":["AWSPREVIOUS"]}}`
	g.answers["secretsmanager:ListSecrets"] = `{"SecretList":[]}`
	require.NoError(t, manager.Set(t.Context(), "rung/dev/KEY", "v"))
	require.NoError(t, manager.Back(t.Context(), "rung/dev/KEY"))
	_, err = manager.List(t.Context(), "rung/dev/")
	require.NoError(t, err)
	assert.Empty(t, g.refused)
	g.refused = nil
	require.Error(t, manager.Set(t.Context(), "rung/other/KEY", "v"), "another stack's")
	assert.NotEmpty(t, g.refused, "the judge refuses what no statement allows")
	g.refused = nil
}

// unasked are actions that no command is seen to make here: the engine's, a command's that
// is taken back, tags on what is made, and a listing by which S3 tells what is missing from
// what is forbidden. Those of handover and failover have tests of their own.
var unasked = []string{"ssm:CancelCommand", "secretsmanager:TagResource", "rds:AddTagsToResource", "s3:ListBucket"}

// days are the actions that a command's own statements allow.
func days(documents []access.Document, into map[string]bool) {
	for _, d := range documents {
		for _, s := range d.Policy.Statement {
			engine := !strings.HasPrefix(s.Sid, "Day") || strings.Contains(d.Name, "-handover-") ||
				s.Condition["StringEquals"]["aws:RequestedRegion"] != nil
			for _, action := range s.Action {
				ours := !slices.Contains(unasked, action) && !asOfRelease(action)
				if !engine && ours {
					into[action] = true
				}
			}
		}
	}
}

// asOfRelease reports whether the engine asks for it when a release changes something.
func asOfRelease(action string) bool {
	return slices.Contains([]string{"autoscaling:UpdateAutoScalingGroup", "autoscaling:CreateOrUpdateTags",
		"autoscaling:CancelInstanceRefresh", "autoscaling:RollbackInstanceRefresh", "ssm:PutParameter"}, action)
}
