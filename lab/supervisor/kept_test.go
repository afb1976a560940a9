//go:build linux

package supervisor

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/stacks/secrets"
)

// What `rung secret set` keeps beside the lab is what its machines are given.
func TestSecretsOfTheUserAreRead(t *testing.T) {
	at := place.Of(t.TempDir())
	kept, err := keptIn(at)
	require.NoError(t, err)
	assert.Empty(t, kept)
	dir := filepath.Join(at.Dir, "secrets")
	require.NoError(t, secrets.File(filepath.Join(dir, "dev.json")).Set(t.Context(), "rung/dev/KEY", "one"))
	require.NoError(t, secrets.File(filepath.Join(dir, "prod.json")).Set(t.Context(), "rung/prod/KEY", "two"))
	require.NotEmpty(t, at.Secret("a password of the lab's own"))
	kept, err = keptIn(at)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"rung/dev/KEY": "one", "rung/prod/KEY": "two"}, kept)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "dev.json"), []byte("{"), 0o600))
	_, err = keptIn(at)
	assert.ErrorContains(t, err, "read the secrets of")
}

// The data of a stack that is gone stays beside that of an earlier one whose snapshot had
// the same name: neither is lost, and nobody waits in vain.
func TestFinalSnapshotsOfOneNameStayBeside(t *testing.T) {
	at := place.Of(t.TempDir())
	s := &Supervisor{at: at, site: site.Site{Dir: at.Dir}, out: io.Discard,
		led: &ledger.Ledger{Snapshots: map[string]string{"db": "db-final"}}}
	for _, text := range []string{"one", "two"} {
		dir := filepath.Join(at.Dir, "data", "db")
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "rows"), []byte(text), 0o600))
		require.NoError(t, s.sweep(nil))
		assert.NoDirExists(t, dir)
	}
	for path, text := range map[string]string{"db-final": "one", "db-final-2": "two"} {
		got, err := os.ReadFile(filepath.Join(at.Snapshots(), path, "rows"))
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
	}
}
