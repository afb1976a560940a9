package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/preview/brief"
	"github.com/rung-dev/rung/stacks"
)

// assistant is the SDK's own client, connected to rung in a directory.
func assistant(t *testing.T) (dir string, client *mcp.ClientSession) {
	t.Helper()
	dir = t.TempDir()
	a := &app{program: stacks.Program, resolve: noBuild, static: noFiles,
		unwatched: true, in: strings.NewReader(""), out: io.Discard,
		err: io.Discard}
	a.flags.dir, a.flags.stack, a.flags.cloud, a.flags.format = dir, "dev", "offline", formatTable
	here, there := mcp.NewInMemoryTransports()
	_, err := a.mcpServer().Connect(t.Context(), here, nil)
	require.NoError(t, err)
	client, err = mcp.NewClient(&mcp.Implementation{Name: "test"}, nil).Connect(t.Context(), there, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return dir, client
}

// ask gives the text of an answer, and whether it is an error.
func ask(t *testing.T, client *mcp.ClientSession, tool string, question map[string]any) (text string, failed bool) {
	t.Helper()
	r, err := client.CallTool(context.Background(), &mcp.CallToolParams{Name: tool, Arguments: question})
	require.NoError(t, err)
	require.Len(t, r.Content, 1)
	return r.Content[0].(*mcp.TextContent).Text, r.IsError
}

func TestTheToolsOnlyRead(t *testing.T) {
	_, client := assistant(t)
	list, err := client.ListTools(t.Context(), nil)
	require.NoError(t, err)
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
		require.NotNil(t, tool.Annotations, tool.Name)
		assert.True(t, tool.Annotations.ReadOnlyHint, tool.Name)
		schema, err := json.Marshal(tool.InputSchema)
		require.NoError(t, err)
		assert.Contains(t, string(schema), `"description"`, "%s says what it takes", tool.Name)
	}
	slices.Sort(names)
	assert.Equal(t, []string{"cost", "diff", "explain", "policies", "preview", "save"}, names)
}

// Twelve questions that somebody with a stack of stage 4 asks.
func TestAnswersAreShort(t *testing.T) {
	dir, client := assistant(t)
	for _, q := range []struct {
		tool string
		args map[string]any
		says string
	}{
		{"preview", map[string]any{"stage": 4}, "nothing to stage 4: "},
		{"preview", map[string]any{"stage": 4, "component": "database", "rows": 25}, "with component database"},
		{"cost", map[string]any{"stage": 4, "rows": 50}, "stage 4: $"},
		{"cost", map[string]any{"stage": 4, "component": "web", "rows": 50}, "with component web"},
		{"cost", map[string]any{"stage": 4, "set": []string{"database.replicas=3"}}, "components: "},
		{"save", map[string]any{"stage": 4}, "ways to have it for less"},
		{"policies", map[string]any{"stage": 4}, "rules judge it"},
		{"policies", map[string]any{"stage": 4, "level": "mandatory", "rows": 100}, "with level mandatory"},
		{"explain", map[string]any{"key": "database.multiAz"}, "a standby in a second zone"},
		{"explain", map[string]any{"rule": "rds-multi-az"}, "what to do: "},
		{"explain", map[string]any{"component": "web"}, "web on stage 4: $"},
		{"diff", map[string]any{"from": 3, "to": 4, "op": "replace"}, "stage 3 to stage 4: "},
	} {
		text, failed := ask(t, client, q.tool, q.args)
		assert.False(t, failed, "%s %v: %s", q.tool, q.args, text)
		assert.Contains(t, text, q.says, "%s %v", q.tool, q.args)
		assert.LessOrEqual(t, brief.Tokens(text), brief.Limit, "%s %v", q.tool, q.args)
		t.Logf("%s %v: %d tokens", q.tool, q.args, brief.Tokens(text))
	}
	_, err := os.Stat(filepath.Join(dir, ".rung", "cloud.json"))
	assert.ErrorIs(t, err, os.ErrNotExist, "nothing was made")
}

func TestWrongQuestionsAreAnswered(t *testing.T) {
	_, client := assistant(t)
	for _, q := range []struct {
		tool string
		args map[string]any
		says string
	}{
		{"cost", map[string]any{"stage": 9}, "stage"},
		{"cost", map[string]any{"stage": 4, "set": []string{"databse.replicas=3"}}, "did you mean"},
		{"cost", map[string]any{"file": "/no/such/file"}, "/no/such/file"},
		{"explain", map[string]any{"key": "database.multiaz"}, "did you mean"},
		{"explain", map[string]any{"rule": "rds-multi-zone"}, "no rule"},
		{"explain", map[string]any{"component": "kafka"}, "it has "},
		{"explain", map[string]any{}, "want one of key, rule and component"},
		{"policies", map[string]any{"stage": 0}, "stage"},
	} {
		text, failed := ask(t, client, q.tool, q.args)
		assert.True(t, failed, "%s %v: %s", q.tool, q.args, text)
		assert.Contains(t, text, q.says)
		assert.LessOrEqual(t, brief.Tokens(text), brief.Limit)
	}
}

// The dearest stage is the longest to speak of: its answers are as short.
func TestAnswersOfStageSixAreShort(t *testing.T) {
	_, client := assistant(t)
	for _, q := range []struct {
		tool string
		args map[string]any
	}{
		{"preview", map[string]any{"stage": 6, "rows": 200}}, {"cost", map[string]any{"stage": 6, "rows": 200}},
		{"policies", map[string]any{"stage": 6, "rows": 200}}, {"diff", map[string]any{"from": 1, "to": 6, "rows": 200}},
	} {
		text, failed := ask(t, client, q.tool, q.args)
		assert.False(t, failed, "%s %v: %s", q.tool, q.args, text)
		assert.LessOrEqual(t, brief.Tokens(text), brief.Limit, "%s %v", q.tool, q.args)
	}
}

// A client that asks for what there is not, or in the wrong form, is told; one that has gone
// away takes nobody's answer along.
func TestClientsThatErrOrLeave(t *testing.T) {
	_, client := assistant(t)
	for _, args := range []map[string]any{{"stage": "four"}, {"stage": 4, "rowz": 5}} {
		r, err := client.CallTool(t.Context(), &mcp.CallToolParams{Name: "cost", Arguments: args})
		assert.True(t, err != nil || r.IsError, "%v", args)
	}
	_, err := client.CallTool(t.Context(), &mcp.CallToolParams{Name: "destroy"})
	require.ErrorContains(t, err, "destroy")
	gone, leave := context.WithCancel(t.Context())
	leave()
	_, err = client.CallTool(gone, &mcp.CallToolParams{Name: "preview", Arguments: map[string]any{"stage": 4}})
	require.ErrorIs(t, err, context.Canceled)
	_, failed := ask(t, client, "explain", map[string]any{"key": "zones"})
	assert.False(t, failed, "the next question is answered")
}
