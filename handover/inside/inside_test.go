package inside_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/access"
	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/inside"
	"github.com/rung-dev/rung/handover/inside/api"
	"github.com/rung-dev/rung/handover/inside/insidetest"
	"github.com/rung-dev/rung/handover/postgres"
	"github.com/rung-dev/rung/resource/token"
)

const password = "geheim"

// driver drives a move in a cloud of the test's.
func driver(t *testing.T, c *insidetest.Cloud) *inside.Driver {
	t.Helper()
	c.Start(t)
	mover := filepath.Join(t.TempDir(), "mover")
	require.NoError(t, os.WriteFile(mover, []byte("the mover"), 0o755))
	t.Cleanup(func() { assert.Empty(t, c.Wrong(), "AWS does not understand these") })
	return &inside.Driver{Cloud: c.Client(insidetest.Caller), Every: time.Millisecond,
		Dir: filepath.Join(t.TempDir(), "d"),
		Place: inside.Place{Region: insidetest.Region, Instance: insidetest.Instance, Bucket: insidetest.Bucket,
			Mover: mover},
		Spec: hosts.Spec{Name: "shop", From: "postgres://app:" + password + "@10.0.0.1/shop",
			To: "postgres://app:" + password + "@db.internal/shop"}}
}

// replies lets the instance answer, with a journal, as the mover does.
func replies(t *testing.T, c *insidetest.Cloud, a inside.Answer) {
	c.Run = func(script string) api.Outcome {
		var task inside.Task
		if c.Secret() == "" { // the driver has gone
			return api.Outcome{Status: "Failed", Details: "Failed"}
		}
		assert.NoError(t, json.Unmarshal([]byte(c.Secret()), &task))
		c.Put(inside.JournalKey("shop"), []byte(`{"command":"start","step":"checks","event":"did","text":"nothing"}`+"\n"))
		text, err := json.Marshal(a)
		assert.NoError(t, err)
		c.Put(inside.AnswerKey("shop", task.ID), text)
		assert.NotContains(t, script, password)
		if a.Error != "" {
			return api.Outcome{Status: "Failed", Details: "Failed"}
		}
		return api.Outcome{Status: "Success", Details: "Success"}
	}
}

// A command is run with permissions that are there for its time only; what its journal
// says is passed on, and nothing of it stays in AWS but the mover and the journal.
func TestACommandRunsInside(t *testing.T) {
	c := &insidetest.Cloud{}
	d := driver(t, c)
	replies(t, c, inside.Answer{Paused: 300 * time.Millisecond, Status: &hosts.Status{Phase: hosts.Following}})
	granted := ""
	run := c.Run
	c.Run = func(script string) api.Outcome {
		for _, document := range c.Policies() {
			granted = document
		}
		return run(script)
	}
	var told []handover.Entry
	d.Tell = func(e handover.Entry) { told = append(told, e) }
	took, err := d.Do(t.Context(), hosts.Order{Command: hosts.CommandStart})
	require.NoError(t, err)
	assert.Equal(t, 300*time.Millisecond, took)
	s, err := d.Status(t.Context())
	require.NoError(t, err)
	assert.Equal(t, hosts.Following, s.Phase)
	require.Len(t, told, 1)
	assert.Equal(t, "checks", told[0].Step)

	policies, secrets := c.Left()
	assert.Empty(t, policies)
	assert.Empty(t, secrets)
	assert.Contains(t, granted, "DateLessThan")
	assert.NotContains(t, granted, `"Resource":"*"`)
	kept, err := handover.ReadJournal(d.Dir)
	require.NoError(t, err)
	assert.Len(t, kept, 1, "the journal is here as well")
}

// The errors that come back keep their kind, and with it the exit code.
func TestErrorsOfTheOtherEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		err error
		is  func(error) bool
	}{
		"blocked": {hosts.ErrBlocked{Findings: []postgres.Finding{{Name: "keys", Weight: postgres.Stops, Found: "no key"}}},
			func(err error) bool {
				var e hosts.ErrBlocked
				return assert.ErrorAs(t, err, &e) && assert.ErrorContains(t, err, "no key")
			}},
		"too early": {hosts.ErrOrder{Command: "switch", Phase: hosts.Copying, Fits: []string{"start"}}, func(err error) bool {
			var e hosts.ErrOrder
			return assert.ErrorAs(t, err, &e) && assert.Equal(t, hosts.Copying, e.Phase)
		}},
		"failed": {assert.AnError, func(err error) bool { return assert.ErrorContains(t, err, assert.AnError.Error()) }},
	} {
		t.Run(name, func(t *testing.T) {
			c := &insidetest.Cloud{}
			d := driver(t, c)
			var a inside.Answer
			a.Failed(tt.err)
			replies(t, c, a)
			_, err := d.Do(t.Context(), hosts.Order{Command: hosts.CommandSwitch})
			tt.is(err)
			policies, secrets := c.Left()
			assert.Empty(t, append(policies, secrets...))
		})
	}
}

// What goes wrong is named with what to do, and leaves no permission behind.
func TestWhatGoesWrong(t *testing.T) {
	quiet := func(status, details, text string) func(string) api.Outcome {
		return func(string) api.Outcome { return api.Outcome{Status: status, Details: details, Errors: text} }
	}
	for name, tt := range map[string]struct {
		cloud *insidetest.Cloud
		wrong func(*inside.Driver)
		want  []string
	}{
		"not managed": {cloud: &insidetest.Cloud{Ping: "none"},
			want: []string{"SSM does not reach", "AmazonSSMManagedInstanceCore"}},
		"agent silent": {cloud: &insidetest.Cloud{Ping: "ConnectionLost"}, want: []string{"ConnectionLost"}},
		"no such instance": {cloud: &insidetest.Cloud{},
			wrong: func(d *inside.Driver) { d.Place.Instance = "i-0fffffffffffffff0" },
			want:  []string{"InvalidInstanceID.NotFound"}},
		"throttled for good": {cloud: &insidetest.Cloud{Throttle: 100}, want: []string{"ThrottlingException", "in a minute"}},
		"delivery timed out": {cloud: &insidetest.Cloud{Run: quiet("TimedOut", "DeliveryTimedOut", "")},
			want: []string{"did not take it up, and nothing was changed", "run `rung handover switch` again"}},
		"execution timed out": {cloud: &insidetest.Cloud{Run: quiet("TimedOut", "ExecutionTimedOut", "")},
			want: []string{"longer than 1h0m0s", "run `rung handover switch` again"}},
		"cancelled": {cloud: &insidetest.Cloud{Run: quiet("Cancelled", "Cancelled", "")},
			want: []string{"somebody has cancelled"}},
		"another program": {cloud: &insidetest.Cloud{Run: quiet("Failed", "Failed", "its hash is another: not run")},
			want: []string{"left no answer", "its hash is another: not run"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := driver(t, tt.cloud)
			if tt.wrong != nil {
				tt.wrong(d)
			}
			_, err := d.Do(t.Context(), hosts.Order{Command: hosts.CommandSwitch})
			for _, part := range tt.want {
				require.ErrorContains(t, err, part)
			}
			assert.NotContains(t, err.Error(), password)
			policies, secrets := tt.cloud.Left()
			assert.Empty(t, append(policies, secrets...))
		})
	}
}

// actions are all that the caller needs, and docs/handover.md names each.
var actions = []string{"ssm:DescribeInstanceInformation", "ec2:DescribeInstances", "iam:GetInstanceProfile",
	"iam:PutRolePolicy", "s3:GetObject", "s3:PutObject", "ssm:PutParameter", "ssm:SendCommand",
	"ssm:GetCommandInvocation", "ssm:DeleteParameter", "iam:DeleteRolePolicy", "iam:ListRolePolicies"}

// Whoever lacks a permission is told which.
func TestAMissingPermissionIsNamed(t *testing.T) {
	document, err := os.ReadFile("../../docs/handover.md")
	require.NoError(t, err)
	for _, action := range actions {
		t.Run(action, func(t *testing.T) {
			c := &insidetest.Cloud{Denied: []string{action}}
			d := driver(t, c)
			replies(t, c, inside.Answer{Status: &hosts.Status{}})
			_, err := d.Do(t.Context(), hosts.Order{Command: hosts.CommandFinish})
			require.ErrorContains(t, err, "allow the action "+action)
			assert.Contains(t, string(document), "`"+action+"`")
		})
	}
}

// AWS that is busy for a while is asked again, and a command is sent once all the same.
func TestThrottlingForAWhile(t *testing.T) {
	c := &insidetest.Cloud{Throttle: 3}
	d := driver(t, c)
	replies(t, c, inside.Answer{Status: &hosts.Status{}})
	_, err := d.Do(t.Context(), hosts.Order{Command: hosts.CommandSwitch})
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(strings.Join(c.Asked(), "\n"), "ssm:SendCommand"))
}

// The end of a move takes along what killed drivers have left, and nobody else's.
func TestTheEndOfAMoveLeavesNoPermission(t *testing.T) {
	c := &insidetest.Cloud{}
	d := driver(t, c)
	replies(t, c, inside.Answer{Status: &hosts.Status{}})
	for _, name := range []string{"rung-handover-shop-abc", "rung-handover-shop_two-abc", "backup-write"} {
		c.Grant(name, "{}")
	}
	_, err := d.Do(t.Context(), hosts.Order{Command: hosts.CommandFinish})
	require.NoError(t, err)
	policies, _ := c.Left()
	assert.Equal(t, []string{"backup-write", "rung-handover-shop_two-abc"}, policies)
}

// Whoever interrupts the driver leaves the command with what it needs.
func TestAnInterruptedDriver(t *testing.T) {
	c := &insidetest.Cloud{}
	d := driver(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan bool)
	c.Run = func(string) api.Outcome { cancel(); <-release; return api.Outcome{Status: "Success"} }
	_, err := d.Do(ctx, hosts.Order{Command: hosts.CommandStart})
	close(release)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "it goes on on "+insidetest.Instance)
	policies, _ := c.Left()
	assert.Len(t, policies, 1)
}

// A dry run tells each call that a run makes, asks nobody, and tells no password.
func TestADryRunTellsEveryCall(t *testing.T) {
	c := &insidetest.Cloud{}
	d := driver(t, c)
	replies(t, c, inside.Answer{Status: &hosts.Status{}})
	_, err := d.Do(t.Context(), hosts.Order{Command: hosts.CommandFinish})
	require.NoError(t, err)
	made := map[string]bool{}
	for _, one := range c.Asked() {
		made[strings.TrimPrefix(one, insidetest.Caller+" ")] = true
	}
	before := len(c.Asked())

	told, text := map[string]bool{}, ""
	d.Cloud = &api.Client{Region: insidetest.Region, Dry: func(call api.Call) {
		told[call.Action] = true
		text += call.Action + " " + call.On + " " + call.With + "\n"
	}}
	_, err = d.Do(t.Context(), hosts.Order{Command: hosts.CommandFinish})
	require.NoError(t, err)
	assert.Equal(t, made, told)
	assert.Len(t, c.Asked(), before)
	assert.NotContains(t, text, password)
	assert.Contains(t, text, "sha256sum")
	for _, action := range actions {
		assert.Contains(t, told, action)
	}
}

// What the driver asks is in the policy that `rung access` prints for a handover.
func TestTheDriverAsksWhatItsPolicyAllows(t *testing.T) {
	rights, err := access.For(access.Need{Stack: "dev", Regions: []string{insidetest.Region},
		Things: []access.Thing{{Type: token.EC2Instance}, {Type: token.IAMRole, Name: "role"},
			{Type: token.S3BucketV2, Name: "artifacts"}}})
	require.NoError(t, err)
	allowed := map[string]bool{}
	for _, c := range rights.Only([]string{"handover"}).Days {
		for _, d := range c.Policies {
			for _, s := range d.Policy.Statement {
				for _, action := range s.Action {
					allowed[action] = true
				}
			}
		}
	}
	require.NotEmpty(t, allowed)
	c := &insidetest.Cloud{}
	replies(t, c, inside.Answer{Status: &hosts.Status{}})
	_, err = driver(t, c).Do(t.Context(), hosts.Order{Command: hosts.CommandFinish})
	require.NoError(t, err)
	for _, one := range c.Asked() {
		if action, ours := strings.CutPrefix(one, insidetest.Caller+" "); ours {
			assert.True(t, allowed[action], "a handover asks %s, which its policy does not allow", action)
		}
	}
}

func TestThePlaceIsChecked(t *testing.T) {
	err := inside.Place{Instance: "server", Region: "Frankfurt", Bucket: "B", Mover: "/nowhere", As: "a b"}.Check()
	for _, flag := range []string{"--inside:", "--inside-region", "--inside-bucket", "--inside-as", "--mover"} {
		assert.ErrorContains(t, err, flag)
	}
}

// The place lies beside the move, and goes when the move is to run here.
func TestThePlaceIsKept(t *testing.T) {
	dir := t.TempDir()
	_, err := inside.ReadPlace(dir)
	require.ErrorIs(t, err, os.ErrNotExist)
	p := inside.Place{Region: "eu-west-1", Instance: "i-01234567", Bucket: "b-1", Mover: "/m", As: "postgres"}
	require.NoError(t, p.Save(dir))
	got, err := inside.ReadPlace(dir)
	require.NoError(t, err)
	assert.Equal(t, p, got)
	require.NoError(t, inside.Leave(dir))
	require.NoError(t, inside.Leave(dir))
	_, err = inside.ReadPlace(dir)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// The permissions are those of one run: its own order, its own move's objects.
func TestTheGrantIsNarrow(t *testing.T) {
	c := &insidetest.Cloud{}
	d := driver(t, c)
	var document string
	c.Run = func(string) api.Outcome {
		for _, text := range c.Policies() {
			document = text
		}
		return api.Outcome{Status: "Failed", Details: "Failed"}
	}
	_, err := d.Do(t.Context(), hosts.Order{Command: hosts.CommandSwitch})
	require.Error(t, err)
	for _, resource := range regexp.MustCompile(`"Resource":"([^"]*)"`).FindAllStringSubmatch(document, -1) {
		assert.Regexp(t, `^arn:aws:(s3:::artifacts(/rung-handover/(mover/[0-9a-f]{64}|shop/\*))?|`+
			`ssm:eu-central-1:\*:parameter/rung/handover/shop/[0-9a-z]{12})$`, resource[1])
	}
	assert.Less(t, len(document), 2000, "a role has room for 10,240 characters")
}
