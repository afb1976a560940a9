package engine

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is changed is the pinned version's own source, as a build finds it.
func TestPatchChangesThePinnedSource(t *testing.T) {
	goTool, err := exec.LookPath("go")
	require.NoError(t, err)
	src := t.TempDir()
	require.NoError(t, writeTools(src))
	original, err := downloaded(t.Context(), goTool, src)
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(original, patched))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "snapshot.go")
	require.NoError(t, os.WriteFile(file, text, 0o644))

	require.NoError(t, patchFile(file))
	changed, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(changed), together)
	assert.NotContains(t, string(changed), oneByOne)
	_, err = parser.ParseFile(token.NewFileSet(), file, changed, parser.AllErrors)
	require.NoError(t, err)
	assert.ErrorContains(t, patchFile(file), "not what rung knows of pulumi 3.259.0", "what is changed already is not changed again")
}

func TestPatchedBuildUsesTheCopy(t *testing.T) {
	mod := filepath.Join(t.TempDir(), "go.mod")
	require.NoError(t, useCopy(mod))
	text, err := os.ReadFile(mod)
	require.NoError(t, err)
	assert.Contains(t, string(text), string(toolsMod))
	assert.Contains(t, string(text), "\nreplace github.com/pulumi/pulumi/pkg/v3 => ./pkg\n")
}
