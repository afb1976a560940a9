//go:build linux

package supervisor

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/place"
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
