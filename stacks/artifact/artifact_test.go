package artifact

import (
	"debug/elf"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestResolveBuildsTheAppReproducibly(t *testing.T) {
	first, err := Resolve(t.Context(), "", ".")
	require.NoError(t, err)
	file, err := elf.Open(first.Path)
	require.NoError(t, err)
	defer file.Close()
	assert.Equal(t, elf.EM_AARCH64, file.Machine)
	require.NoError(t, os.Remove(first.Path))
	second, err := Resolve(t.Context(), "", t.TempDir()) // found where rung was compiled
	require.NoError(t, err)
	assert.Equal(t, first, second)
	require.NotEmpty(t, second.Static)
	for _, f := range second.Static {
		assert.Regexp(t, `^static/[a-z]+\.[0-9a-f]{12}\.(css|js|svg)$`, f.Key, "the name holds the content's hash")
		assert.FileExists(t, f.Path)
	}
	assert.Contains(t, second.Key(), second.SHA256)
}

func TestResolveTakesTheUsersBinary(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine")
	require.NoError(t, os.WriteFile(path, []byte("hello"), 0o755))
	got, err := Resolve(t.Context(), path, ".")
	require.NoError(t, err)
	assert.Equal(t, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", got.SHA256)
}

func TestResolveNamesTheMissingFile(t *testing.T) {
	_, err := Resolve(t.Context(), "/nowhere/app", ".")
	require.ErrorContains(t, err, `rung:artifact "/nowhere/app"`)
	require.ErrorContains(t, err, "Linux on arm64")
}
