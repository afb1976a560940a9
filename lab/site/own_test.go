package site

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProgramsOfOwnAppsAreNamedAtOnce(t *testing.T) {
	bin := t.TempDir()
	defer func(before []string) { machinePath = before }(machinePath)
	machinePath = []string{bin}
	err := MissingOf([]string{"node", "psql"})
	require.Error(t, err)
	assert.Equal(t, "your app needs programs that are not installed in "+bin+": node, psql; on Debian or Ubuntu: "+
		"sudo apt-get install nodejs postgresql-client", err.Error())
	for _, name := range []string{"node", "psql"} {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), nil, 0o700)) //nolint:gosec // a program
	}
	require.NoError(t, MissingOf([]string{"node", "psql"}))
	require.NoError(t, MissingOf(nil))
}
