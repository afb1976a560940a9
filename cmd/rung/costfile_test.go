package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview"
	"github.com/rung-dev/rung/stacks"
)

// runs runs the command as main does, in a directory of its own.
func (files shared) run(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{program: stacks.Program, resolve: noBuild, static: noFiles,
		unwatched: true, in: strings.NewReader(""), out: &stdout,
		err: &stderr}
	assert.Equal(t, want, a.run(t.Context(), append(args, "--dir", string(files))), "%s%s", stdout.String(),
		stderr.String())
	return stdout.String(), stderr.String()
}

// shared is a directory with the files of a test.
type shared string

func (files shared) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(string(files), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func exported(resources ...string) string {
	return `{"version":3,"deployment":{"resources":[` + strings.Join(resources, ",") + `]}}`
}

func disk(name, gb string) string {
	return `{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::` + name + `","custom":true,"type":"aws:ebs/volume:Volume","inputs":{"type":"gp3","size":` + gb +
		`,"availabilityZone":"us-east-1a"}}`
}

const queue = `{"urn":"urn:pulumi:s::p::aws:sqs/queue:Queue::jobs","custom":true,"type":"aws:sqs/queue:Queue","inputs":{}}`

func TestCostOfAFileTakesAllThatIsSaid(t *testing.T) {
	files := shared(t.TempDir())
	now, before := files.write(t, "now.json", exported(disk("data", "200"), queue)),
		files.write(t, "before.json", exported(disk("data", "100"), disk("old", "50")))
	usage := files.write(t, "usage.yaml", "resources: {jobs: {requests: 10000000}}")

	out, _ := files.run(t, codeDone, "cost", "--file", now, "--before", before, "--usage", usage, "--format", "json")
	var b preview.Bill
	require.NoError(t, json.Unmarshal([]byte(out), &b))
	assert.Equal(t, "20.00", b.Cost.To.StringFixed(2), "200 × 0.08 and 10 × 0.40")
	assert.Equal(t, "12.00", b.Cost.From.StringFixed(2))
	assert.True(t, b.Compared)
	assert.Len(t, b.Changes, 3)

	files.run(t, codeBudget, "cost", "--file", now, "--set", "budget=10")
	out, _ = files.run(t, codeDone, "cost", "--file", now, "--users", "100000")
	assert.NotContains(t, out, "depends on usage")
}

func TestCostOfAFileRefuses(t *testing.T) {
	files := shared(t.TempDir())
	now := files.write(t, "now.json", exported(queue))
	for want, args := range map[string][]string{
		"--set cdn has no effect":         {"--file", now, "--set", "cdn=none"},
		"--region: got \"us-east-9\"":     {"--file", now, "--region", "us-east-9"},
		"--users: got -1":                 {"--file", now, "--users", "-1"},
		"belong to --file":                {"3", "--users", "10"},
		"nobody":                          {"--file", now, "--usage", files.write(t, "u.yaml", "resources: {nobody: {requests: 1}}")},
		"no file of usage":                {"--file", now, "--usage", files.write(t, "v.yaml", "[]")},
		"read the resources of a stack":   {"--file", now, "--before", filepath.Join(string(files), "absent.json")},
		"the standard input: it is empty": {"--file", os.DevNull},
	} {
		if args[1] == os.DevNull {
			continue
		}
		_, errs := files.run(t, codeUsage, append([]string{"cost"}, args...)...)
		assert.Contains(t, errs, want)
	}
}

// A failed preview is priced, said to be a part, and no success.
func TestCostOfAFailedPreview(t *testing.T) {
	files := shared(t.TempDir())
	path := files.write(t, "preview.json", `{"config":{"aws:region":"us-east-1"},"steps":[{"op":"create","newState":`+disk("data", "10")+`}],
		"diagnostics":[{"severity":"error","message":"db has a problem"}]}`)
	out, errs := files.run(t, codeFailed, "cost", "--file", path)
	assert.Contains(t, out, "ONLY A PART OF THE STACK: db has a problem")
	assert.Contains(t, errs, "a part of the stack")
}

// Where nobody knows where a stack is, its bill says so, and --region tells it.
func TestCostOfAFileWithoutARegion(t *testing.T) {
	files := shared(t.TempDir())
	path := files.write(t, "now.json", exported(`{"urn":"urn:pulumi:s::p::aws:ebs/volume:Volume::v","custom":true,"type":"aws:ebs/volume:Volume","inputs":{"type":"gp3","size":10}}`))
	out, _ := files.run(t, codeDone, "cost", "--file", path)
	assert.Contains(t, out, "region is not known")
	out, _ = files.run(t, codeDone, "cost", "--file", path, "--region", "us-gov-west-1")
	assert.Contains(t, out, "none known for us-gov-west-1")
	out, _ = files.run(t, codeDone, "cost", "--file", path, "--region", "eu-west-1")
	assert.NotContains(t, out, "region is not known")
	assert.Contains(t, out, "$0.088")
}

// A stack in a file has the budget that somebody gives it, and no other.
func TestCostOfAFileHasNoBudgetOfItsOwn(t *testing.T) {
	files := shared(t.TempDir())
	dear := files.write(t, "now.json", exported(disk("data", "9000")))
	out, _ := files.run(t, codeDone, "cost", "--file", dear)
	assert.NotContains(t, out, "OVER BUDGET")
	files.run(t, codeBudget, "cost", "--file", dear, "--set", "budget=100")
}

func TestUsageInit(t *testing.T) {
	files := shared(t.TempDir())
	now := files.write(t, "now.json", exported(queue, disk("data", "10")))
	to := filepath.Join(string(files), "usage.yaml")
	files.run(t, codeDone, "usage", "init", "--file", now, "--to", to)
	text, err := os.ReadFile(to)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"jobs": # aws:sqs/queue:Queue`)
	_, errs := files.run(t, codeUsage, "usage", "init", "--file", now, "--to", to)
	assert.Contains(t, errs, "--to names another file")
	out, _ := files.run(t, codeDone, "usage", "init", "--file", now, "--to", "-")
	assert.Equal(t, string(text), out)
	files.run(t, codeUsage, "usage", "init")
}
