package offline_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline"
)

// A state file that somebody else writes between two questions is read anew.
func TestAStateFileThatChangedIsReadAnew(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cloud.json")
	for _, account := range []string{"111111111111", "222222222222"} {
		written := filepath.Join(t.TempDir(), "written")
		require.NoError(t, os.WriteFile(written, []byte(`{"version": 1, "account": "`+account+`"}`), 0o600))
		require.NoError(t, os.Rename(written, file))
		got, err := offline.Account(file)
		require.NoError(t, err)
		require.Equal(t, account, got)
	}
	require.NoError(t, os.Remove(file))
	got, err := offline.Account(file)
	require.NoError(t, err)
	require.Equal(t, "123456789012", got, "a missing file is an empty cloud")
}
