package aws

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/operate"
)

// A fleet's machines are replaced, all of them, under the alarms of the last release.
func TestRestartReplacesAFleet(t *testing.T) {
	var form url.Values
	c := &cloud{answers: map[string]any{
		"autoscaling DescribeInstanceRefreshes": `<R><InstanceRefreshes><member><Preferences><AlarmSpecification><Alarms>
			<member>errors</member><member>slow</member></Alarms></AlarmSpecification></Preferences></member></InstanceRefreshes></R>`,
		"autoscaling StartInstanceRefresh": func(_ string, asked url.Values) string { form = asked; return "<R/>" },
	}}
	require.NoError(t, driver(t, c).Restart(t.Context(), web(t)))
	for key, want := range map[string]string{"AutoScalingGroupName": "web-group", "Preferences.SkipMatching": "false",
		"Preferences.MinHealthyPercentage": "100", "Preferences.AlarmSpecification.Alarms.member.1": "errors",
		"Preferences.AlarmSpecification.Alarms.member.2": "slow"} {
		assert.Equal(t, want, form.Get(key), key)
	}
	c.answers["autoscaling DescribeInstanceRefreshes"] = `<R/>`
	require.NoError(t, driver(t, c).Restart(t.Context(), web(t)), "the first of its life")
	assert.False(t, form.Has("Preferences.AlarmSpecification.Alarms.member.1"))

	c.answers["autoscaling StartInstanceRefresh"] = "!InstanceRefreshInProgress"
	require.ErrorContains(t, driver(t, c).Restart(t.Context(), web(t)), "a release or another change of them goes on")
	for _, action := range []string{"StartInstanceRefresh", "DescribeInstanceRefreshes"} {
		c.deny = regexp.MustCompile(action)
		require.ErrorContains(t, driver(t, c).Restart(t.Context(), web(t)), "your role needs autoscaling:"+action)
	}
}

func TestRestartOfTheServer(t *testing.T) {
	p, err := stack().Part("server")
	require.NoError(t, err)
	said := func(o outcome) *cloud {
		return &cloud{answers: map[string]any{"ssm SendCommand": `{"Command":{"CommandId":"c-1"}}`, "ssm GetCommandInvocation": asJSON(o)}}
	}
	c := said(outcome{Status: "Success"})
	require.NoError(t, driver(t, c).Restart(t.Context(), p))
	assert.Contains(t, c.said[0], "'app.service'")
	err = driver(t, said(outcome{Status: "Failed", ResponseCode: 1,
		StandardErrorContent: "it does not answer\n"})).Restart(t.Context(), p)
	require.ErrorContains(t, err, "start the app on i-1 anew: it does not answer")
}

func TestRestartScript(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "etc", "rung"), 0o755))
	env := "RUNG_HEALTH=/health\nRUNG_PORT=8080\nRUNG_BOOT_SECONDS=3\n"
	require.NoError(t, os.WriteFile(filepath.Join(root, "etc", "rung", "server.env"), []byte(env), 0o600))
	log := filepath.Join(root, "log")
	systemctl := "echo \"$@\" >>" + log + "\n"
	dir := world(t, map[string]string{"systemctl": systemctl, "sleep": "",
		"curl": "[ -e " + root + "/up ] || { touch " + root + "/up; exit 7; }\n"})
	out, code := bash(t, dir, restartScript, []string{"RUNG_ROOT=" + root}, "app.service")
	assert.Equal(t, 0, code, out)
	text, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Equal(t, "restart app.service\n", string(text))

	dir = world(t, map[string]string{"systemctl": "", "sleep": "", "curl": "exit 7\n"})
	out, code = bash(t, dir, restartScript, []string{"RUNG_ROOT=" + root}, "app.service")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "it does not answer within 3 s")
}

// What must not happen twice is not sent again where nobody knows whether it happened.
func TestWhatChangesIsSentOnce(t *testing.T) {
	for action, do := range map[string]func(*Driver) error{
		"ssm SendCommand": func(d *Driver) error {
			_, err := d.Exec(t.Context(), operate.Machine{ID: "i-1", Region: ireland}, []string{"true"}, operate.IO{})
			return err
		},
		"autoscaling StartInstanceRefresh": func(d *Driver) error { return d.Restart(t.Context(), web(t)) },
		"rds RestoreDBInstanceToPointInTime": func(d *Driver) error {
			_, err := d.Restore(t.Context(), stack(), operate.Restoring{Of: primary, Name: "new"}, func(string) {})
			return err
		},
	} {
		c := backed("available")
		c.answers["autoscaling DescribeInstanceRefreshes"] = "<R/>"
		c.broken = action
		require.Error(t, do(driver(t, c)), action)
		assert.Equal(t, 1, c.asked[action], action)
	}
}

// Credentials that have run out are no missing right.
func TestStaleCredentialsAreTold(t *testing.T) {
	for _, code := range []string{
		"ExpiredToken", "ExpiredTokenException", "RequestExpired", "UnrecognizedClientException",
	} {
		c := &cloud{answers: map[string]any{"autoscaling DescribeInstanceRefreshes": "!" + code}}
		err := driver(t, c).Restart(t.Context(), web(t))
		require.ErrorContains(t, err, "sign in again, or set AWS_PROFILE", code)
		assert.NotContains(t, err.Error(), "your role needs")
	}
}
