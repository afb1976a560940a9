package edge_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/edge"
)

func TestPointed(t *testing.T) {
	const ini = "[databases]\nother = host=a\nshop = host=old port=5432 dbname=shop pool_size=5\n[users]\nshop = " +
		"pool_mode=session"
	got, err := edge.Pointed(ini, "shop", "postgres://u:p@new:6000/shop2?sslmode=require")
	require.NoError(t, err)
	assert.Equal(t, "[databases]\nother = host=a\nshop = host=new port=6000 dbname=shop2 pool_size=5\n[users]\nshop = "+
		"pool_mode=session", got)
	again, err := edge.Pointed(got, "shop", "postgres://u:p@new:6000/shop2")
	require.NoError(t, err)
	assert.Equal(t, got, again)
	got, err = edge.Pointed("[databases]\nshop =", "shop", "postgres://new/shop")
	require.NoError(t, err)
	for _, want := range []string{"host=new", "port=5432", "dbname=shop"} {
		assert.Contains(t, got, want)
	}
	_, err = edge.Pointed(ini, "none", "postgres://new/shop")
	require.ErrorContains(t, err, "no such entry")
}

func TestFileAndCommands(t *testing.T) {
	dir := t.TempDir()
	file, said := filepath.Join(dir, "pause"), filepath.Join(dir, "said")
	c := edge.Config{PauseFile: file, Grace: 1, OnSwitch: `echo "$RUNG_TO" > ` + said}
	require.NoError(t, c.Check())
	e := c.Edge()
	for range 2 {
		require.NoError(t, e.Pause(t.Context()))
	}
	assert.FileExists(t, file)
	require.NoError(t, e.Point(t.Context(), "postgres://new/shop"))
	for range 2 {
		require.NoError(t, e.Resume(t.Context()))
	}
	assert.NoFileExists(t, file)
	text, err := os.ReadFile(said)
	require.NoError(t, err)
	assert.Equal(t, "postgres://new/shop\n", string(text))
	require.ErrorContains(t, edge.Config{OnPause: "echo no; exit 3"}.Edge().Pause(t.Context()),
		"run --on-pause: exit status 3: no")
}

// An application is led by a file that is there whole or not at all, and that others
// cannot read.
func TestAFileLeadsTheApplication(t *testing.T) {
	file := filepath.Join(t.TempDir(), "database-url")
	c := edge.Config{URLFile: file}
	require.NoError(t, c.Check())
	e := c.Edge()
	require.NoError(t, e.Pause(t.Context()))
	assert.NoFileExists(t, file)
	for _, url := range []string{"postgres://new/shop", "postgres://old/shop"} {
		require.NoError(t, e.Point(t.Context(), url))
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, url+"\n", string(text))
	}
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Zero(t, info.Mode().Perm()&0o007)
	require.NoError(t, e.Resume(t.Context()))
	assert.FileExists(t, file, "the application goes on there")
	require.Error(t, edge.Config{URLFile: "/nowhere/database-url"}.Edge().Point(t.Context(), "postgres://new/shop"))
}

func TestCheckNamesEverything(t *testing.T) {
	err := edge.Config{PauseFile: "here", URLFile: "there", PgBouncer: "postgres://x", Grace: -1}.Check()
	for _, flag := range []string{"--pause-file", "--url-file", "--pgbouncer", "--grace"} {
		assert.ErrorContains(t, err, flag)
	}
}
