package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/stacks/config"
)

func TestBadInputIsRefusedBeforeAnythingIsMade(t *testing.T) {
	tests := map[string]struct {
		args []string
		want []string // parts of the message
	}{
		"stage 0":           {[]string{"preview", "0"}, []string{`rung:stage: got "0", want a whole number from 1 to 6`}},
		"stage 7":           {[]string{"up", "7"}, []string{`rung:stage: got "7"`}},
		"stage in words":    {[]string{"preview", "three"}, []string{`rung:stage: got "three"`}},
		"no stage":          {[]string{"preview"}, []string{"STAGE"}},
		"two stages":        {[]string{"up", "1", "2"}, []string{"STAGE"}},
		"an unknown key":    {[]string{"up", "3", "--set", "databse.replicas=2"}, []string{"databse.replicas", "did you mean rung:database.replicas?"}},
		"too many zones":    {[]string{"preview", "3", "--set", "zones=4", "--set", "regions=eu-west-1"}, []string{`rung:zones: got "4"`, "1 to 3"}},
		"spot over 100":     {[]string{"preview", "3", "--set", "web.spotShare=120"}, []string{`rung:web.spotShare: got "120"`, "0 to 100"}},
		"readers alone":     {[]string{"preview", "3", "--set", "database.backupDays=0"}, []string{"rung:database.replicas", "backups"}},
		"no domain":         {[]string{"preview", "2", "--set", "domain=https://x/"}, []string{`rung:domain: got "https://x/"`}},
		"no zone":           {[]string{"preview", "2", "--set", "cdn=cloudflare", "--set", "domain=example.com"}, []string{"rung:cloudflareZone: required"}},
		"all at once":       {[]string{"preview", "9", "--set", "nat=lots", "--set", "colour=red"}, []string{"rung:stage", "rung:nat", "rung:colour"}},
		"a contradiction":   {[]string{"preview", "3", "--set", "rung:stage=2"}, []string{"stage=2 contradicts the STAGE 3"}},
		"no value":          {[]string{"preview", "3", "--set", "domain"}, []string{`--set: got "domain", want KEY=VALUE`}},
		"a wrong command":   {[]string{"prevew", "3"}, []string{`unknown command "prevew"`, "preview"}},
		"a wrong flag":      {[]string{"preview", "3", "--formt", "json"}, []string{"--formt", "did you mean --format?"}},
		"a wrong format":    {[]string{"preview", "3", "--format", "jsn"}, []string{`--format: got "jsn"`, "did you mean json?"}},
		"an output nowhere": {[]string{"preview", "3", "--output", "/nowhere/report.html"}, []string{`--output: got "/nowhere/report.html"`, "directory that exists"}},
		"a wrong cloud":     {[]string{"preview", "3", "--cloud", "azure"}, []string{`--cloud: got "azure", want offline, lab or aws`}},
		"a wrong name":      {[]string{"preview", "3", "--stack", "a/b"}, []string{`stack name "a/b"`}},
		"an app not there":  {[]string{"up", "1", "--set", "artifact=/nowhere/app"}, []string{`rung:artifact "/nowhere/app"`, "Linux on arm64"}},
		"stages of a diff":  {[]string{"diff", "0", "3"}, []string{`rung:stage: got "0"`}},
		"a diff on AWS":     {[]string{"diff", "1", "2", "--cloud", "aws"}, []string{"offline cloud only"}},
		"cost of nothing":   {[]string{"cost"}, []string{"STAGE", "--file"}},
		"cost of both":      {[]string{"cost", "3", "--file", "x"}, []string{"not both"}},
		"cost of no file":   {[]string{"cost", "--file", "/nowhere/x.json"}, []string{"/nowhere/x.json"}},
		"cost of no stack":  {[]string{"cost", "--file", "app_test.go"}, []string{"app_test.go", "pulumi stack export"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			got := rung(t, dir, tt.args...)
			assert.Equal(t, codeUsage, got.code)
			for _, part := range tt.want {
				assert.Contains(t, got.err, part)
			}
			empty(t, dir)
		})
	}
}

// A name that cannot work is refused by every command, before anything is made.
func TestStackNamesThatCannotWork(t *testing.T) {
	for _, name := range []string{"", ".", "..", "dev.eu", "-x", "-", "a/b", "../dev", "org/rung/dev", "a b", "dév", "a\n",
		strings.Repeat("a", 101)} {
		for _, command := range [][]string{{"up", "1"}, {"preview", "3"}, {"cost", "1"}, {"destroy"}, {"refresh"},
			{"diff", "1", "2"}} {
			for _, cloud := range []string{"offline", "aws"} {
				dir := t.TempDir()
				got := rung(t, dir, append(command, "--cloud", cloud, "--stack="+name)...)
				assert.Equal(t, codeUsage, got.code, "%v of %q", command, name)
				assert.Contains(t, got.err, "--stack: stack name "+strconv.Quote(name), "%v", command)
				empty(t, dir)
			}
		}
	}
}

func TestADirectoryThatIsNotThere(t *testing.T) {
	got := rung(t, filepath.Join(t.TempDir(), "nowhere"), "preview", "1")
	assert.Equal(t, codeUsage, got.code)
	assert.Contains(t, got.err, "--dir")
}

func TestDamagedStackConfigurationIsNamedAndLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ".rung", "workspace", "Pulumi.dev.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte("config: [unclosed"), 0o600))
	got := rung(t, dir, "preview", "1")
	assert.Equal(t, codeUsage, got.code)
	assert.Contains(t, got.err, path)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "config: [unclosed", string(text))
}

func TestExitCodes(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want int
	}{
		"done":                      {nil, codeDone},
		"anything else":             {runError{fmt.Errorf("no luck")}, codeFailed},
		"what cobra found":          {fmt.Errorf("unknown flag"), codeUsage},
		"what a flag cannot be":     {runError{usageError{"--x"}}, codeUsage},
		"a wrong configuration":     {runError{fmt.Errorf("read: %w", config.Problems{{Key: "stage"}})}, codeUsage},
		"what a run stands on":      {runError{fmt.Errorf("open: %w", engine.ErrSetup)}, codeUsage},
		"over budget":               {runError{errOverBudget}, codeBudget},
		"the data guard":            {runError{errGuarded}, codeGuarded},
		"the guard before a budget": {runError{fmt.Errorf("%w %w", errOverBudget, errGuarded)}, codeGuarded},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, tt.want, codeOf(tt.err)) })
	}
}

func TestConsentOnAWSNeedsATerminalOrYes(t *testing.T) {
	a := &app{flags: flags{cloud: string(engine.AWS)}}
	require.ErrorContains(t, a.consent("?"), "--yes")
	a.flags.yes = true
	require.NoError(t, a.consent("?"))
	a.flags = flags{cloud: string(engine.Offline)}
	require.NoError(t, a.consent("?"))
}
