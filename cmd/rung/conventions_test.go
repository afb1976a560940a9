package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
)

// each calls do for every command that a user finds.
func each(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		each(sub, do)
	}
}

// Help writes what a flag takes as one word: "--set key=value", and no piece of a
// sentence or a command that happened to stand in backquotes.
func TestHelpSaysWhatFlagsTake(t *testing.T) {
	each((&app{}).root(), func(c *cobra.Command) {
		check := func(f *pflag.Flag) {
			name, usage := pflag.UnquoteUsage(f)
			assert.NotContains(t, name, " ", "%s --%s: %s", c.Name(), f.Name, usage)
			assert.NotContains(t, usage, "`", "%s --%s: a second pair of backquotes", c.Name(), f.Name)
			if c.Root() == c || c.Parent().Name() != "completion" {
				assert.NotContains(t, []string{"string", "stringArray", "strings", "float", "int"}, name,
					"%s --%s: name in backquotes what it takes", c.Name(), f.Name)
			}
		}
		c.LocalFlags().VisitAll(check)
	})
	r := rung(t, t.TempDir(), "cost", "--help")
	assert.Contains(t, r.out, "--set key=value")
	assert.Contains(t, r.out, "--file file")
}

func TestHelpFitsATerminal(t *testing.T) {
	each((&app{}).root(), func(c *cobra.Command) {
		for _, line := range strings.Split(c.Long, "\n") {
			assert.LessOrEqual(t, len([]rune(line)), 100, "%s: %s", c.CommandPath(), line)
		}
	})
}

// typed runs a line as it stands.
func typed(t *testing.T, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errs}
	return result{a.run(t.Context(), args), out.String(), errs.String()}
}

func TestCompletion(t *testing.T) {
	assert.Contains(t, typed(t, "--help").out, "completion")
	for _, shell := range []string{"bash", "zsh", "fish"} {
		r := rung(t, t.TempDir(), "completion", shell)
		assert.Equal(t, codeDone, r.code, r.err)
		assert.Contains(t, r.out, "rung")
	}
	for begun, want := range map[string]string{
		"--cloud=o":             "offline",
		"--format=ma":           "markdown",
		"--set=database.multiA": "database.multiAz=",
		"--set=cdn=no":          "cdn=none",
		"--set=flowLogs=t":      "flowLogs=true",
	} {
		flag, value, _ := strings.Cut(begun, "=")
		r := typed(t, cobra.ShellCompRequestCmd, "preview", "3", flag, value)
		assert.Contains(t, strings.Split(r.out, "\n"), want, begun)
	}
}

func TestManualPages(t *testing.T) {
	pages := t.TempDir()
	r := rung(t, t.TempDir(), "man", pages)
	require.Equal(t, codeDone, r.code, r.err)
	for _, name := range []string{"rung.1", "rung-up.1", "rung-offline-types.1"} {
		text, err := os.ReadFile(filepath.Join(pages, name))
		require.NoError(t, err)
		assert.Contains(t, string(text), ".SH SYNOPSIS")
	}
	first, err := os.ReadFile(filepath.Join(pages, "rung.1"))
	require.NoError(t, err)
	assert.Contains(t, string(first), "Jan 1970", "the same rung writes the same pages, on any day")
	assert.Equal(t, codeUsage, rung(t, t.TempDir(), "man", "/no/such/place").code)
}

func TestQuietSaysTheResultAndErrorsAlone(t *testing.T) {
	dir := t.TempDir()
	r := rung(t, dir, "up", "1", "--quiet")
	require.Equal(t, codeDone, r.code, r.err)
	assert.Empty(t, r.err)
	assert.NotContains(t, r.out, "offline cloud: nothing here touches AWS")
	r = rung(t, dir, "up", "1", "--quiet", "--set", "zoness=2")
	assert.Equal(t, codeUsage, r.code)
	assert.Contains(t, r.err, "did you mean")
}

func TestOutputRefusesWhatItDoesNotWrite(t *testing.T) {
	for _, name := range []string{"x.pdf", "x.PDF", "x.csv", "x.svg"} {
		dir := t.TempDir()
		r := rung(t, dir, "cost", "1", "--output", filepath.Join(dir, name))
		assert.Equal(t, codeUsage, r.code)
		assert.Contains(t, r.err, "want a file that ends in .html, .json, .md or .txt")
		_, err := os.Stat(filepath.Join(dir, name))
		assert.ErrorIs(t, err, os.ErrNotExist)
	}
}

func TestConfigIsData(t *testing.T) {
	r := rung(t, t.TempDir(), "config", "--format", "json")
	require.Equal(t, codeDone, r.code, r.err)
	var got struct {
		Keys []struct {
			Name  string
			Value struct {
				Kind     string
				Choices  []string
				Maximum  *float64
				Defaults map[string]any
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(r.out), &got))
	seen := 0
	for _, k := range got.Keys {
		assert.NotEmpty(t, k.Value.Kind, k.Name)
		switch k.Name {
		case "rung:zones":
			seen++
			assert.Equal(t, "integer", k.Value.Kind)
			assert.InDelta(t, 4, *k.Value.Maximum, 0)
			assert.Equal(t, any(1.0), k.Value.Defaults["1"])
			assert.Equal(t, any(2.0), k.Value.Defaults["3"])
		case "rung:nat":
			seen++
			assert.Equal(t, []string{"none", "instance", "single", "per-zone"}, k.Value.Choices)
		}
	}
	assert.Equal(t, 2, seen)
}

// Every code that a command ends with is in the table, and the page is made of it.
func TestExitCodesAreDocumented(t *testing.T) {
	for i, e := range exits {
		assert.Equal(t, i, e.Code)
	}
	assert.Len(t, exits, codeDrift+1)
	r := rung(t, t.TempDir(), "exit-codes", "--format", "json")
	var got struct{ ExitCodes []struct{ Name string } }
	require.NoError(t, json.Unmarshal([]byte(r.out), &got), r.err)
	assert.Equal(t, "guarded", got.ExitCodes[codeGuarded].Name)

	const file = "../../docs/exit-codes.md"
	var b strings.Builder
	b.WriteString("# Exit codes\n\nHow every command of rung ends, made from the code (`go test ./cmd/rung -run " +
		"TestExitCodesAreDocumented -update`). `rung exit-codes --format json` prints the same for programs; codes and names never " +
		"change. `rung offline -- COMMAND` ends with the code of the command that it ran.\n\n")
	require.NoError(t, exits.Markdown(&b))
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, b.String(), string(written))
}
