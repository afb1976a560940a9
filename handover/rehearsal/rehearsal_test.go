package rehearsal_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover/rehearsal"
)

// A small rehearsal with a dump: the whole way, and nothing lost.
func TestARehearsal(t *testing.T) {
	own := filepath.Join(t.TempDir(), "own") // the command's temporary directory is nobody else's
	require.NoError(t, os.Chmod(filepath.Dir(filepath.Dir(own)), 0o711))
	require.NoError(t, os.Chmod(filepath.Dir(own), 0o711))
	require.NoError(t, os.Mkdir(own, 0o700))
	t.Setenv("TMPDIR", own)
	dump := filepath.Join(t.TempDir(), "shop.sql")
	require.NoError(t, os.WriteFile(dump, []byte("CREATE TABLE goods (id int PRIMARY KEY);\n"+
		"COPY goods (id) FROM stdin;\n1\n2\n\\.\n"), 0o600))
	r, err := rehearsal.Run(t.Context(), rehearsal.Plan{Megabytes: 2, Dump: dump, Writes: 50, Reads: 50,
		Settle: 300 * time.Millisecond, MaxPause: 20 * time.Second})
	require.NoError(t, err)
	assert.Zero(t, r.Lost)
	assert.Zero(t, r.ReadsFailed)
	assert.Zero(t, r.Failed+r.Refused)
	assert.Positive(t, r.Acknowledged)
	assert.Greater(t, r.Bytes, int64(1<<20))
	require.Len(t, r.Changes, 3)
	for _, c := range r.Changes {
		assert.Contains(t, c.Compared, "3 tables", c.Command)
		assert.Positive(t, c.PauseMillis)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "rung-rehearsal-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestCheckNamesEveryFlag(t *testing.T) {
	err := rehearsal.Plan{Megabytes: -1, Dump: "/nowhere", Writes: 0, Reads: 10_000}.Check()
	for _, flag := range []string{"--size", "--dump", "--writes", "--reads"} {
		assert.ErrorContains(t, err, flag)
	}
}
