package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
)

// The page of all commands is made from the code, group by group.
func TestCommandsAreDocumented(t *testing.T) {
	const file = "../../docs/commands.md"
	var b strings.Builder
	b.WriteString("# Commands\n\nEvery command of rung by what one comes for, made from the code (`go test ./cmd/rung -run " +
		"TestCommandsAreDocumented -update`). `--help` behind any of them says what it takes.\n")
	for _, g := range (&app{}).groups() {
		fmt.Fprintf(&b, "\n## %s\n| command | what it does | more |\n|---|---|---|\n", g.title)
		for _, c := range g.commands {
			(&cobra.Command{Use: "rung"}).AddCommand(c) // for its whole name
			each(c, func(c *cobra.Command) { writeCommand(&b, c) })
		}
	}
	if recordtest.Updating() {
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, b.String(), string(written), "run go test ./cmd/rung -run TestCommandsAreDocumented -update")
}

// writeCommand writes the row of a command that does something by itself.
func writeCommand(b *strings.Builder, c *cobra.Command) {
	if !c.Runnable() {
		return
	}
	page := ""
	if name := pageOf(c); name != "" {
		page = "[" + strings.TrimSuffix(strings.TrimSuffix(name, ".md"), "/README") + "](" + name + ")"
		page = strings.Replace(page, "[../", "[", 1)
	}
	fmt.Fprintf(b, "| `%s` | %s | %s |\n", c.CommandPath(), strings.ReplaceAll(c.Short, "|", `\|`), page)
}

func TestPagesOfCommandsExist(t *testing.T) {
	each((&app{}).root(), func(c *cobra.Command) {
		if page := c.Annotations[pageKey]; page != "" {
			assert.FileExists(t, filepath.Join("../../docs", page), c.Name())
		}
	})
}

func TestEveryCommandHasAGroup(t *testing.T) {
	root := (&app{}).root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		assert.NotEmpty(t, c.GroupID, c.Name())
	}
	help := typed(t, "--help").out
	for _, g := range root.Groups() {
		assert.Contains(t, help, g.Title)
	}
	assert.NotContains(t, help, "Additional Commands", "each has its place")
}
