package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kballard/go-shellquote"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks"
)

// runOther are commands that take what a page's reader has and this test has not: servers, an
// account, a CLI. Each names the test that runs it, which must be there; none where the page only speaks of it.
var runOther = []struct{ line, test string }{
	{`^rung lab (start|stop|logs|status)|--cloud lab`, "lab/tests/lab_test.go"},
	{`^rung lab (break|drill)`, "lab/tests/break_test.go"},
	{`^rung lab load`, "lab/tests/load_test.go"},
	{`^rung lab claims`, "lab/claims/claims_test.go"},
	{`--measured lab`, "lab/tests/load_test.go"},
	{`^rung rehearse`, "lab/tests/rehearse_test.go"},
	{`^rung handover rehearse`, "handover/rehearsal/rehearsal_test.go"},
	{`^rung handover .*--shards`, "cmd/rung/handover_slots_test.go"},
	{`^rung handover (region|plan|start|switch|back|finish|abort|status)`, "cmd/rung/handover_move_test.go"},
	{`^rung failover`, "cmd/rung/failover_planned_test.go"},
	{`--cloud aws`, "engine/setup_test.go"},
	{`^rung (logs|exec|shell|tunnel|open)`, "lab/tests/day_test.go"},
	{`^rung db`, "cmd/rung/db_test.go"},
	{`^rung maintenance`, "cmd/rung/maintenance_test.go"},
	{`^rung restore`, "cmd/rung/restore_test.go"},
	{`^rung secret rotate`, "cmd/rung/rotate_test.go"},
	{`^rung (back|deploy)`, "cmd/rung/deploy_test.go"},
	{`^rung offline -- pulumi`, "tests/guest_test.go"},
	{`^rung offline --allow`, "engine/guest/guest_test.go"},
	{`^rung mcp`, "cmd/rung/mcp_test.go"},
	{`^rung prices refresh`, "cmd/rung/prices_test.go"},
	{`^rung advise.*--prometheus`, "advise/prometheus/prometheus_test.go"},
	{`^rung advise( \d)?$|^rung (cost|save|secret|usage init|bill|new|env)$`, ""}, // spoken of, and not to be typed so
	{`^rung comment`, "cmd/rung/comment_test.go"},
	{`^rung check-app`, "stacks/trial/trial_test.go"},
	{`^rung new app`, "cmd/rung/new_test.go"},
	{`hostedZone=Z0123`, "stacks/growth_test.go"},
	{`writeRegion=REGION`, "tests/write_region_test.go"},
}

// lives are the stage that a stack stands on before a command of a page is run on it.
var lives = []struct{ line, stage string }{{`^rung (up|preview) 5`, "5"}, {`services.weights`, ourApp}, {`.`, "3"}}

// ourApp is stage 4 with this project's own app.
const ourApp = "4"

// pageCommands are the commands of all pages, each once.
func pageCommands(t *testing.T) []string {
	t.Helper()
	seen := map[string]bool{}
	var all []string
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, line := range commandsOf(string(text)) {
			if !seen[line] {
				seen[line] = true
				all = append(all, line)
			}
		}
	}
	return all
}

// Every command of a page is run, on a stack that stands on the offline cloud; or it stands
// among those that are run elsewhere, by a test that is there.
func TestEveryCommandOfThePagesRuns(t *testing.T) {
	for _, e := range runOther {
		if e.test != "" {
			assert.FileExists(t, filepath.Join("../..", e.test), "%s is said to be run there", e.line)
		}
	}
	commands := pageCommands(t)
	given := map[string][]byte{}
	for name, file := range map[string]string{
		"stack.json": "export.json", "preview.json": "export.json", "BILL": "bill.csv",
	} {
		text, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(t, err)
		given[name] = text
	}
	standing := map[string]string{}
	ran, left := 0, 0
	for _, line := range commands {
		words, err := shellquote.Split(line)
		require.NoError(t, err, line)
		name, err := understood(words[1:])
		require.NoError(t, err, line)
		if strings.HasSuffix(name, " (named)") || isRunOther(line) {
			left++
			continue
		}
		stage := "3"
		for _, l := range lives {
			if regexp.MustCompile(l.line).MatchString(line) {
				stage = l.stage
				break
			}
		}
		if standing[stage] == "" {
			standing[stage] = standsOn(t, stage)
		}
		ran++
		t.Run(line, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS(standing[stage])))
			t.Chdir(dir)
			for name, text := range given {
				require.NoError(t, os.WriteFile(name, text, 0o600))
			}
			if strings.Contains(line, "measurements.yaml") {
				require.NoError(t, os.Rename("m.yaml", "measurements.yaml"))
			}
			live(t, line, words[1:])
		})
	}
	t.Logf("%d commands are run here, %d elsewhere or only named", ran, left)
	assert.Greater(t, ran, 50)
}

func isRunOther(line string) bool {
	for _, e := range runOther {
		if regexp.MustCompile(e.line).MatchString(line) {
			return true
		}
	}
	return false
}

// standsOn is a directory with an app whose stack stands on a stage of the offline cloud.
func standsOn(t *testing.T, stage string) string {
	t.Helper()
	dir := t.TempDir()
	inFolder(t, "directory: .\ncommands: {web: node server.js}\nneeds: [database]\nsecrets: {STRIPE_KEY: , NAME: }\n")
	if stage != ourApp {
		require.NoError(t, os.CopyFS(dir, os.DirFS("shop")))
	}
	t.Chdir(dir)
	live(t, "rung up "+stage, []string{"up", stage, "--no-policies"})
	live(t, "rung advise init", []string{"advise", "init", "m.yaml"})
	for _, name := range []string{"STRIPE_KEY", "NAME"} {
		if stage != ourApp {
			live(t, "rung secret set "+name, []string{"secret", "set", name})
		}
	}
	return dir
}

// live runs a line in the working directory and demands that it does what it is for: it may
// find something and say so, but not fail or be misunderstood.
func live(t *testing.T, line string, args []string) string {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{program: stacks.Program, zone: stacks.ZoneFirst, resolve: noBuild, static: noFiles, unwatched: true,
		in: strings.NewReader("a-value\n"), out: &out, err: &errs}
	code := a.run(context.Background(), args)
	assert.NotContains(t, []int{codeFailed, codeUsage}, code, "%s\n%s%s", line, last(out.String()), errs.String())
	return out.String()
}

// last is the end of a long text.
func last(text string) string { return text[max(0, len(text)-600):] }
