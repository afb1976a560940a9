package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/resource/token"
)

func TestOfflineHandsItsCloudOver(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("AWS_SECRET_ACCESS_KEY", "mine")
	t.Setenv(offline.FaultsEnv, "create * throttle")
	r := offlineIn(t, dir, "--unknown=accept", "--", "sh", "-c",
		`echo "$RUNG_OFFLINE_STATE|$RUNG_OFFLINE_UNKNOWN|$RUNG_OFFLINE_FAULTS|$AWS_SECRET_ACCESS_KEY|"; `+
			`command -v pulumi-resource-aws`)
	require.Equal(t, codeDone, r.code, r.err)
	guest := filepath.Join(dir, ".rung")
	assert.Equal(t, filepath.Join(guest, "cloud.json")+"|accept|create * throttle||\n"+
		filepath.Join(guest, "guest", "plugins", "pulumi-resource-aws")+"\n", r.out)
}

func TestOfflinePassesTheExitCodeOn(t *testing.T) {
	r := offlineIn(t, t.TempDir(), "--", "sh", "-c", "exit 42")
	assert.Equal(t, 42, r.code)
	assert.Empty(t, r.err, "the command has said itself what was wrong")
}

// A subscription whose queue does not let the topic in is taken, as by AWS, and said at the
// end.
func TestOfflineTellsWhatIsDropped(t *testing.T) {
	dir := t.TempDir()
	queue := "arn:aws:sqs:us-east-1:123456789012:jobs"
	entry := func(typ, id string, properties string) string {
		return fmt.Sprintf(`"aws 123456789012 us-east-1 %[1]s %[2]s": {"provider": "aws", "account": "123456789012", `+
			`"region": "us-east-1", "type": %[1]q, "id": %[2]q, "name": "ear", "urn": "urn:pulumi:dev::p::%[1]s::ear", `+
			`"properties": %[3]s}`, typ, id, properties)
	}
	cloud := `{"version": 1, "account": "123456789012", "quotas": {}, "incarnations": {}, "resources": {` +
		entry(token.SQSQueue, "https://jobs", `{"arn": "`+queue+`"}`) + "," +
		entry(token.SNSTopicSubscription, "arn:s", `{"topic": "arn:t", "protocol": "sqs", "endpoint": "`+queue+`"}`) + `}}`
	require.NoError(t, os.MkdirAll(filepath.Join(dir, ".rung"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".rung", "cloud.json"), []byte(cloud), 0o600))
	r := offlineIn(t, dir, "--", "true")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Contains(t, r.err, "AWS takes ear and drops what it sends (AccessDenied: sns.amazonaws.com is not authorized")
}

func TestOfflineRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"no command":           {nil, "want -- and the command to run"},
		"no dashes":            {[]string{"pulumi", "up"}, "want -- and the command to run"},
		"an unknown unknown":   {[]string{"--unknown=acept", "--", "true"}, "want refuse or accept; did you mean accept?"},
		"no such command":      {[]string{"--", "no-such-command"}, "no-such-command"},
		"no provider allowed":  {[]string{"--allow", "no-such-provider", "--", "true"}, "not installed"},
		"no directory for it":  {[]string{"--dir", "/no/such/place", "--", "true"}, "--dir"},
		"flags of the command": {[]string{"--yes", "--", "true"}, "unknown flag: --yes"},
	} {
		t.Run(name, func(t *testing.T) {
			r := offlineIn(t, t.TempDir(), tt.args...)
			assert.Equal(t, codeUsage, r.code)
			assert.Contains(t, r.err, tt.says)
		})
	}
}

func TestOfflineListsTypes(t *testing.T) {
	r := rung(t, t.TempDir(), "offline", "types", "RDS", "--format", "json")
	require.Equal(t, codeDone, r.code, r.err)
	var got struct{ Resources, Functions []string }
	require.NoError(t, json.Unmarshal([]byte(r.out), &got))
	assert.Contains(t, got.Resources, token.RDSInstance)
	assert.NotContains(t, got.Resources, token.EC2Vpc)
	r = rung(t, t.TempDir(), "offline", "types")
	assert.Contains(t, r.out, "cloudflare:index/record:Record\n")
	assert.Contains(t, r.out, "are simulated.")
}

// offlineIn runs `rung offline` where the user stands in a directory.
func offlineIn(t *testing.T, dir string, args ...string) result {
	t.Helper()
	t.Chdir(dir)
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errs}
	code := a.run(t.Context(), append([]string{"offline"}, args...))
	return result{code, out.String(), errs.String()}
}
