package bundle

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheOldestBundlesGo(t *testing.T) {
	dir := t.TempDir()
	for i := range keptBundles + 3 {
		path := filepath.Join(dir, fmt.Sprintf("app-%02d", i))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		at := time.Now().Add(-time.Duration(i) * time.Hour)
		require.NoError(t, os.Chtimes(path, at, at))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "app-00.d"), 0o700))
	require.NoError(t, Prune(dir))
	left, err := filepath.Glob(filepath.Join(dir, "app-*"))
	require.NoError(t, err)
	assert.Len(t, left, keptBundles+1)
	assert.FileExists(t, filepath.Join(dir, "app-00"))
	assert.NoFileExists(t, filepath.Join(dir, "app-12"))
}
