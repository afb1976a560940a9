package skeleton

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is written compiles against this checkout, its test as well; with
// RUNG_SKELETON=full that is also run, on real PostgreSQL and Redis.
func TestTheSkeletonIsAnApp(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "notes")
	require.NoError(t, Write(dir, "../.."))
	verb := "vet"
	if os.Getenv("RUNG_SKELETON") == "full" {
		verb = "test"
	}
	cmd := exec.CommandContext(t.Context(), "go", verb, "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -mod=mod"), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.ErrorContains(t, Write(dir, "../.."), "not empty")
}

// Wrong input changes nothing.
func TestWrongNamesAreRefused(t *testing.T) {
	dir := t.TempDir()
	require.ErrorContains(t, Write(filepath.Join(dir, "My App"), "../.."), `the name "My App" must be`)
	require.ErrorContains(t, Write(filepath.Join(dir, "notes"), t.TempDir()), "go.mod")
	other := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(other, "go.mod"), []byte("module example.com/other\n"), 0o600))
	require.ErrorContains(t, Write(filepath.Join(dir, "notes"), other), "want the source of")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}
