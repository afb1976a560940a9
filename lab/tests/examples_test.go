package tests

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The Express app of the examples on stage 3: its migration runs before it serves, it
// writes to the database and reads by the cache, its worker works, and a version goes out
// and comes back. npm fetches what it needs.
func TestExpressInTheLab(t *testing.T) {
	if os.Getenv("RUNG_LAB") == "" {
		t.Skip("minutes; make lab runs it")
	}
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("there is no npm here")
	}
	u := with(t, filepath.Join("..", "..", "examples", "express"))
	u.timed("up 3", func() { u.must("up", "3", "--cloud", "lab") })
	site := u.status().door("cdn")
	require.True(t, serves(site), "the page")
	for _, text := range []string{"one two", "three"} {
		answer, err := http.Post(site+"/notes", "application/json", strings.NewReader(`{"text":"`+text+`"}`)) //nolint:gosec // the lab's own
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusCreated, answer.StatusCode)
	}
	u.eventually("the worker counts words", func() bool { return strings.Contains(said(site+"/notes"), `"words":2`) })
	page := filepath.Join(u.app, "server.js")
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	second := strings.Replace(string(text), "<h1>Notes</h1>", "<h1>Notes 2</h1>", 1)
	require.NoError(t, os.WriteFile(page, []byte(second), 0o600))
	u.timed("deploy", func() { u.must("deploy", "--cloud", "lab") })
	u.eventually("the new page", func() bool { return strings.Contains(said(site+"/"), "Notes 2") })
	require.NoError(t, os.WriteFile(page, []byte("process.exit(1)\n"), 0o600))
	u.timed("a bad release that goes back", func() {
		out, err := u.rung("deploy", "--cloud", "lab", "--patience", "90s")
		require.Error(t, err)
		assert.Contains(t, out, "runs again")
	})
	u.timed("back", func() { u.must("back", "--cloud", "lab") })
	u.eventually("the page of before", func() bool { return strings.Contains(said(site+"/"), "<h1>Notes</h1>") })
	assert.Contains(t, said(site+"/notes"), "three", "rows stay")
	u.destroy()
}
