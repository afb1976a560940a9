package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kballard/go-shellquote"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/stacks"
)

// quick are the commands that answer without the engine, the network or servers. They are
// run as the pages have them; of the others the words and flags are checked.
var quick = []string{"advise init", "config", "cost", "exit-codes", "ladder", "offline types", "save", "stages",
	"version"}

// spoken is a command in a sentence, fenced one on a line of its own.
var (
	spoken = regexp.MustCompile("`(rung [^`]+)`")
	fenced = regexp.MustCompile(`(?m)^ *(?:bin/|go run \./cmd/)?(rung [^\n]+)$`)
)

// meant is what stands for something in a page.
var meant = strings.NewReplacer("FROM TO", "2 3", "STAGE", "3", "AMOUNT", "900", "KEY=VALUE", "zones=2",
	" COMMAND", " true", "--file FILE", "--file stack.json", "--file F", "--file stack.json", "--of F", "--of stack.json",
	"DIRECTORY", ".")

// commandsOf are the commands of a page, each once, as one would type them: what stands for
// something is something, and what follows is no part of them.
func commandsOf(page string) (commands []string) {
	for _, m := range append(spoken.FindAllStringSubmatch(page, -1), fenced.FindAllStringSubmatch(inFences(page), -1)...) {
		line, _, _ := strings.Cut(m[1], " #")
		line, _, _ = strings.Cut(line, `\|`)
		line, _, _ = strings.Cut(line, " | ")
		line, _, _ = strings.Cut(line, " < ")
		line = strings.TrimSpace(meant.Replace(line))
		if !slices.Contains(commands, line) && !strings.Contains(line, "…") {
			commands = append(commands, line)
		}
	}
	return commands
}

// inFences is what stands between a page's lines of backquotes.
func inFences(page string) string {
	var b strings.Builder
	for i, part := range strings.Split(page, "```") {
		if i%2 == 1 {
			b.WriteString(part + "\n")
		}
	}
	return b.String()
}

func TestCommandsAreFoundInPages(t *testing.T) {
	page := "Say `rung diff FROM TO` or `rung up 1 \\| head -1`, not `rung prices refresh --regions …`.\n" +
		"```\nrung cost 3   # the month\npulumi up\nrung cost 3 | less\nbin/rung up 2 # two\n" +
		"go run ./cmd/rung preview 1\nrung secret set A < a.txt\n```\nrung is a tool"
	assert.Equal(t, []string{"rung diff 2 3", "rung up 1", "rung cost 3", "rung up 2", "rung preview 1",
		"rung secret set A"}, commandsOf(page))
}

// pages are the files that a user reads.
func pages(t *testing.T) []string {
	t.Helper()
	all := []string{"../../README.md"}
	for _, pattern := range []string{"../../docs/*.md", "../../*/README.md"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		all = append(all, found...)
	}
	return all
}

// No page names a command, an argument or a flag that rung does not take, and what can be
// run here in a moment runs.
func TestPagesRun(t *testing.T) {
	export, err := os.ReadFile("testdata/export.json")
	require.NoError(t, err)
	all := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		if commands := commandsOf(string(text)); len(commands) > 0 {
			all += len(commands)
			t.Run(strings.TrimPrefix(page, "../../"), func(t *testing.T) { runPage(t, commands, export) })
		}
	}
	assert.Greater(t, all, 30, "the pages have commands")
}

func runPage(t *testing.T, commands []string, export []byte) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"stack.json", "preview.json"} { // that the pages speak of
		require.NoError(t, os.WriteFile(name, export, 0o600))
	}
	for _, line := range commands {
		words, err := shellquote.Split(line)
		require.NoError(t, err, line)
		args := words[1:]
		name, err := understood(args)
		if !assert.NoError(t, err, line) {
			continue
		}
		spokenOf := len(args) == 1 && (name == "cost" || name == "save") // which want something to price
		if slices.Contains(quick, name) && !needs(args) && !spokenOf {
			ends(t, &app{program: stacks.Program, resolve: noBuild, static: noFiles, unwatched: true}, line, args)
		}
	}
}

// needs reports whether a command reads a file that its page lets somebody write first,
// or what a lab has measured.
func needs(args []string) bool {
	return slices.ContainsFunc(args, func(s string) bool { return strings.HasSuffix(s, ".yaml") || s == "--measured" })
}

// understood is the name of the command that a line calls, or what is wrong with the line.
func understood(args []string) (string, error) {
	root := (&app{}).root()
	c, rest, err := root.Find(args)
	if err != nil {
		return "", err
	}
	c.InitDefaultHelpFlag()
	if err := c.ParseFlags(rest); err != nil {
		return "", err
	}
	name := strings.TrimPrefix(c.CommandPath(), "rung ")
	if bare(c, args) { // the page speaks of the command, and does not call it
		return name + " (named)", nil
	}
	return name, c.ValidateArgs(c.Flags().Args())
}

// bare reports whether a line names a command that wants arguments and gives none.
func bare(c *cobra.Command, args []string) bool {
	return len(args) == strings.Count(c.CommandPath(), " ") && c.ValidateArgs(nil) != nil
}

// ends runs a line and demands that it does what it is for: it may find something and
// say so, but not fail or be misunderstood.
func ends(t *testing.T, a *app, line string, args []string) {
	t.Helper()
	var out, errs bytes.Buffer
	a.in, a.out, a.err = strings.NewReader(""), &out, &errs
	code := a.run(context.Background(), args)
	assert.NotContains(t, []int{codeFailed, codeUsage}, code, "%s\n%s%s", line, out.String(), errs.String())
}
